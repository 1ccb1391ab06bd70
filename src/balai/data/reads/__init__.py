"""Every query of `data`; each begins with what the actor may see."""

from balai.data.reads.asking import answer, ask, export, question
from balai.data.reads.catalogue import DatasetRow, catalogue, dataset, waiting
from balai.data.reads.producing import (
    OwnDataset,
    OwnRow,
    offices_to_speak_for,
    own_dataset,
    own_datasets,
)
from balai.data.reads.shelf import EXCEL_MOST_ROWS, FACETS, SORTS, Shelf, Wanted, shelf
from balai.data.reads.versions import (
    Readable,
    VersionRow,
    compare,
    first_rows,
    readable,
    readable_version,
    version,
    versions,
)

__all__ = [
    "EXCEL_MOST_ROWS",
    "FACETS",
    "SORTS",
    "DatasetRow",
    "OwnDataset",
    "OwnRow",
    "Readable",
    "Shelf",
    "VersionRow",
    "Wanted",
    "answer",
    "ask",
    "catalogue",
    "compare",
    "dataset",
    "export",
    "first_rows",
    "offices_to_speak_for",
    "own_dataset",
    "own_datasets",
    "question",
    "readable",
    "readable_version",
    "shelf",
    "version",
    "versions",
    "waiting",
]
