"""A zip archive made while it is sent: the memory holds one piece of it."""

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

_CHUNK = 64 * 1024


@dataclass(frozen=True)
class Entry:
    """One file of an archive.

    Attributes:
        pieces: its content, asked for when those before it have been sent.
        packed: whether it gets smaller by packing; photos and PDF do not.
    """

    name: str
    pieces: Iterable[bytes]
    packed: bool = True


def zipped(entries: Iterable[Entry], *, level: int = 6, are_large: bool = True) -> Iterator[bytes]:
    """Yield the archive of `entries`, each asked for when its turn has come.

    An entry may therefore tell of those before it, such as a list of what could not be laid in.
    An empty piece hands on what there is, for whoever must not wait long for the next.

    Args:
        are_large: whether an entry may be over 2 GB; not every spreadsheet program opens what is
            written so.
    """
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:  # type: ignore[call-overload]  # it only writes and tells
        for entry in entries:
            about = entry.name if entry.packed else zipfile.ZipInfo(entry.name)
            with archive.open(about, "w", force_zip64=are_large) as inside:
                for piece in entry.pieces:
                    inside.write(piece)
                    if not piece or pipe.held >= _CHUNK:
                        yield pipe.take()
    yield pipe.take()


def of_file(name: str, content: BinaryIO) -> Entry:
    """Return the entry of an open file, as it lies; it is closed when it has been laid in."""
    return Entry(name, _read(content), packed=False)


def _read(content: BinaryIO) -> Iterator[bytes]:
    with content:
        while piece := content.read(_CHUNK):
            yield piece


class _Pipe:
    """Takes what the archive writes and hands it on; it cannot be gone back in."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._at = 0
        self.held = 0

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        self._at += len(piece)
        self.held += len(piece)
        return len(piece)

    def flush(self) -> None:
        """Nothing waits here."""

    def tell(self) -> int:
        return self._at

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        self.held = 0
        return taken
