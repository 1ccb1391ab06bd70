"""Loading of outlines from TopoJSON."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from balai.base.errors import Fault
from balai.base.later import shapely
from balai.places import rules, topology
from balai.places.changes.loading import (
    Loaded,
    Say,
    line_of,
    load_once,
    open_text,
    read_csv,
    refuse,
    replace_all,
)
from balai.places.models import Outline

SET = "outlines"


def load_outlines(folder: Path, say: Say) -> Loaded:
    """Load the layers listed in `folder`/files.csv over what was there.

    Raises:
        Invalid: a file is missing, has no such layer, or an outline is not a
            valid polygon of a code of its level; nothing was written.
    """
    listed = folder / "files.csv"
    layers = list(read_csv(listed, ("file", "layer", "level", "detail", "edition")))
    names = list(dict.fromkeys(row["file"] for _line, row in layers))

    def load() -> int:
        topologies = {name: _topology(folder / name) for name in names}
        rows = [
            outline
            for line, row in layers
            for outline in _outlines(topologies[row["file"]], row, line_of(listed, line))
        ]
        return replace_all(Outline, rows, say)

    return load_once(SET, [listed, *(folder / name for name in names)], "1", load)


def _topology(path: Path) -> dict[str, Any]:
    with open_text(path) as text:
        content: dict[str, Any] = json.load(text)
    return content


def _outlines(content: Mapping[str, Any], row: Mapping[str, str], place: str) -> list[Outline]:
    if row["layer"] not in content["objects"]:
        wrong = _("berkas %(file)s tidak punya lapisan %(layer)s.") % row
        refuse([Fault(place, wrong, ", ".join(content["objects"]))])
    found = topology.decode(content, row["layer"])
    wrong_codes = [p["code"] for p, _shape in found if rules.level_of(p["code"]) != row["level"]]
    refuse([Fault(place, _("%s bukan kode tingkat ini.") % code) for code in wrong_codes])
    broken = [p["code"] for p, shape in found if not shape.is_valid]
    refuse([Fault(place, _("batas %s memotong dirinya sendiri.") % code) for code in broken])
    return [
        Outline(
            code=properties["code"],
            level=row["level"],
            detail=row["detail"],
            edition=row["edition"],
            shape=shapely.to_wkb(shape),
        )
        for properties, shape in found
    ]
