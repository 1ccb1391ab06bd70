"""What a file handed in really is: told by its content, never by its name alone.

Each kind is parsed by a reader that bounds what it reads. Nothing that runs is
taken, nor pages and drawings a browser would run (HTML, SVG).
"""

from typing import BinaryIO

import puremagic
from django.utils.translation import gettext as _

from balai.base.contents.images import begins_image, redraw
from balai.base.contents.kinds import ALL, Kind, Unfit, accepted
from balai.base.contents.office import check_office
from balai.base.contents.pdf import check_pdf
from balai.base.contents.text import UTF16, check_text

__all__ = ["ALL", "Kind", "Unfit", "accepted", "examine"]

_HEAD = 4096


def examine(file: BinaryIO, name: str) -> tuple[Kind, bytes | None]:
    """Return what the file is, and the bytes to keep in its place where they were written anew.

    Args:
        file: open for reading, can be moved about in; left anywhere.
        name: as it was handed in; only tells CSV from text.

    Raises:
        Unfit: it is not taken.
    """
    file.seek(0)
    head = file.read(_HEAD)
    file.seek(0)
    if not head:
        raise Unfit(_("Berkasnya kosong."), _("Pilih berkas yang ada isinya."))
    if begins_image(head):
        return redraw(file)
    if head.startswith(b"%PDF-"):
        return check_pdf(file), None
    if head.startswith(b"PK\x03\x04"):
        return check_office(file), None
    _refuse_known(head)
    return check_text(file, name), None


def _refuse_known(head: bytes) -> None:
    """Raise Unfit with a name a person knows, for what is often handed in by mistake."""
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise Unfit(
            _("Isinya dokumen Office lama atau yang berkata sandi."),
            _("Simpan tanpa kata sandi sebagai .xlsx atau .docx, lalu unggah kembali."),
        )
    if head[4:8] == b"ftyp":
        raise Unfit(_("Isinya foto HEIC atau video."), _("Ubah foto menjadi JPEG, lalu unggah kembali."))
    if head.startswith((b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")):
        raise Unfit(_("Isinya program komputer."))
    if b"\0" in head and not head.startswith(UTF16):
        raise Unfit(_("Jenis isinya tidak diterima (%(kind)s).") % {"kind": _named(head)})


def _named(head: bytes) -> str:
    try:
        guesses = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return _("tidak dikenal")
    return guesses[0].name if guesses and guesses[0].name else _("tidak dikenal")
