"""Rows of datasets for programs: `/api/v1/data/datasets/{code}/rows` and `/profile`."""

import json
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from ninja import Field, Query

from balai.base.access import actor_of, needs
from balai.base.api import Router, Word
from balai.data import reads
from balai.data.rules.rows import MOST_ROWS, filters_of

router = Router()

Names = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")]
RowLimit = Annotated[int, Field(ge=0, le=MOST_ROWS, description="how many rows at most; 0 only counts")]
Offset = Annotated[
    int, Field(ge=0, le=2**53, description="rows to leave out; for programs that cannot use `after`")
]


@dataclass(frozen=True)
class RowsColumn:
    name: str
    type: str


@dataclass(frozen=True)
class DatasetRows:
    """A page of rows: objects, or with `form=lists` lists in the order of `columns`.

    `total` is null when it was not to be counted; `next` is "" on the last page.
    """

    dataset: str
    tenant: str
    version: int
    columns: list[RowsColumn]
    total: int | None
    next: str
    rows: list[dict[str, Any] | list[Any]]


_CSV: dict[str, Any] = {"schema": {"type": "string", "contentMediaType": "text/csv"}}


@router.get(
    "/datasets/{code}/rows",
    response=DatasetRows,
    summary="Rows of a dataset: filtered, searched, sorted, counted",
    openapi_extra={"responses": {200: {"content": {"text/csv": _CSV}}}},
)
@needs("data.read")
def rows(
    request: HttpRequest,
    code: Word,
    filter: list[Names] = Query(  # noqa: B008
        [],
        description="column:op:value, as often as needed; op: eq, in (a|b), from, until, prefix, missing",
    ),
    words: Annotated[Word, Field(description="each word is in some text of the row")] = "",
    sort: Annotated[
        Names, Field(description="columns with commas between, - before one for descending")
    ] = "",
    columns: Annotated[Names, Field(description="columns with commas between; empty for all")] = "",
    limit: RowLimit = 100,
    after: Annotated[Word, Field(description="`next` of the page before; empty for the first page")] = "",
    offset: Offset = 0,
    total: Annotated[bool, Field(description="whether to count all rows that fit")] = True,
    form: Literal["objects", "lists", "csv"] = "objects",
) -> HttpResponse:
    """The ETag names the version and the question. Decimals are text, dates ISO."""
    question = reads.rows_question(
        actor_of(request),
        code,
        filters=filters_of(filter),
        words=words,
        sort=_listed(sort),
        columns=_listed(columns),
        limit=limit,
        after=after,
        offset=offset,
        with_total=total,
        form=form,
    )
    etag = f'"{question.mark}"'
    known = get_conditional_response(request, etag=etag)
    return _marked(request, known or _answer(reads.answer_rows(question), form), etag)


@router.get("/datasets/{code}/profile", response=reads.Profile, summary="What the columns of a dataset hold")
@needs("data.read")
def profile(request: HttpRequest, code: Word) -> reads.Profile:
    return reads.profile(actor_of(request), code)


def _listed(text: str) -> list[str]:
    return [name for part in text.split(",") if (name := part.strip())]


def _answer(page: reads.RowsPage, form: str) -> HttpResponse:
    if form == "csv":
        response = HttpResponse(page.rows, content_type="text/csv; charset=utf-8")
        response["X-Total-Count"] = "" if page.total is None else str(page.total)
        response["X-Next"] = page.next
        return response
    columns = [{"name": one.name, "type": one.sort} for one in page.columns]
    # The rows are JSON already; only the frame around them is written here.
    head = json.dumps(
        {
            "dataset": page.code,
            "tenant": page.tenant,
            "version": page.number,
            "columns": columns,
            "total": page.total,
            "next": page.next,
        }
    )
    body = b"".join((head[:-1].encode(), b', "rows": ', page.rows, b"}"))
    return HttpResponse(body, content_type="application/json")


def _marked(request: HttpRequest, response: HttpResponse, etag: str) -> HttpResponse:
    response["ETag"] = etag
    if actor_of(request).is_signed_in:
        response["Cache-Control"] = "private, no-cache"
    else:
        response["Cache-Control"] = "no-cache"
        response["Access-Control-Allow-Origin"] = "*"
    patch_vary_headers(response, ["Cookie", "Authorization"])
    return response
