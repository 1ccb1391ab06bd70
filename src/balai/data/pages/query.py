"""The page where One Data is asked in SQL."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from balai.base.access import actor_of, needs
from balai.base.actor import Actor
from balai.base.errors import Invalid, Refused
from balai.data.pages.query_asked import Told, marked, page_in, steps, wish_in
from balai.data.pages.query_shown import Wish, shown
from balai.data.patience import Steps, answered
from balai.data.reads.catalogue import catalogue
from balai.data.reads.queries import saved_queries, saved_query
from balai.data.reads.running import limits
from balai.data.reads.versions import readable
from balai.data.rules.gate.values import MOST_CHARACTERS
from balai.data.rules.metadata import Declaration

PART = "X-Balai-Part"
"""Sent by our script: it wants the answer alone, not the page around it."""


@dataclass(frozen=True)
class Listed:
    """A dataset beside the editor: its name in SQL, its title, and (column, kind, meaning)."""

    name: str
    title: str
    columns: tuple[tuple[str, str, str], ...]

    @property
    def start(self) -> str:
        """The address's part that fills the editor with a first question about it; it asks nothing."""
        return urlencode({"sql": f"SELECT *\nFROM {self.name}\nLIMIT 100"})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("data.read")
def query(request: HttpRequest) -> HttpResponseBase:
    """Show the editor; asked, the answer below it. An address can fill the editor, never ask."""
    if request.method == "POST":
        text = request.POST.get("sql", "").replace("\r\n", "\n")
        return answered(request, _steps(request, text, wish_in(request.POST)))
    text, wish = request.GET.get("sql", "")[:MOST_CHARACTERS], wish_in(request.GET)
    if slug := request.GET.get("dari"):
        row = saved_query(actor_of(request), slug)
        text, wish = row.text, Wish(*(row.chart.get(part, "") for part in ("kind", "x", "y")))
    return _page(request, {"text": text, "wish": wish})


def _steps(request: HttpRequest, text: str, wish: Wish) -> Steps:
    def make(told: Told) -> HttpResponse:
        found = shown(
            told.columns,
            told.rows,
            is_cut=told.is_cut,
            seconds=told.seconds,
            page=page_in(request.POST),
            wish=wish,
        )
        return _page(request, {"text": text, "wish": found.wish, "shown": found})

    try:
        return (yield from steps(request, text, make))
    except Refused as error:
        return _page(request, {"text": text, "wish": wish, **refusal(text, error)}, error.status)


def refusal(text: str, error: Refused) -> dict[str, object]:
    """Return what the part "answer" says of a refused question."""
    if isinstance(error, Invalid):
        return {"faults": [marked(text, fault) for fault in error.faults]}
    return {"failure": str(error)}


def _page(request: HttpRequest, context: Mapping[str, object], status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    known = {**context, "limits": limits(actor), "may_keep": actor.may("data.keep_query")}
    if PART in request.headers:
        return render(request, "data/query_answer.html", known, status=status)
    tables = listed(actor)
    return render(
        request,
        "data/query.html",
        {
            **known,
            "frame": frame(actor),
            "tables": tables,
            "schema": {table.name: [name for name, _kind, _meaning in table.columns] for table in tables},
            "saved": saved_queries(actor)[:8],
        },
        status=status,
    )


def frame(actor: Actor) -> str:
    """Return the page around ours: the desk for officers, the public one for everybody else."""
    return "balai/desk.html" if actor.may("data.keep_query") else "balai/page.html"


def listed(actor: Actor) -> tuple[Listed, ...]:
    """Return the datasets the actor may ask, with what each column means, by title."""
    tables, language = readable(actor), get_language()
    meanings: dict[str, Declaration] = {}
    for row in catalogue(actor):
        meanings.setdefault(row.code, row.declaration)
    found = []
    for code, one in sorted(tables.items()):
        declared = meanings.get(code)
        title = str(getattr(declared.title, language or "id", declared.title.id)) if declared else code
        about = {column.name: column for column in declared.leaving} if declared else {}
        columns = []
        for name, kind in one.table.columns.items():
            told = about.get(name) or about.get(name.removesuffix("_lon").removesuffix("_lat"))
            meaning = str(getattr(told.meaning, language or "id", told.meaning.id)) if told else ""
            columns.append((name, kind.value, meaning))
        found.append(Listed(code, title, tuple(columns)))
    return tuple(sorted(found, key=lambda one: one.title.casefold()))
