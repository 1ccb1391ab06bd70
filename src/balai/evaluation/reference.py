"""The published results that come with the product, in the columns that an import takes."""

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

from django.conf import settings

_GROUPS = {
    "regular": "REGULER",
    "kppn_ikn": "KPPN_IKN",
    "kppn_ikn_first_phase": "KPPN_IKN_first_phase",
}
_SMART_CITY = {
    "year": "year",
    "stage": "stage",
    "name": "region",
    "instrument_group": "group",
    "baseline": "baseline",
    "output": "output",
    "outcome": "outcome",
    "impact": "impact",
    "quick_win": "quick_win",
    "collaboration": "collaboration",
    "final_score": "final",
    "improvement": "improvement",
}
_SPBE = {
    "year": "year",
    "agency": "agency",
    "policy": "kebijakan",
    "governance": "tata_kelola",
    "management": "manajemen",
    "services": "layanan",
    "index_value": "index",
    "predicate": "predicate",
}
FILES: Mapping[str, Mapping[str, str]] = {
    "smartcity_results.csv": _SMART_CITY,
    "spbe_results.csv": _SPBE,
}
"""File of `reference/results` → its columns by the names an import knows."""


def published_tables(folder: Path | None = None) -> Iterator[tuple[str, bytes]]:
    """Yield (source, CSV) of each source that the reference files name, for `changes.import_published`."""
    where = folder or settings.ROOT / "reference" / "results"
    for name, columns in FILES.items():
        with (where / name).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for source in dict.fromkeys(row["source"] for row in rows):
            yield source, _table([row for row in rows if row["source"] == source], columns)


def _table(rows: list[dict[str, str]], columns: Mapping[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns.values())
    for row in rows:
        row = row | {"instrument_group": _GROUPS.get(row.get("instrument_group", ""), "")}
        writer.writerow([row[column] for column in columns])
    return text.getvalue().encode()
