// A map on which a point is chosen: outlines of the villages, no tiles from outside. The numbers beside it
// say the same and can be typed; whoever has no pointer loses nothing.
import L from 'leaflet';
import { features } from '../../src/balai/places/scripts/topology.js';

// The map measures its box once, so the box needs its styles before.
function styled(address) {
  if (document.querySelector(`link[href="${address}"]`)) return null;
  return new Promise((done, failed) => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.onload = done;
    link.onerror = failed;
    link.href = address;
    document.head.append(link);
  });
}

export async function pickOn(button, [latitude, longitude], chosen) {
  const { mapFile, styles } = button.dataset;
  await styled(styles);
  const answer = await fetch(mapFile);
  if (!answer.ok) throw new Error(String(answer.status));
  const box = document.createElement('div');
  box.className = 'map';
  button.closest('p').after(box);
  button.hidden = true;
  const map = L.map(box, { attributionControl: false, zoomSnap: 0.5 });
  const villages = L.geoJSON(features(await answer.json(), 'villages'), { style: () => ({ className: 'map-shape map-ground' }) });
  villages.eachLayer((shape) => shape.bindTooltip(shape.feature.properties.name)).addTo(map);
  map.fitBounds(villages.getBounds());
  let mark;
  const show = (at) => { mark ??= L.circleMarker(at, { radius: 9, className: 'map-place map-place-record' }).addTo(map); mark.setLatLng(at); };
  const [north, east] = [latitude, longitude].map((text) => Number.parseFloat(text.replace(',', '.')));
  if (Number.isFinite(north) && Number.isFinite(east)) { show([north, east]); map.setView([north, east], 15); }
  map.on('click', ({ latlng }) => { show(latlng); chosen(latlng.lat, latlng.lng); });
}
