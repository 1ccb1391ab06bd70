"""A whole service as one archive: cases as lines of JSON, what they went by, and their files."""

import zipfile
from collections.abc import Iterator

from balai.base.actor import Actor
from balai.base.files import StoredFile, open_file
from balai.services import changes

_CHUNK = 256 * 1024
CASES, DEFINITIONS, FILES, MISSING = "berkas.jsonl", "definisi", "lampiran", "lampiran-hilang.txt"


class _Pipe:
    """Takes what the archive writes and hands it on; it cannot be gone back in."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.at = 0

    def write(self, piece: bytes) -> int:
        self.pieces.append(bytes(piece))
        self.at += len(piece)
        return len(piece)

    def flush(self) -> None:
        """Nothing waits here."""

    def tell(self) -> int:
        return self.at

    def take(self) -> bytes:
        taken = b"".join(self.pieces)
        self.pieces.clear()
        return taken


def archive(actor: Actor, code: str, lines: Iterator[str]) -> Iterator[bytes]:
    """Yield the parts of the archive; the memory holds one of them.

    Args:
        lines: as `changes.give_out` gives them, which has asked the right and noted it.
    """
    pipe, gone = _Pipe(), list[str]()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as bundle:  # type: ignore[call-overload]  # it only writes and tells
        with bundle.open(CASES, "w", force_zip64=True) as inside:
            for line in lines:
                inside.write(line.encode())
                if part := pipe.take():
                    yield part
        for version, said in changes.definitions_given(actor, code):
            bundle.writestr(f"{DEFINITIONS}/{code}-{version}.json", said)
        for stored in changes.files_given(actor, code):
            yield from _file(bundle, pipe, stored, gone)
        if gone:
            bundle.writestr(MISSING, "\n".join(gone) + "\n")
    yield pipe.take()


def _file(bundle: zipfile.ZipFile, pipe: _Pipe, stored: StoredFile, gone: list[str]) -> Iterator[bytes]:
    try:
        content = open_file(stored)
    except FileNotFoundError:
        gone.append(f"{stored.sha256}\t{stored.name}")
        return
    # Photos and PDF do not get smaller; they are laid in as they are.
    entry = zipfile.ZipInfo(f"{FILES}/{stored.sha256}")
    with content, bundle.open(entry, "w", force_zip64=True) as inside:
        while piece := content.read(_CHUNK):
            inside.write(piece)
            yield pipe.take()
