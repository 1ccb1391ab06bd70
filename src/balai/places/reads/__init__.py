"""Every query of `places`. Regions are public: there is nothing here an actor may not see."""

from balai.places.reads.ground import Box, box_of, containing, map_address, map_file, outline, touching
from balai.places.reads.kept import forget, kept_children, kept_names
from balai.places.reads.tree import (
    ancestors,
    children,
    current_code,
    figures,
    full_name,
    names,
    parts,
    region,
    regions,
    search,
)

__all__ = [
    "Box",
    "ancestors",
    "box_of",
    "children",
    "containing",
    "current_code",
    "figures",
    "forget",
    "full_name",
    "kept_children",
    "kept_names",
    "map_address",
    "map_file",
    "names",
    "outline",
    "parts",
    "region",
    "regions",
    "search",
    "touching",
]
