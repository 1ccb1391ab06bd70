"""Every query of `data`; each begins with what the actor may see."""

from balai.data.reads.asking import answer, ask, export, question
from balai.data.reads.catalogue import DatasetRow, catalogue, dataset, waiting
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
    "DatasetRow",
    "Readable",
    "VersionRow",
    "answer",
    "ask",
    "catalogue",
    "compare",
    "dataset",
    "export",
    "first_rows",
    "question",
    "readable",
    "readable_version",
    "version",
    "versions",
    "waiting",
]
