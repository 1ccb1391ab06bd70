"""PDF: begins and ends as one, finds its own cross-reference, and starts no program."""

import re
from typing import BinaryIO

from django.utils.translation import gettext as _

from balai.base.contents.kinds import PDF, Kind, Unfit

_HEADER = re.compile(rb"%PDF-[12]\.[0-9]")
_TAIL = re.compile(rb"startxref\s+([0-9]{1,12})\s+%%EOF[\s\0]*\Z")
_XREF = re.compile(rb"\s*(?:xref\b|[0-9]+\s+[0-9]+\s+obj\b)")
_ESCAPED = re.compile(rb"#([0-9a-fA-F]{2})")
_RUNS = (b"/JavaScript", b"/Launch", b"/RichMedia")
_CHUNK = 1 << 20


def check_pdf(file: BinaryIO) -> Kind:
    """Return the kind.

    Raises:
        Unfit: cut off, something follows its end, or it carries a script or a program.
            What lies inside of compressed parts is not looked into; a PDF is handed
            out as a download all the same.
    """
    size = file.seek(0, 2)
    file.seek(0)
    begins = _HEADER.match(file.read(16))
    file.seek(max(0, size - 2048))
    ends = _TAIL.search(file.read())
    if not begins or not ends or not _points_right(file, int(ends[1]), size):
        raise Unfit(
            _("PDF-nya rusak, terpotong, atau disambung dengan berkas lain."),
            _("Buka di komputer Anda, simpan kembali sebagai PDF, lalu unggah hasilnya."),
        )
    if _runs_something(file):
        raise Unfit(
            _("PDF-nya memuat skrip atau menjalankan program."),
            _("Cetak ulang ke PDF, lalu unggah hasilnya."),
        )
    return PDF


def _points_right(file: BinaryIO, offset: int, size: int) -> bool:
    if offset >= size:
        return False
    # Scanners that write a line before the header count from the header; a few bytes are forgiven.
    file.seek(max(0, offset - 8))
    around = file.read(64)
    return any(_XREF.match(around, start) for start in range(min(offset, 8) + 9))


def _runs_something(file: BinaryIO) -> bool:
    file.seek(0)
    kept = b""
    while part := file.read(_CHUNK):
        # A name may be written with escapes: /J#61vaScript.
        plain = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), kept + part)
        if any(name in plain for name in _RUNS):
            return True
        kept = part[-64:]
    return False
