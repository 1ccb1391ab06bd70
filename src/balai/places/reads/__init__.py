"""Every query of `places`. Regions are public: there is nothing here an actor may not see."""

from balai.places.reads.ground import containing, map_address, map_file, outline
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
    "ancestors",
    "children",
    "containing",
    "current_code",
    "figures",
    "full_name",
    "map_address",
    "map_file",
    "names",
    "outline",
    "parts",
    "region",
    "regions",
    "search",
]
