"""Every write of `places`: reference sets, loaded whole, each in one transaction, only when they changed."""

from balai.places.changes.loading import (
    Loaded,
    Say,
    line_of,
    load_once,
    outcome,
    read_csv,
    refuse,
    replace_all,
    telling,
)
from balai.places.changes.maps import build_maps
from balai.places.changes.outlines import load_outlines
from balai.places.changes.regions import load_changes, load_figures, load_regions

__all__ = [
    "Loaded",
    "Say",
    "build_maps",
    "line_of",
    "load_changes",
    "load_figures",
    "load_once",
    "load_outlines",
    "load_regions",
    "outcome",
    "read_csv",
    "refuse",
    "replace_all",
    "telling",
]
