"""A dataset as a Data Package: its files and the schema of its table, as Frictionless tools read them.

Source: Data Package 1.0 and Table Schema 1.0 (specs.frictionlessdata.io).
"""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from balai.base.access import actor_of
from balai.data import reads
from balai.data.faces.answering import face, marked
from balai.data.faces.ckan import licences
from balai.data.rules.dcat import days_of, licence_address
from balai.data.rules.metadata import Column, ColumnType, Declaration

_TYPES = {
    ColumnType.TEXT: "string",
    ColumnType.REGION: "string",
    ColumnType.INTEGER: "integer",
    ColumnType.RUPIAH: "integer",
    ColumnType.DECIMAL: "number",
    ColumnType.DATE: "date",
    ColumnType.BOOLEAN: "boolean",
}


@face
def package(request: HttpRequest, code: str) -> HttpResponse:
    """The version that stands, described for programs that check tables."""
    found = reads.version(actor_of(request), code)
    own = found.declaration
    page = request.build_absolute_uri(reverse("dataset", args=[code]))
    said: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": found.dataset,
        "id": f"{found.tenant}/{found.dataset}",
        "title": own.title.id,
        "description": own.description.id,
        "version": str(found.number),
        "created": found.published_at.isoformat(),
        "homepage": page,
        "keywords": list(own.keywords),
        "licenses": [_licence(own.licence, page)],
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": found.dataset,
                "title": own.title.id,
                "path": request.build_absolute_uri(reverse("data_csv", args=[code])),
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": schema(own),
            }
        ],
    }
    if days := days_of(found.period):
        said["temporal"] = {"start": days[0].isoformat(), "end": days[1].isoformat()}
    return marked(request, json.dumps(said, ensure_ascii=False), "application/json")


def _licence(words: str, page: str) -> dict[str, str]:
    """Return a licence by its identifier; one in words of its own by the page that tells it."""
    known = licences.of(words)
    if known == licences.OTHER:
        return {"title": words, "path": licence_address(words) or page}
    return {"name": known.id, "title": words, "path": licence_address(words) or known.url}


def schema(own: Declaration) -> dict[str, Any]:
    """Return the table schema of what a dataset publishes."""
    return {
        "fields": [field for column in own.leaving for field in _fields(column)],
        "primaryKey": list(own.key),
        "missingValues": [""],
    }


def _fields(column: Column) -> list[dict[str, Any]]:
    title = f"{column.meaning.id} ({column.unit.id})" if column.unit else column.meaning.id
    needed = {} if column.optional else {"required": True}
    if column.type is ColumnType.POINT:
        bounds = (("lon", 180), ("lat", 90))
        return [
            {
                "name": f"{column.name}_{end}",
                "type": "number",
                "title": title,
                "constraints": {**needed, "minimum": -most, "maximum": most},
            }
            for end, most in bounds
        ]
    limits: dict[str, Any] = needed | ({"enum": list(column.allowed)} if column.allowed else {})
    field = {"name": column.name, "type": _TYPES[column.type], "title": title}
    return [field | ({"constraints": limits} if limits else {})]
