"""The whole version that stands as one CSV file: streamed while it is kept, then served as it lies."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe

from balai.base.access import actor_of, needs
from balai.data import reads
from balai.data.faces.answering import crossed, crossing

_PART = 1 << 18
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_KIND = "text/csv; charset=utf-8"


@crossing("GET", "HEAD")
@require_safe
@needs("data.read")
def whole_csv(request: HttpRequest, code: str) -> HttpResponseBase:
    """Answer the version that stands as CSV: 200 whole, 206 a range of it, 304 to who has it."""
    found = reads.whole_csv(actor_of(request), code)
    # Codes of datasets are small letters, digits and underscore.
    name = f"{found.code}-v{found.number}.csv"
    try:
        return as_it_lies(request, found.kept, found.mark, _KIND, name)
    except FileNotFoundError:
        return _fresh(request, found, name)


def as_it_lies(request: HttpRequest, path: Path, mark: str, kind: str, name: str) -> HttpResponseBase:
    """Answer a file that never changes: 200 whole, 206 a range of it, 304 to who has it.

    Args:
        mark: the same for the same bytes; becomes the ETag.
        kind: its content type.
        name: it is saved under, without quotes.

    Raises:
        FileNotFoundError: it is not there, and the visitor has it not.
    """
    etag = f'"{mark}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    return _marked(request, response or _lying(request, path, etag, kind, name), etag)


def _lying(request: HttpRequest, path: Path, etag: str, kind: str, name: str) -> HttpResponseBase:
    file = path.open("rb")
    size = os.fstat(file.fileno()).st_size
    wanted = _range(request, size, etag)
    if wanted == (0, 0):
        file.close()
        response: HttpResponseBase = HttpResponse(status=416, content_type=kind)
        response["Content-Range"] = f"bytes */{size}"
        return response
    start, end = wanted or (0, size)
    file.seek(start)
    response = FileResponse(_Slice(file, end - start), content_type=kind, status=206 if wanted else 200)
    response["Content-Length"] = str(end - start)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Accept-Ranges"] = "bytes"
    if wanted:
        response["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return response


def _fresh(request: HttpRequest, found: reads.WholeCsv, name: str) -> HttpResponseBase:
    """Answer while the file is made; a visitor who goes away ends the making."""
    parts: Iterator[bytes] = iter(()) if request.method == "HEAD" else found.parts()
    response = StreamingHttpResponse(parts, content_type=_KIND)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return _marked(request, response, f'"{found.mark}"')


def _marked(request: HttpRequest, response: HttpResponseBase, etag: str) -> HttpResponseBase:
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache" if actor_of(request).is_signed_in else "no-cache"
    crossed(request, response)
    patch_vary_headers(response, ["Cookie"])
    return response


def _range(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """Return the first byte wanted and the one after the last; None for all, (0, 0) for none there is.

    Several ranges at once are answered with all of the file, as RFC 9110 allows.
    """
    asked = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if not asked or request.headers.get("If-Range", etag) != etag or asked.groups() == ("", ""):
        return None
    first, last = asked.groups()
    if not first:
        return (max(size - int(last), 0), size) if int(last) and size else (0, 0)
    start = int(first)
    end = min(int(last) + 1, size) if last else size
    return (start, end) if start < end else (0, 0)


class _Slice:
    """The next `left` bytes of an open file."""

    def __init__(self, file: BinaryIO, left: int) -> None:
        self._file, self._left = file, left

    def read(self, most: int = -1) -> bytes:
        part = self._file.read(min(_PART if most < 0 else most, self._left))
        self._left -= len(part)
        return part

    def close(self) -> None:
        self._file.close()
