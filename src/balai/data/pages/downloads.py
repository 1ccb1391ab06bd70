"""Whole versions as files: CSV, Excel, JSON, and the Parquet file of the version itself."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from balai.base.access import actor_of, needs
from balai.base.errors import Fault, Invalid, NotFound
from balai.base.writing import number as written
from balai.data import reads
from balai.data.faces.answering import crossed, crossing
from balai.data.pages.files import as_it_lies
from balai.data.pages.query_files import file
from balai.data.reads.shelf import EXCEL_MOST_ROWS

_PARQUET = "application/vnd.apache.parquet"


@crossing("GET", "HEAD")
@require_safe
@needs("data.read")
def dataset_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """The version that stands, whole."""
    return _file(request, reads.version(actor_of(request), code), form)


@crossing("GET", "HEAD")
@require_safe
@needs("data.read")
def version_file(request: HttpRequest, code: str, number: int, form: str) -> HttpResponseBase:
    """One version, whole; an old one too, as long as its rows are kept."""
    return _file(request, reads.version(actor_of(request), code, number), form)


def _file(request: HttpRequest, shown: reads.VersionRow, form: str) -> HttpResponseBase:
    actor = actor_of(request)
    found = reads.readable_version(actor, shown.dataset, shown.number)
    name = f"{shown.dataset}-v{shown.number}"
    if form == "parquet":
        path = reads.parquet_file(actor, shown.dataset, shown.number)
        mark = f"{shown.content_hash}-{shown.schema_hash[:16]}"
        return as_it_lies(request, path, mark, _PARQUET, f"{name}.parquet")
    if form == "xlsx" and shown.rows > EXCEL_MOST_ROWS:
        wrong = _("Versi ini punya %(rows)s baris.") % {"rows": written(shown.rows)}
        right = _("Excel diberikan sampai %(most)s baris; ambil CSV atau Parquet.")
        raise Invalid([Fault("format", wrong, right % {"most": written(EXCEL_MOST_ROWS)})])
    if form not in ("csv", "json", "xlsx"):
        raise NotFound(_("Bentuk berkas itu tidak ada. Pilih CSV, Excel, JSON, atau Parquet."))
    text = f'SELECT * FROM "{shown.dataset}"'  # noqa: S608  the gate reads it, and codes are plain words
    response = file(request, text, form, name, is_raw=False, tables={shown.dataset: found})
    crossed(request, response)
    return response
