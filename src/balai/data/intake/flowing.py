"""A text file on its way into the engine: opened, counted and made UTF-8 as it flows, never lying in clear.

The engine reads a pipe. Behind the last byte of the file comes one row of our own: where it does not
arrive, a quote was opened and never closed, and the engine has dropped all rows behind it without a word.
"""

import codecs
import fcntl
import hashlib
import io
import os
import secrets
import sys
import threading
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from balai.base.errors import Fault, Invalid
from balai.data.columnar.shape import LONGEST_ROW
from balai.data.intake.bounds import MOST_RATIO, MOST_UNPACKED, PART, unfit
from balai.data.intake.decoding import broken_at

PACKED = b"\x1f\x8b"


@dataclass(frozen=True)
class Given:
    """A file that was handed in.

    Attributes:
        size: bytes.
        parts: its bytes from the start, as often as they are asked for.
        whole: puts it in clear into a folder, for a reader that must go to and fro in it; the path.
    """

    size: int
    parts: Callable[[], Iterator[bytes]]
    whole: Callable[[], Path]


def of_path(path: Path) -> Given:
    """Return a file that lies in clear."""

    def parts() -> Iterator[bytes]:
        with path.open("rb") as file:
            yield from iter(lambda: file.read(PART), b"")

    return Given(path.stat().st_size, parts, lambda: path)


