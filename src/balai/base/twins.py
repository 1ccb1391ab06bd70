"""The same figures as a page, for programs: `.json` and `.csv` at the page's own address."""

import csv
import io
from collections.abc import Mapping, Sequence

from defusedcsv import csv as guarded
from django.http import HttpResponse, JsonResponse

type FlatRow = Mapping[str, object]


def as_json(**tables: Sequence[FlatRow]) -> HttpResponse:
    """Return named tables as one JSON object of lists of rows."""
    answer = JsonResponse({name: [dict(row) for row in rows] for name, rows in tables.items()})
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def as_csv(name: str, rows: Sequence[FlatRow]) -> HttpResponse:
    """Return one table as CSV (UTF-8, comma, header row); no cell can act as a formula."""
    text = io.StringIO()
    if rows:
        writer = guarded.DictWriter(text, list(rows[0]), quoting=csv.QUOTE_MINIMAL)
        writer.writeheader()
        writer.writerows(rows)
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer["Access-Control-Allow-Origin"] = "*"
    return answer
