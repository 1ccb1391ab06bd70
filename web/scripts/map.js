// Shapes in five classes on an empty ground (no tiles from outside), places as points, a legend with numbers.
// <div class="map" data-map="address of GeoJSON" data-breaks="20,40,60,80" data-unit="%" data-none="tidak ada data">
// Properties of a feature: name, value (number or null), text (value as written), href, kind ("place" for points).
import L from 'leaflet';

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

function popup({ name, text, href }) {
  const box = document.createElement('div');
  const title = document.createElement(href ? 'a' : 'strong');
  title.textContent = name;
  if (href) title.href = href;
  box.append(title);
  if (text) box.append(document.createElement('br'), text);
  return box;
}

async function draw(box) {
  const { map: address, breaks: limits = '', unit = '', none = '–', failed = '' } = box.dataset;
  const breaks = limits ? limits.split(',').map(Number) : [];
  let shapes;
  try {
    const answer = await fetch(address, { headers: { Accept: 'application/geo+json' } });
    if (!answer.ok) throw new Error(String(answer.status));
    shapes = await answer.json();
  } catch {
    box.textContent = failed;
    return;
  }
  hatch(box);
  if (breaks.length) legend(box, breaks, unit, none);
  const map = L.map(box, { scrollWheelZoom: false, attributionControl: false, zoomSnap: 0.25 });
  const layer = L.geoJSON(shapes, {
    style: ({ properties }) => ({ className: `map-shape ${breaks.length ? nameOfClass(properties.value, breaks) : 'map-class-0'}` }),
    pointToLayer: (_feature, at) => L.circleMarker(at, { radius: 8, className: 'map-place' }),
    onEachFeature: ({ properties }, shape) => shape.bindPopup(popup(properties)),
  }).addTo(map);
  if (layer.getLayers().length) map.fitBounds(layer.getBounds(), { padding: [8, 8] });
}

document.querySelectorAll('[data-map]').forEach(draw);
