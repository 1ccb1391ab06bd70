"""Where definition files lie: those that are shipped, and an installation's own in their place."""

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from django.conf import settings
from django.utils.translation import gettext as _

from balai.base.errors import Fault, Invalid
from balai.definitions import reader


class Layer(StrEnum):
    """Where a definition comes from; the later replaces the earlier, file by file."""

    SHIPPED = "shipped"
    INSTALLATION = "installation"


@dataclass(frozen=True)
class File:
    """A file of some layer, as found on the disk."""

    name: str
    path: Path
    layer: Layer
    stamp: tuple[int, int]

    def read(self, at_most: int) -> bytes:
        """Return the bytes of the file, no more than one past `at_most`.

        Raises:
            Invalid: it is a link to something outside of the folder of definitions. Definitions are
                handed from city to city; one of them must not show what else lies on this machine.
        """
        root = self.path.parents[self.name.count("/")]
        if not self.path.resolve().is_relative_to(root.resolve()):
            wrong = _("Berkas ini tautan ke luar folder definisi.")
            raise Invalid([reader.file_fault(self.name, (1, 1), wrong, _("Salin berkasnya ke sini."))])
        with self.path.open("rb") as file:
            return file.read(at_most + 1)


def layers() -> Iterator[tuple[Layer, Path]]:
    """Yield the folders of definitions that exist here, the shipped one first.

    Raises:
        Invalid: BALAI_DEFINITIONS names a folder that is not there.
    """
    yield Layer.SHIPPED, settings.ROOT / "definitions"
    own = settings.OPTIONS.definitions
    if own and not Path(own).is_dir():
        wrong = _("Folder %(folder)s tidak ada.") % {"folder": own}
        raise Invalid(
            [Fault("BALAI_DEFINITIONS", wrong, _("Buat foldernya, atau kosongkan pengaturan ini."))]
        )
    if own:
        yield Layer.INSTALLATION, Path(own)


BELIEVED_FOR = 1.0
"""Seconds for which what was seen on the disk is not looked at again; a page asks several times."""

type _Seen = tuple[str, str, Layer, tuple[int, int]]


@dataclass(frozen=True)
class _Looked:
    """What lay in a folder, and when it was looked at."""

    at: float
    seen: list[_Seen]
    files: Mapping[str, File]


_files: dict[tuple[str, tuple[str, ...]], _Looked] = {}


def files(folder: str, *endings: str) -> Mapping[str, File]:
    """Return the files below `folder` by name, the installation's own in place of the shipped.

    As long as none of them changed it is the same mapping, so that whoever compares sees it at once;
    a change is seen after BELIEVED_FOR seconds at the latest.
    """
    known, now = _files.get((folder, endings)), time.monotonic()
    if known is not None and now - known.at < BELIEVED_FOR:
        return known.files
    seen: list[_Seen] = []
    for layer, root in layers():
        for entry in _walk(str(root / folder)):
            if entry.name.endswith(endings) and entry.is_file():
                stat = entry.stat()
                name = entry.path[len(str(root)) + 1 :].replace(os.sep, "/")
                seen.append((name, entry.path, layer, (stat.st_mtime_ns, stat.st_size)))
    if known is not None and known.seen == seen:
        files = known.files
    else:
        found = {name: File(name, Path(path), layer, mark) for name, path, layer, mark in seen}
        files = MappingProxyType(dict(sorted(found.items())))
    _files[folder, endings] = _Looked(now, seen, files)
    return files


def _walk(folder: str) -> Iterator[os.DirEntry[str]]:
    """Yield everything below a folder. Every look at the definitions asks the disk, so paths stay texts."""
    try:
        entries = list(os.scandir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path)
        else:
            yield entry
