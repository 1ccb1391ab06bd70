"""Where the maps for browsers lie, and what is in them: one file a map, made by `changes.build_maps`.

The name of a file changes with its content, so a browser may keep it for ever.
The files are quantised TopoJSON (`balai.places.topology`), gzipped:

    map "kabupaten-kota"   layer "regencies": all regencies and cities
    map "35.73", …         layers "villages" and "districts" of a regency or city
                           whose villages we hold, with shared arcs

Every outline is a MultiPolygon with the properties `code` and `name`. A browser
needs two steps: sum up the steps of each arc (x += dx, y += dy; longitude is
x · scale[0] + translate[0], latitude y · scale[1] + translate[1]), and join
the arcs of each ring, where the number ~n stands for arc n backwards and the
first point of each following arc is left out. `scripts/topology.js` does it.
"""

import json
from pathlib import Path
from typing import Any

from django.conf import settings

COUNTRY = "kabupaten-kota"


def folder() -> Path:
    """Return where the maps of this installation lie."""
    return Path(settings.DATA) / "maps"


def manifest() -> dict[str, Any]:
    """Return {"stamp": …, "maps": {name: file}}, empty maps before set-up."""
    try:
        content: dict[str, Any] = json.loads((folder() / "manifest.json").read_bytes())
    except FileNotFoundError:
        return {"maps": {}}
    return content
