// Shapes in five classes on an empty ground (no tiles from outside), places as points, a legend with numbers.
// <div class="map" data-map="address" data-breaks="20,40,60,80" data-unit="%" data-none="tidak ada data">
//   data-map     GeoJSON, or with data-layer (and data-under) a map file of balai.places.maps
//   data-link    where a shape leads: this address with the code of the shape behind it
//   data-values  JSON {code: {value, text, href}} for the shapes
//   data-near    begin at the first of the points, this close (a zoom of Leaflet)
//   data-places  GeoJSON of points; their legend: data-late, data-record, data-published, data-illustration
// Properties of a feature: code, name, value (number or null), text (value as written), href.
import L from 'leaflet';
import { features } from '../../src/balai/places/scripts/topology.js';

const SVG = 'http://www.w3.org/2000/svg';
const number = new Intl.NumberFormat(document.documentElement.lang || 'id');

const classOf = (value, breaks) => breaks.filter((limit) => value >= limit).length;
const nameOfClass = (value, breaks) => (value === null || value === undefined ? 'map-missing' : `map-class-${classOf(value, breaks)}`);

function hatch(box) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('width', '0');
  svg.setAttribute('height', '0');
  svg.setAttribute('aria-hidden', 'true');
  svg.innerHTML = '<defs><pattern id="map-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="#f3f1ec"/><rect width="2" height="6" fill="#8b8880"/></pattern></defs>';
  box.before(svg);
}

function legend(box, breaks, unit, none) {
  const list = document.createElement('ul');
  list.className = 'map-legend';
  const words = [
    `< ${number.format(breaks[0])}`,
    ...breaks.slice(1).map((limit, at) => `${number.format(breaks[at])} – ${number.format(limit)}`),
    `≥ ${number.format(breaks.at(-1))}`,
  ];
  const entries = [...words.map((text, at) => [`map-class-${at}`, `${text} ${unit}`.trim()]), ['map-missing', none]];
  for (const [name, text] of entries) {
    const item = document.createElement('li');
    item.innerHTML = `<svg viewBox="0 0 20 16" aria-hidden="true"><rect class="${name}" width="20" height="16"/></svg>`;
    item.append(text);
    list.append(item);
  }
  box.after(list);
}

const drawPlace = ({ properties }, at) => L.circleMarker(at, { radius: properties.all?.length > 1 ? 11 : 8, className: `map-place map-place-${properties.origin ?? 'record'}` });

// What the points stand for, in the words of the page; only kinds that are on the map.
function legendOfPlaces(box, points) {
  const kinds = new Set(points.features.map(({ properties }) => properties.origin));
  const list = document.createElement('ul');
  list.className = 'map-legend';
  for (const kind of ['late', 'record', 'published', 'illustration']) {
    if (!kinds.has(kind) || !box.dataset[kind]) continue;
    const item = document.createElement('li');
    item.innerHTML = `<svg viewBox="0 0 20 16" aria-hidden="true"><circle class="map-place map-place-${kind}" cx="10" cy="8" r="6"/></svg>`;
    item.append(box.dataset[kind]);
    list.append(item);
  }
  if (list.childElementCount) box.after(list);
}

// Several actions may be at one place; a point upon a point could not be reached.
function together(points) {
  const at = new Map();
  for (const feature of points.features) {
    const { geometry, properties } = feature;
    const place = `${geometry.coordinates}`;
    if (at.has(place)) at.get(place).properties.all.push(properties);
    else at.set(place, { ...feature, properties: { ...properties, all: [properties] } });
  }
  for (const { properties } of at.values()) {
    if (properties.all.some(({ origin }) => origin === 'late')) properties.origin = 'late';
    else if (properties.all.some(({ origin }) => origin !== 'illustration')) properties.origin = 'record';
  }
  return [...at.values()];
}

function popup({ all, ...one }) {
  const box = document.createElement('div');
  for (const each of all ?? [one]) box.append(entry(each));
  return box;
}

function entry({ name, text, href }) {
  const box = document.createElement('div');
  const title = document.createElement(href ? 'a' : 'strong');
  title.textContent = name;
  if (href) title.href = href;
  box.append(title);
  if (text) box.append(document.createElement('br'), text);
  return box;
}

// Data that came with the page stand in an element of it: "#its-id".
async function ask(address) {
  if (address.startsWith('#')) return JSON.parse(document.querySelector(address).textContent);
  const answer = await fetch(address, { headers: { Accept: 'application/geo+json, application/json' } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function shapesOf({ map, layer, under, link, values }) {
  const [file, known] = await Promise.all([ask(map), values ? ask(values) : {}]);
  if (!layer) return file;
  return features(file, layer, under).map((shape) => {
    const { code } = shape.properties;
    const href = link ? `${link}${code}/` : '';
    return { ...shape, properties: { ...shape.properties, href, ...known[code] } };
  });
}

async function draw(box) {
  const { breaks: limits = '', unit = '', none = '–', failed = '', places, near } = box.dataset;
  const breaks = limits ? limits.split(',').map(Number) : [];
  let shapes;
  let points;
  try {
    [shapes, points] = await Promise.all([shapesOf(box.dataset), places ? ask(places) : null]);
  } catch {
    box.textContent = failed;
    return;
  }
  hatch(box);
  if (breaks.length) legend(box, breaks, unit, none);
  if (points) legendOfPlaces(box, points);
  const map = L.map(box, { scrollWheelZoom: false, attributionControl: false, zoomSnap: 0.25 });
  const ground = places ? 'map-ground' : 'map-class-0';
  const layer = L.geoJSON(shapes, {
    style: ({ properties }) => ({ className: `map-shape ${breaks.length ? nameOfClass(properties.value, breaks) : ground}` }),
    pointToLayer: drawPlace,
    onEachFeature: ({ properties }, shape) => shape.bindPopup(popup(properties)),
  }).addTo(map);
  if (points) L.geoJSON(together(points), { pointToLayer: drawPlace, onEachFeature: ({ properties }, dot) => dot.bindPopup(popup(properties)) }).addTo(map);
  // Among 514 shapes the few with a value would be lost: begin where they are.
  const told = L.featureGroup(layer.getLayers().filter(({ feature }) => feature.properties.value !== undefined));
  const isLost = told.getLayers().length && layer.getLayers().length > 100;
  const bounds = isLost ? told.getBounds().pad(1) : layer.getBounds();
  if (bounds.isValid()) map.fitBounds(bounds, { padding: [8, 8] });
  if (near && points?.features.length) {
    const [east, north] = points.features[0].geometry.coordinates;
    map.setView([north, east], Number(near));
  }
}

/** Draws the maps below `root` that are not drawn yet. */
export function drawMaps(root) {
  root.querySelectorAll('[data-map]:not([data-drawn])').forEach((box) => {
    box.dataset.drawn = '';
    draw(box);
  });
}

drawMaps(document);
