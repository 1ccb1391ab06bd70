"""Files of the plan, handed out to those who may open them.

Whatever a file holds, it runs nothing here: it comes as a download in a sandbox.
Only photos are shown in the page, because they were drawn anew when they came in.
"""

from uuid import UUID

from django.http import FileResponse, HttpRequest
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from balai.base.access import actor_of, needs
from balai.base.errors import NotFound
from balai.base.files import StoredFile, open_file
from balai.plan import reads

DRAWN_ANEW = ("image/png", "image/jpeg")


@require_safe
@needs("files.read")
def evidence(request: HttpRequest, key: UUID) -> FileResponse:
    return hand_out(reads.evidence_file(actor_of(request), key))


@require_safe
@needs("plan.read")
def book(request: HttpRequest, key: UUID) -> FileResponse:
    return hand_out(reads.book_file(actor_of(request), key))


@require_safe
@needs("files.read")
def minutes(request: HttpRequest, key: UUID) -> FileResponse:
    return hand_out(reads.minutes_file(actor_of(request), key))


def hand_out(stored: StoredFile) -> FileResponse:
    """Answer with the bytes of a file. The caller has asked the right.

    Raises:
        NotFound: the bytes are gone.
    """
    try:
        content = open_file(stored)
    except FileNotFoundError as error:
        raise NotFound(_("Berkas ini tidak ada lagi di penyimpanan. Beri tahu pengelola.")) from error
    answer = FileResponse(
        content,
        content_type=stored.media_type,
        as_attachment=stored.media_type not in DRAWN_ANEW,
        filename=stored.name,
    )
    answer["Content-Security-Policy"] = "sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
