"""Stored files, handed out by pages and the API to those who may open them.

Whatever a file holds, it runs nothing here: it comes as a download in a sandbox.
Only photos are shown in the page, because they were drawn anew when they came in.
"""

from django.http import FileResponse
from django.utils.translation import gettext as _

from balai.base.errors import NotFound
from balai.base.files import StoredFile, open_file

DRAWN_ANEW = ("image/png", "image/jpeg")


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
