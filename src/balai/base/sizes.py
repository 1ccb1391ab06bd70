"""How much one request may bring, asked before any of it is read."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from balai.base.answers import answer
from balai.base.errors import Fault, Invalid, TooLarge

PART = "application/offset+octet-stream"
"""What a part of a larger file is sent as, after tus."""


class PartTooLarge(TooLarge, Invalid):
    """A part of a file is larger than what is taken at once; the file may be sent in smaller ones."""


class SizeMiddleware:
    """Refuses a request that is larger than the largest file with the rest of its form.

    Else a file of any size would be laid on the disk before a form says that it
    is too large. A body that does not say its size is not read at all.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        most = settings.OPTIONS.upload_max_mb
        if _size(request) > most * 1_000_000 + settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return answer(request, _refusal(request, most))
        return self.get_response(request)


def _refusal(request: HttpRequest, most: int) -> TooLarge:
    if request.content_type == PART:
        right = _("Kirim paling banyak %(most)d MB sekali, lalu lanjutkan dari Upload-Offset yang dijawab.")
        return PartTooLarge([Fault("Content-Length", _("Bagian ini terlalu besar."), right % {"most": most})])
    return TooLarge(_("Kiriman ini terlalu besar. Satu berkas paling besar %(most)d MB.") % {"most": most})


def _size(request: HttpRequest) -> int:
    told = request.META.get("CONTENT_LENGTH") or "0"
    return int(told) if told.isdecimal() else 0
