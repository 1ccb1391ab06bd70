"""Whether the last quoted cell of a CSV file is closed.

The engine reads what follows an opening quote as one cell to the end of the file and, where it is
never closed, drops it without a word: all rows from there on.
"""

import mmap
from pathlib import Path

from django.utils.translation import gettext as _

from balai.base.errors import Fault, Invalid
from balai.data.columnar.shape import LONGEST_ROW

_MARK = b"\xef\xbb\xbf"


def refuse_unclosed(path: Path, delimiter: str, quote: str) -> None:
    """Refuse a UTF-8 file in which a quote is opened and never closed; a quote in a cell is written twice.

    Raises:
        Invalid: the fault names the line.
    """
    if not path.stat().st_size:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        opened = _opened(text, delimiter.encode() + b"\r\n", quote.encode())
        if opened is None:
            return
        place = _("Baris berkas %(line)s") % {"line": _line_of(text, opened)}
    wrong = _("Tanda petik dibuka di sini dan tidak pernah ditutup, sehingga baris sesudahnya hilang.")
    right = _("Tutup tanda petiknya; tanda petik di dalam teks ditulis dua kali.")
    raise Invalid([Fault(place, wrong, right)])


def _opened(text: mmap.mmap, borders: bytes, quote: bytes) -> int | None:
    """Return where the quote stands in which the file ends.

    Runs of quotes are walked from the last backwards. An even run changes nothing. An odd one ends
    the quoting it stands in; outside, it begins one at the border of a cell and is a letter elsewhere.
    So a run that does not stand at a border settles what comes after it.
    """
    start = len(_MARK) if text[: len(_MARK)] == _MARK else 0
    first: int | None = None
    is_inside = False
    # A cell that is longer is told by the engine.
    end = text.rfind(quote, max(start, len(text) - LONGEST_ROW))
    while end >= start:
        begin = end
        while begin > start and text[begin - 1] == quote[0]:
            begin -= 1
        if (end - begin) % 2 == 0:
            before = begin
            while before > start and text[before - 1] in b" ":
                before -= 1
            # The engine passes over spaces before a quote, and takes one up again after a closed cell.
            if before > start and text[before - 1] not in (borders if before == begin else borders + quote):
                break
            first = begin if first is None else first
            is_inside = not is_inside
        end = text.rfind(quote, start, begin)
    return first if is_inside else None


def _line_of(text: mmap.mmap, place: int) -> int:
    lines, at = 1, 0
    while at < place:
        part = text[at : min(at + (1 << 20), place)]
        lines += part.count(b"\n")
        at += len(part)
    return lines
