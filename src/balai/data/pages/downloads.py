"""Whole versions as files: CSV, Excel, JSON, and the Parquet file of the version itself."""

from pathlib import Path

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from balai.base.access import actor_of, needs
from balai.base.errors import Fault, Invalid, NotFound
from balai.base.writing import number as written
from balai.data import reads
from balai.data.pages.files import _range, _Slice
from balai.data.pages.query_files import file
from balai.data.reads.shelf import EXCEL_MOST_ROWS

_PARQUET = "application/vnd.apache.parquet"


@require_safe
@needs("data.read")
def dataset_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """The version that stands, whole."""
    return _file(request, reads.version(actor_of(request), code), form)


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
        return _as_it_lies(request, reads.parquet_file(actor, shown.dataset, shown.number), name, shown)
    if form == "xlsx" and shown.rows > EXCEL_MOST_ROWS:
        wrong = _("Versi ini punya %(rows)s baris.") % {"rows": written(shown.rows)}
        right = _("Excel diberikan sampai %(most)s baris; ambil CSV atau Parquet.")
        raise Invalid([Fault("format", wrong, right % {"most": written(EXCEL_MOST_ROWS)})])
    if form not in ("csv", "json", "xlsx"):
        raise NotFound(_("Bentuk berkas itu tidak ada. Pilih CSV, Excel, JSON, atau Parquet."))
    text = f'SELECT * FROM "{shown.dataset}"'  # noqa: S608  the gate reads it, and codes are plain words
    return file(request, text, form, name, is_raw=False, tables={shown.dataset: found})


def _as_it_lies(request: HttpRequest, path: Path, name: str, shown: reads.VersionRow) -> HttpResponseBase:
    """Answer a file that never changes: 200 whole, 206 a range, 304 to who has it."""
    etag = f'"{shown.content_hash}-{shown.schema_hash[:16]}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None or response.status_code != 304:
        size = path.stat().st_size
        wanted = _range(request, size, etag)
        if wanted == (0, 0):
            response = HttpResponse(status=416, content_type=_PARQUET)
            response["Content-Range"] = f"bytes */{size}"
        else:
            start, end = wanted or (0, size)
            content = path.open("rb")
            content.seek(start)
            response = FileResponse(
                _Slice(content, end - start), content_type=_PARQUET, status=206 if wanted else 200
            )
            response["Content-Length"] = str(end - start)
            response["Content-Disposition"] = f'attachment; filename="{name}.parquet"'
            if wanted:
                response["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, no-cache" if actor_of(request).is_signed_in else "no-cache"
    patch_vary_headers(response, ["Cookie"])
    return response
