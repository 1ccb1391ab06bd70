"""Rows to Parquet and back, by DuckDB: checked against a declaration, kept in the order of its key.

Only our own text reaches the engine here; the questions of users go through
`rules.gate` and `engines`.
"""

from balai.data.columnar.checking import MOST_FAULTS, Regions
from balai.data.columnar.comparing import compare, rows
from balai.data.columnar.departing import Departure
from balai.data.columnar.judging import COUNTED, TAKEN, TEXTS, WRITTEN, ColumnJudged, Judged, check
from balai.data.columnar.lending import MEMORY, Engine, engine
from balai.data.columnar.shape import DIGITS, Physical, physical
from balai.data.columnar.watching import DiskFull, Watch, is_disk_full, watched
from balai.data.columnar.writing import Written, write, write_file, write_signed

__all__ = [
    "COUNTED",
    "DIGITS",
    "MEMORY",
    "MOST_FAULTS",
    "TAKEN",
    "TEXTS",
    "WRITTEN",
    "ColumnJudged",
    "Departure",
    "DiskFull",
    "Engine",
    "Judged",
    "Physical",
    "Regions",
    "Watch",
    "Written",
    "check",
    "compare",
    "engine",
    "is_disk_full",
    "physical",
    "rows",
    "watched",
    "write",
    "write_file",
    "write_signed",
]
