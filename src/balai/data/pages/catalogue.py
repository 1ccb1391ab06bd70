"""The catalogue of One Data: search it, narrow it down, come to a dataset."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from balai.base.access import actor_of, needs
from balai.base.actor import Actor
from balai.base.kept import kept
from balai.base.twins import FlatRow, as_csv, as_json
from balai.data import reads
from balai.data.pages.words import badge
from balai.data.rules.metadata import Classification
from balai.data.rules.wording import CLASSIFICATIONS, FREQUENCIES
from balai.places import reads as places

SHOWN = 20
TOPICS = 8
MOST_WORDS = 6
_REGIONS = {"00": gettext_lazy("Indonesia")}
_ASKED = {
    "kata": "keyword",
    "produsen": "producer",
    "wilayah": "region",
    "isi": "holds",
    "lisensi": "licence",
    "klasifikasi": "classification",
    "milik": "whose",
}
"""How the address calls a facet → what the catalogue calls it."""
_NAMES: dict[str, Any] = {
    "kata": gettext_lazy("Topik"),
    "produsen": gettext_lazy("Produsen data"),
    "wilayah": gettext_lazy("Wilayah"),
    "isi": gettext_lazy("Isi dan bentuk"),
    "lisensi": gettext_lazy("Lisensi"),
    "klasifikasi": gettext_lazy("Klasifikasi"),
    "milik": gettext_lazy("Milik"),
}
_VALUES: dict[str, dict[str, Any]] = {
    "klasifikasi": dict(CLASSIFICATIONS),
    "milik": {"city": gettext_lazy("pemerintah daerah ini"), "nation": gettext_lazy("nasional")},
    "isi": {
        "point": gettext_lazy("punya titik peta"),
        "region": gettext_lazy("punya kode wilayah"),
        "rupiah": gettext_lazy("punya nilai rupiah"),
        "date": gettext_lazy("punya tanggal"),
        "excel": gettext_lazy("dapat diunduh sebagai Excel"),
    },
}
_SORTS: dict[str, tuple[str, Any]] = {
    "judul": ("title", gettext_lazy("Judul")),
    "terbaru": ("newest", gettext_lazy("Terbit terbaru")),
    "terbesar": ("largest", gettext_lazy("Baris terbanyak")),
}


@require_safe
@needs("data.read")
@kept
def catalogue(request: HttpRequest) -> HttpResponse:
    """Every dataset the visitor may read, by word and facet, a page at a time."""
    actor, wanted = actor_of(request), _wanted(request)
    found = reads.shelf(actor, wanted, request.GET.get("after", "")[:200], SHOWN)
    is_narrowed = wanted != reads.Wanted(sort=wanted.sort)
    context = {
        "found": found,
        "wanted": wanted,
        "rows": [_row(row) for row in found.rows],
        "facets": [_facet(request, name, found) for name in _ASKED if _is_useful(request, name, found)],
        "chosen": [_chosen(request, name) for name in _ASKED if request.GET.get(name)],
        "sorts": [(key, label, key == _sort(request)) for key, (_own, label) in _SORTS.items()],
        "is_narrowed": is_narrowed,
        "frequencies": FREQUENCIES,
        "is_first": not request.GET.get("after"),
    }
    if not found.rows and is_narrowed:
        context["ways_out"] = _ways_out(actor, wanted)
    return render(request, "data/catalogue.html", context)


@require_safe
@needs("data.read")
@kept
def catalogue_json(request: HttpRequest) -> HttpResponse:
    return as_json(datasets=_flat(request))


@require_safe
@needs("data.read")
@kept
def catalogue_csv(request: HttpRequest) -> HttpResponse:
    return as_csv("satu-data", _flat(request))


def _wanted(request: HttpRequest) -> reads.Wanted:
    asked = {own: request.GET.get(name, "")[:200] for name, own in _ASKED.items()}
    words = request.GET.get("q", "").strip()[:100]
    return reads.Wanted(words=words, sort=_SORTS[_sort(request)][0], **asked)


def _sort(request: HttpRequest) -> str:
    asked = request.GET.get("urut", "")
    return asked if asked in _SORTS else "judul"


def _label(name: str, value: str) -> str:
    if name == "wilayah":
        return str(_REGIONS[value]) if value in _REGIONS else places.names([value]).get(value, value)
    return str(_VALUES.get(name, {}).get(value, value))


def _with(request: HttpRequest, **changed: str) -> str:
    """Return the query of this page with something else chosen, from its first page on; "" lets go."""
    query = request.GET.copy()
    query.pop("after", None)
    for name, value in changed.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}" if query else reverse("data")


def _row(row: reads.Listed) -> dict[str, Any]:
    return {
        "row": row,
        "badge": badge(Classification(row.classification)),
        "title": row.tell("title"),
        "description": row.tell("description"),
        "producer": row.producer[2] if row.producer else row.tell("custodian"),
    }


def _facet(request: HttpRequest, name: str, found: reads.Shelf) -> dict[str, Any]:
    here = request.GET.get(name, "")
    rest = request.GET.copy()
    for each in ("after", name):
        rest.pop(each, None)
    start = f"?{rest.urlencode()}&" if rest else "?"
    without = _with(request, **{name: ""})
    return {
        "name": name,
        "label": _NAMES[name],
        "values": [
            (
                _label(name, value),
                count,
                value == here,
                without if value == here else f"{start}{urlencode({name: value})}",
            )
            for value, count in found.facets[_ASKED[name]]
        ],
    }


def _is_useful(request: HttpRequest, name: str, found: reads.Shelf) -> bool:
    """Tell whether a facet divides what was found, or is already set to something that is there."""
    return len(found.facets[_ASKED[name]]) > (0 if request.GET.get(name) else 1)


def _chosen(request: HttpRequest, name: str) -> dict[str, Any]:
    value = request.GET[name][:200]
    return {
        "name": name,
        "asked": value,
        "label": _NAMES[name],
        "value": _label(name, value),
        "without": _with(request, **{name: ""}),
    }


def _ways_out(actor: Actor, wanted: reads.Wanted) -> dict[str, Any]:
    """Return what does find something: the same words without the facets, each word alone, and the topics."""
    words = wanted.words.split()[:MOST_WORDS]
    tries = [*([wanted.words] if wanted != reads.Wanted(wanted.words, sort=wanted.sort) and words else [])]
    tries += [word for word in words if len(words) > 1]
    counted = [(text, reads.shelf(actor, reads.Wanted(words=text), limit=1).total) for text in tries]
    every = reads.shelf(actor, reads.Wanted(), limit=1)
    return {
        "words": [(text, count) for text, count in counted if count],
        "topics": [value for value, _count in every.facets["keyword"][:TOPICS]],
    }


def _flat(request: HttpRequest) -> list[FlatRow]:
    """Return all that was found, not a page of it: one flat row each."""
    found = reads.shelf(actor_of(request), _wanted(request), limit=100_000)
    return [
        {
            "code": row.code,
            "title": row.title,
            "title_en": row.said["title"]["en"],
            "description": row.said["description"]["id"],
            "publisher": row.tenant,
            "producer": row.producer[2] if row.producer else "",
            "classification": row.classification,
            "licence": row.said["licence"],
            "frequency": row.said["frequency"],
            "keywords": "; ".join(row.said["keywords"]),
            "version": row.number,
            "period": row.period,
            "rows": row.rows,
            "published_at": row.changed_at.isoformat(),
            "page": request.build_absolute_uri(reverse("dataset", args=[row.code])),
        }
        for row in found.rows
    ]
