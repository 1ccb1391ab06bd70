"""The addresses below `/api/sdi/v1/`: lists with a cursor, in Indonesian whatever language is asked for."""

import json
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from balai.base.access import actor_of
from balai.base.errors import Fault, Invalid
from balai.data import reads
from balai.data.faces.answering import face, home_of, marked
from balai.data.faces.sdi import records
from balai.data.faces.sdi.records import Record, Whole
from balai.data.rules.reviewing import remarks
from balai.data.rules.wording import REFERENCES

MOST = 1000
USUAL = 100

type Told = Callable[[reads.DatasetRow, Whole], Iterable[Record]]


@face
def root(request: HttpRequest) -> HttpResponse:
    """What there is."""
    names = (
        "daftar-data",
        "data-prioritas",
        "standar-data",
        "kode-referensi",
        "data-induk",
        "metadata-kegiatan",
        "metadata-variabel",
        "metadata-indikator",
        "pemeriksaan",
        "jadwal-rilis",
    )
    links = {name: request.build_absolute_uri(reverse(f"sdi-{name}")) for name in names}
    return _json(request, {"judul": "Satu Data Indonesia", "tautan": links})


@face
def datasets(request: HttpRequest) -> HttpResponse:
    return _of_datasets(request, lambda row, whole: [records.dataset(row, whole)])


@face
def priorities(request: HttpRequest) -> HttpResponse:
    return _of_datasets(request, lambda row, whole: [records.priority(row, whole)], "priority")


@face
def masters(request: HttpRequest) -> HttpResponse:
    return _of_datasets(request, lambda row, whole: [records.master(row, whole)], "master")


@face
def standards(request: HttpRequest) -> HttpResponse:
    return _of_datasets(request, lambda row, whole: [records.standard(row)])


@face
def activities(request: HttpRequest) -> HttpResponse:
    return _of_datasets(request, lambda row, whole: [records.activity(row)])


@face
def variables(request: HttpRequest) -> HttpResponse:
    return _of_datasets(request, lambda row, whole: records.variables(row))


@face
def releases(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    return _of_datasets(request, lambda row, whole: [records.release(row, today)])


@face
def indicators(request: HttpRequest) -> HttpResponse:
    """Every defined indicator; they are few, and come at once."""
    found = [records.indicator(row) for row in reads.indicators(actor_of(request))]
    return _json(request, {"items": found, "total": len(found), "next": None})


@face
def references(request: HttpRequest) -> HttpResponse:
    """The code lists that columns take their values from, and how many datasets use each."""
    actor = actor_of(request)
    with translation.override("id"):
        found = [
            {
                "kode": name,
                "nama": str(REFERENCES.get(name, name)),
                "dipakai_oleh": reads.listed(actor, traits=(f"reference:{name}",), limit=0).total,
                "tautan": request.build_absolute_uri(f"/data/{name}/"),
            }
            for name in reads.references(actor)
        ]
    return _json(request, {"items": found, "total": len(found), "next": None})


@face
def findings(request: HttpRequest) -> HttpResponse:
    """What the steward, or a machine before them, found in drafts: for those who write and check them."""
    with translation.override("id"):
        found = [
            {
                "kode": row.code,
                "judul": row.declaration.title.id,
                "status": row.status,
                "temuan": [
                    {"letak": one.place, "salah": one.wrong, "benar": one.right, "berat": one.is_grave}
                    for one in remarks(row.declaration)
                ],
            }
            for row in reads.waiting(actor_of(request))
        ]
    return _json(request, {"items": found, "total": len(found), "next": None})


def _of_datasets(request: HttpRequest, told: Told, *traits: str) -> HttpResponse:
    """Answer records of the datasets of a page, by code."""
    actor = actor_of(request)
    limit = _limit(request.GET.get("limit", str(USUAL)))
    page = reads.listed(
        actor,
        words=request.GET.get("q", "").strip()[:100],
        traits=traits,
        only_own=True,
        after=request.GET.get("after", "")[:60],
        limit=limit,
    )
    home = home_of(request, actor.tenant)
    with translation.override("id"):
        rows = reads.described(actor, page.rows)
        found = [one for row in rows for one in told(row, lambda path: f"{home}{path}")]
    following = ""
    if page.next:
        query = {"q": request.GET.get("q", ""), "limit": str(limit), "after": page.next}
        asked = urlencode({name: value for name, value in query.items() if value})
        following = f"{request.build_absolute_uri(request.path)}?{asked}"
    headers = {"Link": f'<{following}>; rel="next"'} if following else {}
    body = {"items": found, "total": page.total, "next": page.next or None}
    return _json(request, body, headers)


def _limit(written: str) -> int:
    if not (written.isascii() and written.isdigit() and len(written) < 10 and int(written)):
        right = _("Tulis bilangan bulat 1 sampai %(most)d.") % {"most": MOST}
        raise Invalid([Fault("limit", _("“%(value)s” bukan batas.") % {"value": written[:40]}, right)])
    return min(int(written), MOST)


def _json(request: HttpRequest, told: Any, headers: dict[str, str] | None = None) -> HttpResponse:
    return marked(request, json.dumps(told, ensure_ascii=False), "application/json", headers=headers)
