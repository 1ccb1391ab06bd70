"""How much one request may bring, asked before any of it is read."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from balai.base.answers import answer
from balai.base.errors import TooLarge


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
            told = _("Kiriman ini terlalu besar. Satu berkas paling besar %(most)d MB.") % {"most": most}
            return answer(request, TooLarge(told))
        return self.get_response(request)


def _size(request: HttpRequest) -> int:
    told = request.META.get("CONTENT_LENGTH") or "0"
    return int(told) if told.isdecimal() else 0
