"""Every query of `data`; each begins with what the actor may see."""

from balai.data.reads.catalogue import DatasetRow, catalogue, dataset, waiting
from balai.data.reads.versions import (
    Readable,
    VersionRow,
    compare,
    first_rows,
    readable,
    version,
    versions,
)

__all__ = [
    "DatasetRow",
    "Readable",
    "VersionRow",
    "catalogue",
    "compare",
    "dataset",
    "first_rows",
    "readable",
    "version",
    "versions",
    "waiting",
]
