"""Reads the definition files of `definitions/`: strict YAML with positions, schema, hashes, overlay.

The doors are here: `kind` registers a kind of file, `load` and `get` read them,
`check` finds every fault, `schemas` writes JSON Schema for editors. What the
tenant's own approved rows change is in `reads`; the working-day calendar in
`calendar`.
"""

from balai.definitions.editors import schemas
from balai.definitions.kinds import Definition, Kind, check, get, inside, kind, load, registered
from balai.definitions.layers import Layer
from balai.definitions.schema import Code, Confidence, Sourced, Words, Written
from balai.definitions.tables import Table, table
from balai.definitions.taxonomies import (
    AxisMapping,
    AxisSet,
    Dimension,
    Term,
    Terms,
    axis_mapping,
    axis_set,
    terms,
)

__all__ = [
    "AxisMapping",
    "AxisSet",
    "Code",
    "Confidence",
    "Definition",
    "Dimension",
    "Kind",
    "Layer",
    "Sourced",
    "Table",
    "Term",
    "Terms",
    "Words",
    "Written",
    "axis_mapping",
    "axis_set",
    "check",
    "get",
    "inside",
    "kind",
    "load",
    "registered",
    "schemas",
    "table",
    "terms",
]
