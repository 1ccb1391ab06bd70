// Turns a map file of balai.places.maps (quantised TopoJSON of MultiPolygons) into GeoJSON features.

/** The absolute points of each arc; the file holds the steps from one to the next. */
function unfold({ arcs, transform: { scale, translate } }) {
  return arcs.map((arc) => {
    let x = 0;
    let y = 0;
    return arc.map(([dx, dy]) => {
      x += dx;
      y += dy;
      return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
    });
  });
}

/** The ring made of numbered arcs: ~n is arc n backwards, and each arc begins where the last one ended. */
const ringOf = (lines, numbers) =>
  numbers.flatMap((number, at) => {
    const line = number < 0 ? lines[~number].toReversed() : lines[number];
    return at ? line.slice(1) : line;
  });

/** The outlines of `layer` as GeoJSON features; with `under`, only those whose code lies below that code. */
export function features(topology, layer, under = '') {
  const lines = unfold(topology);
  return topology.objects[layer].geometries
    .filter(({ properties }) => !under || properties.code.startsWith(`${under}.`))
    .map(({ properties, arcs }) => ({
      type: 'Feature',
      properties,
      geometry: {
        type: 'MultiPolygon',
        coordinates: arcs.map((polygon) => polygon.map((ring) => ringOf(lines, ring))),
      },
    }));
}
