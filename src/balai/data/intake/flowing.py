"""A text file on its way into the engine: opened, counted and made UTF-8 as it flows, never lying in clear.

The engine reads piece after piece from a pipe. Behind the last byte of each comes one row of our own: where
it does not arrive, the piece ended within a quoted cell; at the end of the file that is a quote which was
opened and never closed, and the engine has dropped all rows behind it without a word.
"""

import codecs
import fcntl
import hashlib
import io
import os
import queue
import secrets
import sys
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from balai.base.errors import Fault, Invalid
from balai.data.columnar.shape import LONGEST_ROW
from balai.data.intake.bounds import MOST_RATIO, MOST_UNPACKED, PART, unfit
from balai.data.intake.decoding import broken_at

PACKED = b"\x1f\x8b"
PIECE = 64 << 20
"""Bytes of a piece. Of a pipe the engine keeps all it has read, so a whole file would lie in its spill."""
AHEAD = 24
"""Parts that are opened while the engine reads."""
_TRIES = 3
_STEPS = 100_000


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
    """One run of a text file, in pieces that end with a row.

    Attributes:
        sha256: of the bytes that were handed in; known at the end.
        done: bytes that have flowed.
        broken_line: where letters are not those of the encoding; 0 if nowhere.
        has_letters: letters beyond ASCII were met that are of the encoding.
        has_returns: carriage returns were met.
        lines: line breaks of the pieces that were taken.
        is_cut: it ended early, for it is not of the encoding; see `strict`.
    """

    def __init__(
        self,
        given: Given,
        encoding: str,
        *,
        is_packed: bool = False,
        alike: bool = False,
        strict: bool = False,
    ) -> None:
        """
        Args:
            alike: every line ends with a line feed, whatever it ended with.
            strict: end at the first letter that is not of the encoding, where none before it was.
        """
        self._given, self._encoding = given, encoding
        self._is_packed, self._alike, self._strict = is_packed, alike, strict
        self._digest = hashlib.sha256()
        self._ahead: queue.Queue[bytes | BaseException | None] = queue.Queue(AHEAD)
        self._gone = threading.Event()
        self._waiting = bytearray()
        self._is_ended = False
        self._seen_lines = 0
        self.done, self.lines, self.broken_line = 0, 0, 0
        self.has_letters = self.has_returns = self.is_cut = False

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let it flow: what comes next is opened while the engine reads what came before."""
        thread = threading.Thread(target=self._run, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._gone.set()
            while thread.is_alive():
                with suppress(queue.Empty):
                    self._ahead.get(timeout=0.05)
            thread.join()

    def fill(self, size: int = PIECE) -> bool:
        """Have so many bytes wait, or all that are left; False where none are. Raises what went wrong."""
        while not self._is_ended and len(self._waiting) < size:
            part = self._ahead.get()
            if isinstance(part, BaseException):
                raise part
            if part is None:
                self._is_ended = True
            else:
                self._waiting += part
        return bool(self._waiting)

    def cuts(self, quote: bytes) -> Iterator[int]:
        """Yield where the piece that waits may end, the likeliest first: behind a line break outside quotes.

        Only the engine knows, so each is tried by a row of our own. At the end of the file it is the end.
        """
        if self._is_ended:
            yield len(self._waiting)
            return
        place = self._waiting.rfind(b"\n")
        is_odd = bool(self._waiting.count(quote, 0, place) % 2) if place >= 0 else False
        others: list[int] = []
        tried = steps = 0
        while place >= 0 and tried < _TRIES and steps < _STEPS:
            if not is_odd:
                yield place + 1
                tried += 1
            elif len(others) < _TRIES:
                # Where a quote stands for inches, the count is off by one from there on.
                others.append(place + 1)
            before = self._waiting.rfind(b"\n", 0, place)
            is_odd ^= bool(self._waiting.count(quote, max(before, 0), place) % 2)
            place, steps = before, steps + 1
        yield from others

    def grow(self) -> bool:
        """Have more wait, by the longest row; False where there is no more, or it did not help before."""
        if self._is_ended or len(self._waiting) > PIECE + LONGEST_ROW:
            return False
        return self.fill(PIECE + LONGEST_ROW + PART)

    @contextmanager
    def piped(self, cut: int, last: bytes) -> Iterator[Path]:
        """Give the path at which the engine reads what waits up to `cut`, and `last` as a row behind it."""
        outlet, inlet = os.pipe()
        if sys.platform == "linux":
            fcntl.fcntl(outlet, fcntl.F_SETPIPE_SZ, PART)
        view = memoryview(self._waiting)[:cut]
        end = ending(self._waiting)
        has_end = cut and view[-1] in b"\r\n"
        parts = (view, (b"" if has_end else end) + last + end)
        thread = threading.Thread(target=_feed, args=(inlet, parts), daemon=True)
        thread.start()
        try:
            yield Path(f"/dev/fd/{outlet}")
        finally:
            # What still flows has nobody to go to, and ends.
            os.close(outlet)
            thread.join()
            view.release()

    def take(self, cut: int) -> None:
        """Let go of the bytes that were read."""
        self.lines += self._waiting.count(b"\n", 0, cut)
        del self._waiting[:cut]

    def _run(self) -> None:
        last: BaseException | None = None
        try:
            for part in self._made():
                self._seen_lines += part.count(b"\n")
                self.has_returns = self.has_returns or b"\r" in part
                self._put(part)
                if self._gone.is_set():
                    return
        except BaseException as error:
            last = error
        self._put(last)

    def _put(self, part: bytes | BaseException | None) -> None:
        while not self._gone.is_set():
            with suppress(queue.Full):
                self._ahead.put(part, timeout=0.5)
                return

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
                    self.broken_line = self._seen_lines + 1 + before.count(b"\n")
                    if self._strict and not self.has_letters:
                        self.is_cut = True
                        return
            yield part
        if not self.broken_line and decoder.getstate()[0]:
            self.broken_line = self._seen_lines + 1

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
                line = self._seen_lines + 1 + error.object[: error.start].count(b"\n")
                raise broken_at(self._encoding, line) from None
            if self._alike:
                text = ends.decode(text)
            yield text.encode("utf-8", "surrogateescape" if is_kept else "replace")
        try:
            rest = decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            raise broken_at(self._encoding, self._seen_lines + 1) from None
        if self._alike:
            rest = ends.decode(rest, final=True)
        yield rest.encode("utf-8", "surrogateescape" if is_kept else "replace")

    def unclosed(self, quote: str) -> Exception:
        """Return the refusal of a file whose last quote is open, with the line it stands in."""
        opened = _last_odd(self._waiting, quote.encode())
        place = _("Berkas")
        if opened is not None:
            line = self.lines + 1 + self._waiting.count(b"\n", 0, opened)
            place = _("Baris berkas %(line)s") % {"line": line}
        wrong = _("Tanda petik dibuka di sini dan tidak pernah ditutup, sehingga baris sesudahnya hilang.")
        if not self._is_ended:
            wrong = _("Sel ini lebih panjang dari 16 MB, atau tanda petiknya tidak pernah ditutup.")
        right = _("Tutup tanda petiknya; tanda petik di dalam teks ditulis dua kali.")
        return Invalid([Fault(place, wrong, right)])


def last_row(delimiter: str, width: int) -> tuple[str, bytes]:
    """Return a text that stands in no file, and the row of our own that is made of it."""
    token = f"balai{secrets.token_hex(16)}"
    return token, delimiter.join([token] * width).encode()


def ending(head: bytes | bytearray) -> bytes:
    """Return the line break a file begins with."""
    at = min((place for place in (head.find(b"\n"), head.find(b"\r")) if place >= 0), default=-1)
    if at < 0 or head[at : at + 1] == b"\n":
        return b"\n"
    return b"\r\n" if head[at + 1 : at + 2] == b"\n" else b"\r"


def _last_odd(tail: bytearray, quote: bytes) -> int | None:
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


def _feed(pipe: int, parts: Iterable[bytes | memoryview]) -> None:
    try:
        for part in parts:
            view = memoryview(part)
            while view:
                view = view[os.write(pipe, view) :]
    except BrokenPipeError:
        pass  # the engine has ended, and says why itself
    finally:
        os.close(pipe)