def unpacked(parts: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Yield what gzip holds. Raises Invalid where it is broken or swells beyond measure."""
    most = min(MOST_UNPACKED, max(size * MOST_RATIO, 10_000_000))
    written, wide, is_open = 0, zlib.MAX_WBITS | 16, False
    unpacking = zlib.decompressobj(wide)
    try:
        for part in parts:
            rest = part
            while rest:
                is_open = True
                made = unpacking.decompress(rest, PART)
                written += len(made)
                if written > most:
                    raise unfit(
                        _("Isi berkas gzip ini terlalu besar untuk ukurannya."),
                        _("Unggah berkasnya tanpa dimampatkan."),
                    )
                if made:
                    yield made
                if unpacking.eof:
                    # Several packed files behind each other are one; zeros behind the last are nothing.
                    rest = unpacking.unused_data.lstrip(b"\0")
                    unpacking, is_open = zlib.decompressobj(wide), False
                else:
                    rest = unpacking.unconsumed_tail
    except zlib.error:
        is_open = True
    if is_open:
        raise unfit(_("Berkas gzip ini rusak."), _("Mampatkan lagi, atau unggah tanpa dimampatkan."))


class Flow:
    """One run of a file through a pipe.

    Attributes:
        sha256: of the bytes that were handed in; known at the end.
        done: bytes that have flowed.
        broken_line: as in `decoding.Examined`, of the letters it was read as; 0 if nowhere.
        has_letters: letters beyond ASCII were met that are of the encoding.
        lines: line breaks that have flowed.
        has_returns: carriage returns were among them.
        is_cut: it ended early, for it is not of the encoding; see `strict`.
    """

    def __init__(
        self,
        given: Given,
        encoding: str,
        last: bytes,
        *,
        is_packed: bool = False,
        alike: bool = False,
        strict: bool = False,
    ) -> None:
        """
        Args:
            last: the row of our own, without a line break.
            alike: every line ends with a line feed, whatever it ended with.
            strict: end at the first letter that is not of the encoding, where none before it was.
        """
        self._given, self._encoding, self._last = given, encoding, last
        self._is_packed, self._alike, self._strict = is_packed, alike, strict
        self._digest = hashlib.sha256()
        self._tail: deque[bytes] = deque()
        self._kept = 0
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.done, self.lines, self.broken_line, self.has_letters = 0, 0, 0, False
        self.is_cut = self.has_returns = False

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    @property
    def share(self) -> float:
        return self.done / max(self._given.size, 1)

    @contextmanager
    def running(self) -> Iterator[Path]:
        """Give the path at which the engine reads it, once. Raises what went wrong on this side."""
        outlet, self._inlet = os.pipe()
        if sys.platform == "linux":
            fcntl.fcntl(outlet, fcntl.F_SETPIPE_SZ, PART)
        self._thread.start()
        try:
            yield Path(f"/dev/fd/{outlet}")
        finally:
            # What still flows has nobody to go to, and ends.
            os.close(outlet)
            self._thread.join()
            if self._error is not None:
                raise self._error

    def _run(self) -> None:
        try:
            end = b""
            for part in self._made():
                end = end or ending(part)
                self.lines += part.count(b"\n")
                self.has_returns = self.has_returns or b"\r" in part
                self._keep(part)
                _write(self._inlet, part)
            if not self.is_cut:
                has_end = self._tail and self._tail[-1].endswith((b"\n", b"\r"))
                end = end or b"\n"
                _write(self._inlet, (b"" if has_end else end) + self._last + end)
        except BrokenPipeError:
            pass  # the engine has ended, and says why itself
        except BaseException as error:
            self._error = error
        finally:
            os.close(self._inlet)

    def _counted(self) -> Iterator[bytes]:
        for part in self._given.parts():
            self._digest.update(part)
            self.done += len(part)
            yield part

    def _made(self) -> Iterator[bytes]:
        parts = self._counted()
        if self._is_packed:
            parts = unpacked(parts, self._given.size)
        is_plain = self._encoding == "utf-8" and not self._alike
        return self._plain(parts) if is_plain else self._anew(parts)

    def _plain(self, parts: Iterator[bytes]) -> Iterator[bytes]:
        """Yield UTF-8 as it is, and note where it is not."""
        decoder = codecs.getincrementaldecoder("utf-8")()
        for part in parts:
            pending = decoder.getstate()[0]
            if not self.broken_line and (pending or not part.isascii()):
                try:
                    text = decoder.decode(part)
                    self.has_letters = self.has_letters or not text.isascii()
                except UnicodeDecodeError as error:
                    whole = pending + part
                    before = whole[: max(error.start, 0)]
                    self.has_letters = self.has_letters or not before.decode("utf-8", "ignore").isascii()
                    self.broken_line = self.lines + 1 + before.count(b"\n")
                    if self._strict and not self.has_letters:
                        self.is_cut = True
                        return
            yield part
        if not self.broken_line and decoder.getstate()[0]:
            self.broken_line = self.lines + 1

    def _anew(self, parts: Iterator[bytes]) -> Iterator[bytes]:
        """Yield it as UTF-8 without a mark. Raises Invalid where it is not in its encoding."""
        # A file that is UTF-8 but for some letters stays so where only its lines are made alike.
        is_kept = self._alike and self._encoding == "utf-8"
        decoder = codecs.getincrementaldecoder(self._encoding)("surrogateescape" if is_kept else "strict")
        ends = io.IncrementalNewlineDecoder(None, translate=True)
        for part in parts:
            try:
                text = decoder.decode(part)
            except UnicodeDecodeError as error:
                line = self.lines + 1 + error.object[: error.start].count(b"\n")
                raise broken_at(self._encoding, line) from None
            if self._alike:
                text = ends.decode(text)
            yield text.encode("utf-8", "surrogateescape" if is_kept else "replace")
        try:
            rest = decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            raise broken_at(self._encoding, self.lines + 1) from None
        yield rest.encode("utf-8", "surrogateescape" if is_kept else "replace")

    def _keep(self, part: bytes) -> None:
        """Keep the end of what flowed, as long as the longest row."""
        if part:
            self._tail.append(part)
            self._kept += len(part)
        while self._kept - len(self._tail[0] if self._tail else b"") > LONGEST_ROW:
            self._kept -= len(self._tail.popleft())

    def unclosed(self, quote: str) -> Exception:
        """Return the refusal of a file whose last quote is open, with the line it stands in."""
        tail = b"".join(self._tail)
        place = _("Berkas")
        opened = _last_odd(tail, quote.encode())
        if opened is not None:
            place = _("Baris berkas %(line)s") % {"line": self.lines + 1 - tail.count(b"\n", opened)}
        wrong = _("Tanda petik dibuka di sini dan tidak pernah ditutup, sehingga baris sesudahnya hilang.")
        right = _("Tutup tanda petiknya; tanda petik di dalam teks ditulis dua kali.")
        return Invalid([Fault(place, wrong, right)])


def last_row(delimiter: str, width: int) -> tuple[str, bytes]:
    """Return a text that stands in no file, and the row of our own that is made of it."""
    token = f"balai{secrets.token_hex(16)}"
    return token, delimiter.join([token] * width).encode()


def ending(head: bytes) -> bytes:
    """Return the line break a file begins with."""
    at = min((place for place in (head.find(b"\n"), head.find(b"\r")) if place >= 0), default=-1)
    if at < 0 or head[at : at + 1] == b"\n":
        return b"\n"
    return b"\r\n" if head[at + 1 : at + 2] == b"\n" else b"\r"


def _last_odd(tail: bytes, quote: bytes) -> int | None:
    """Return where the last run of an odd number of quotes begins: within a quoted cell, it ends none."""
    end = tail.rfind(quote)
    while end >= 0:
        begin = end
        while begin and tail[begin - 1] == quote[0]:
            begin -= 1
        if (end - begin) % 2 == 0:
            return begin
        end = tail.rfind(quote, 0, begin)
    return None


def _write(pipe: int, part: bytes) -> None:
    view = memoryview(part)
    while view:
        view = view[os.write(pipe, view) :]
