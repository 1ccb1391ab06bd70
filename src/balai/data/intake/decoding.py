"""Bytes to UTF-8: which letters a file is written in, told from its bytes, and written anew where needed."""

import codecs
import gzip
import hashlib
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from balai.data.intake.bounds import MOST_RATIO, MOST_UNPACKED, PART, unfit

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1252")
type Tell = Callable[[int, int], None]
"""Told how many bytes of how many are done."""


@dataclass(frozen=True)
class Examined:
    """What the bytes of a file say.

    Attributes:
        encoding: one of ENCODINGS.
        broken_line: of a file that is UTF-8 but for some letters, where the first of them stands; 0 if none.
    """

    sha256: str
    size: int
    encoding: str
    broken_line: int


def examine(path: Path, tell: Tell) -> Examined:
    """Read a file once and say its SHA-256 and its letters.

    A file without any letter beyond ASCII is UTF-8. One that is not UTF-8 from its first such
    letter on is windows-1252, as spreadsheets of older machines write; one that breaks later is UTF-8
    with faults, for guessing there would turn names into other names.
    """
    digest, decoder = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")()
    size = path.stat().st_size
    read, lines, broken, has_utf8 = 0, 1, 0, False
    with path.open("rb") as source:
        head = source.read(4096)
        source.seek(0)
        marked = by_mark(head)
        while part := source.read(PART):
            digest.update(part)
            read += len(part)
            tell(read, size)
            if marked or broken:
                continue
            try:
                text = decoder.decode(part)
                has_utf8 = has_utf8 or not text.isascii()
                lines += text.count("\n")
            except UnicodeDecodeError as error:
                before = part[: max(error.start, 0)]
                has_utf8 = has_utf8 or _has_letters(before)
                broken = lines + before.count(b"\n")
    if marked:
        return Examined(digest.hexdigest(), read, marked, 0)
    if broken and not has_utf8:
        return Examined(digest.hexdigest(), read, "windows-1252", 0)
    return Examined(digest.hexdigest(), read, "utf-8", broken)


def by_mark(head: bytes) -> str:
    """Return the encoding that the first bytes of a file tell, "" where they tell none."""
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # Text of our letters in UTF-16 has a NUL at every second place.
    if len(head) >= 8 and head[1::2].count(0) > len(head) * 0.4 and not head[::2].count(0):
        return "utf-16-le"
    if len(head) >= 8 and head[::2].count(0) > len(head) * 0.4 and not head[1::2].count(0):
        return "utf-16-be"
    return ""


def _has_letters(part: bytes) -> bool:
    """Say whether bytes that decode hold a letter beyond ASCII; those cut at the end are left out."""
    return not part.decode("utf-8", "ignore").isascii()


def to_utf8(source: Path, target: Path, encoding: str, tell: Tell) -> None:
    """Write a file anew as UTF-8 without a mark, part by part.

    Raises:
        Invalid: it is not in this encoding, with the line where that shows.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    size, read, lines = source.stat().st_size, 0, 1
    with source.open("rb") as file, target.open("wb") as out:
        while part := file.read(PART):
            read += len(part)
            try:
                text = decoder.decode(part)
            except UnicodeDecodeError as error:
                raise broken_at(encoding, lines + part[: error.start].count(b"\n")) from None
            lines += text.count("\n")
            out.write(text.encode("utf-8", "replace"))
            tell(read, size)
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            raise broken_at(encoding, lines) from None


def broken_at(encoding: str, line: int) -> Exception:
    """Return the refusal of a file that is not in its encoding."""
    wrong = _("Hurufnya bukan %(encoding)s.") % {"encoding": encoding.upper()}
    place = _("Baris berkas %(line)s") % {"line": line}
    return unfit(wrong, _("Pilih huruf lain, atau simpan berkasnya sebagai CSV UTF-8."), place)


def unpack(source: Path, target: Path, tell: Tell) -> None:
    """Write what a gzip file holds. Raises Invalid where it is broken or swells beyond measure."""
    size = source.stat().st_size
    most = min(MOST_UNPACKED, max(size * MOST_RATIO, 10_000_000))
    written = 0
    try:
        with source.open("rb") as packed, gzip.GzipFile(fileobj=packed) as file, target.open("wb") as out:
            while part := file.read(PART):
                written += len(part)
                if written > most:
                    raise unfit(
                        _("Isi berkas gzip ini terlalu besar untuk ukurannya."),
                        _("Unggah berkasnya tanpa dimampatkan."),
                    )
                out.write(part)
                tell(_place(packed), size)
    except (OSError, EOFError, zlib.error):
        raise unfit(
            _("Berkas gzip ini rusak."), _("Mampatkan lagi, atau unggah tanpa dimampatkan.")
        ) from None


def _place(file: BinaryIO) -> int:
    return file.tell()
