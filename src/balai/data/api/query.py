"""One Data for programs, in SQL: the same gate, readers, turns and limits as the page of questions."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Field

from balai.base.access import actor_of, needs
from balai.base.api import Body, Router, Word
from balai.base.errors import Fault, Invalid
from balai.base.openapi import WITHOUT_KEY
from balai.data.pages.query_asked import Told, steps
from balai.data.pages.query_files import KINDS, file
from balai.data.patience import answered
from balai.data.reads.queries import QueryRow, saved_queries, saved_query
from balai.data.reads.running import WHOLE
from balai.data.rules.gate.values import MOST_CHARACTERS

router = Router()

Text = Annotated[
    str, Field(min_length=1, max_length=MOST_CHARACTERS, description="one SELECT; see bertanya-dengan-sql.md")
]
Format = Annotated[
    Literal["rows", "csv", "json", "parquet", "xlsx"],
    Field(
        description='"rows" for columns and rows up to your limit; the others are the whole answer as a file'
    ),
]
Most = Annotated[int | None, Field(ge=1, le=WHOLE - 1, description="fewer rows than your limit")]


_FILES: dict[str, Any] = {
    kind: {"schema": {"type": "string", "contentMediaType": kind}}
    for kind in (
        "text/csv",
        "application/vnd.apache.parquet",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
}
"""What an answer may be besides JSON, for the description."""
_ANSWER: dict[str, Any] = {"responses": {200: {"content": _FILES}}}


class Asking(Body):
    """A question in SQL over the datasets you may read."""

    sql: Text
    format: Format = "rows"
    limit: Most = None


@dataclass(frozen=True)
class AnswerColumn:
    """`type`: text, integer, decimal, double, boolean, date or timestamp."""

    name: str
    type: str


@dataclass(frozen=True)
class Answered:
    """The answer to a question. `truncated`: there were more rows than you may see at once.

    An answer that takes longer than a second begins with status 200; when it then fails, its body is
    a problem document instead, which has `status` and no `rows`.
    """

    columns: list[AnswerColumn]
    rows: list[list[Any]]
    truncated: bool
    seconds: float


@router.post(
    "/query",
    response=Answered,
    summary="Ask a question in SQL",
    openapi_extra={**_ANSWER, WITHOUT_KEY: "Nothing is written."},
)
@needs("data.read")
def ask_query(request: HttpRequest, body: Asking) -> HttpResponseBase:
    """Nothing is written, so no Idempotency-Key is needed. Close the connection to end the question."""
    return _answer(request, body.sql, body.format, body.limit, _("jawaban"))


@router.get(
    "/query",
    response=Answered,
    summary="Ask a question in SQL, without signing in too",
    openapi_extra=_ANSWER,
)
@needs("data.read")
def get_query(
    request: HttpRequest, sql: Text, format: Format = "rows", limit: Most = None
) -> HttpResponseBase:
    return _answer(request, sql, format, limit, _("jawaban"))


@router.get("/queries", response=list[QueryRow], summary="Saved questions shared with me")
@needs("data.read")
def queries(request: HttpRequest) -> tuple[QueryRow, ...]:
    return saved_queries(actor_of(request))


@router.get("/queries/{slug}", response=QueryRow, summary="One saved question")
@needs("data.read")
def query(request: HttpRequest, slug: Word) -> QueryRow:
    return saved_query(actor_of(request), slug)


@router.get(
    "/queries/{slug}/answer",
    response=Answered,
    summary="The answer to a saved question, now",
    openapi_extra=_ANSWER,
)
@needs("data.read")
def query_answer(
    request: HttpRequest, slug: Word, format: Format = "rows", limit: Most = None
) -> HttpResponseBase:
    """Asked with what you may see, whoever saved it."""
    row = saved_query(actor_of(request), slug)
    return _answer(request, row.text, format, limit, row.slug)


def _answer(request: HttpRequest, sql: str, format: str, limit: int | None, name: str) -> HttpResponseBase:
    if "\x00" in sql:
        raise Invalid([Fault("sql", _("Ada huruf yang tidak terlihat: U+%(code)s.") % {"code": "0000"})])
    if format in KINDS:
        response = file(request, sql, format, name, is_raw=True, most_rows=limit or WHOLE - 1)
    else:
        response = answered(request, steps(request, sql, _told, limit), "application/json")
    # Asked anew each time, and begun before it is known: nothing here can be named by an ETag.
    response.headers["Cache-Control"] = "no-store"
    if request.method != "POST" and not actor_of(request).is_signed_in:
        response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _told(told: Told) -> JsonResponse:
    body: dict[str, Iterable[Any] | bool | float] = {
        "columns": [{"name": column.name, "type": column.type.value} for column in told.columns],
        "rows": told.rows,
        "truncated": told.is_cut,
        "seconds": round(told.seconds, 3),
    }
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})
