"""Reads one definition file: a strict subset of YAML 1.2, with the place of everything in it.

The subset has one spelling for each thing and no surprises: plain `no`, `on` or
`~` is refused instead of guessed at, nothing is shared by anchors, nothing is
typed by tags. What is left is a tree of mappings, lists, texts, whole numbers,
decimals, dates (as text) and true/false/null.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from ruamel.yaml import YAML, events
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from balai.base.errors import Fault, Invalid

LARGEST = 1024 * 1024
"""Bytes; a definition is a page a person reads, big tables are CSV beside it."""
DEEPEST = 20

type Path = tuple[str | int, ...]
type Place = tuple[int, int]

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)\Z")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+\Z")
_CONSTANTS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None, "": None}
_SURPRISES = re.compile(
    r"(y|yes|n|no|on|off|true|false|null|~|[-+]?\.(inf|nan)|=|<<"
    r"|[-+]?[0-9][0-9_,]*(\.[0-9_]*)?(e[-+]?[0-9]+)?|[-+]?\.[0-9]+|0[xob][0-9a-f_]+|[0-9]+(:[0-9]+)+)\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class FileFault(Fault):
    """A fault in a definition file; `line` and `column` count from 1."""

    file: str = ""
    line: int = 1
    column: int = 1


def file_fault(file: str, place: Place, wrong: str, right: str = "") -> FileFault:
    """Return the fault found in `file` at (line, column)."""
    line, column = place
    where = _("%(file)s baris %(line)d kolom %(column)d") % {"file": file, "line": line, "column": column}
    return FileFault(where, wrong, right, file=file, line=line, column=column)


@dataclass(frozen=True)
class Document:
    """A file as read.

    Attributes:
        file: the name used in faults.
        data: mappings, tuples and scalars; numbers with a decimal point are `Number`.
        places: path of each value (keys and indexes from the root) to its (line, column);
            the value of a key is placed at the key.
    """

    file: str
    data: Any
    places: Mapping[Path, Place] = field(repr=False)

    def place(self, path: Path) -> Place:
        """Return where `path` stands, or its nearest ancestor that stands anywhere."""
        known: Path = ()
        for step in path:
            # Steps that are not in the file (a union's branch, a missing key) are passed over.
            if (*known, step) in self.places:
                known = (*known, step)
        return self.places.get(known, (1, 1))

    def fault(self, path: Path, wrong: str, right: str = "") -> FileFault:
        return file_fault(self.file, self.place(path), wrong, right)

    def part(self, path: Path) -> "Document":
        """Return what stands at `path` as a document of its own, each thing where it stands in the file."""
        data = self.data
        for step in path:
            data = data[step]
        return Document(self.file, data, _Below(path, self.places))

    def json(self) -> str:
        """Return the tree as JSON, decimals digit by digit as they were written."""
        return _json(self.data)


class _Below(Mapping[Path, Place]):
    """The places below a path; looked up in those of the file, which are many, when somebody asks."""

    def __init__(self, above: Path, places: Mapping[Path, Place]) -> None:
        self._above = above
        self._places = places

    def __getitem__(self, path: Path) -> Place:
        return self._places[(*self._above, *path)]

    def __contains__(self, path: object) -> bool:
        return isinstance(path, tuple) and (*self._above, *path) in self._places

    def __iter__(self) -> Iterator[Path]:
        depth = len(self._above)
        return (path[depth:] for path in self._places if path[:depth] == self._above)

    def __len__(self) -> int:
        return sum(1 for _path in self)


class Number(str):
    """A number with a decimal point, kept as its digits."""

    __slots__ = ()


@lru_cache(maxsize=512)
def read(raw: bytes, file: str) -> Document:
    """Return the document in `raw`; kept, for a kind with a faulty file is read whole whenever asked for.

    Raises:
        Invalid: with the first fault of form; a file whose form is wrong cannot be read further.
    """
    text = _text(raw, file)
    try:
        return _Builder(file, YAML(typ="safe", pure=True).parse(text)).document()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise Invalid([file_fault(file, place, *_explain(error.problem or ""))]) from error
    except YAMLError as error:
        raise Invalid([file_fault(file, (1, 1), *_explain(str(error)))]) from error


def _text(raw: bytes, file: str) -> str:
    if len(raw) > LARGEST:
        right = _("Berkas definisi paling besar 1 MiB; simpan baris yang banyak dalam CSV di sampingnya.")
        raise Invalid([file_fault(file, (1, 1), _("Berkas terlalu besar."), right)])
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        wrong = _("Ada huruf yang bukan UTF-8.")
        raise Invalid(
            [file_fault(file, _line(before, len(before)), wrong, _("Simpan berkas dengan penyandian UTF-8."))]
        ) from error
    if (found := text.find("\ufeff")) >= 0:
        wrong = _("Ada tanda urutan bita (BOM).")
        raise Invalid([file_fault(file, _line(text, found), wrong, _("Simpan sebagai UTF-8 tanpa BOM."))])
    if (found := text.find("\t")) >= 0:
        raise Invalid([file_fault(file, _line(text, found), _("Ada tabulator."), _("Ganti dengan spasi."))])
    return text


def _line(text: str, position: int) -> Place:
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


class _Builder:
    """Turns the events of the parser into a document; the first fault ends it."""

    def __init__(self, file: str, stream: Iterator[events.Event]) -> None:
        self.file = file
        self.stream = stream
        self.places: dict[Path, Place] = {}

    def document(self) -> Document:
        data: Any = None
        documents = 0
        for event in self.stream:
            if isinstance(event, events.DocumentStartEvent):
                documents += 1
                if documents > 1 or event.tags or event.version:
                    self.refuse(
                        event,
                        _("Berkas memuat lebih dari satu dokumen atau petunjuk YAML."),
                        _("Satu berkas, satu definisi; hapus garis --- dan petunjuknya."),
                    )
                data = self.value(next(self.stream), ())
        if not isinstance(data, dict):
            wrong = _("Berkas kosong atau bukan daftar bernama.")
            raise Invalid([file_fault(self.file, (1, 1), wrong, _('Mulai dengan "nama: nilai".'))])
        return Document(self.file, data, self.places)

    def value(self, event: events.Event, path: Path) -> Any:
        self.check(event, path)
        self.places.setdefault(path, _place(event))
        if isinstance(event, events.MappingStartEvent):
            return self.mapping(path)
        if isinstance(event, events.SequenceStartEvent):
            return self.sequence(path)
        return self.scalar(event)

    def mapping(self, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self.stream), events.MappingEndEvent):
            key = self.key(event, path)
            if key in found:
                line, _column = self.places[(*path, key)]
                self.refuse(
                    event,
                    _("“%(key)s” ditulis dua kali.") % {"key": key},
                    _("Hapus salah satu; yang pertama ada di baris %(line)d.") % {"line": line},
                )
            self.places[(*path, key)] = _place(event)
            found[key] = self.value(next(self.stream), (*path, key))
        return found

    def key(self, event: events.Event, path: Path) -> str:
        self.check(event, path)
        if not isinstance(event, events.ScalarEvent):
            self.refuse(event, _("Nama harus berupa teks."), _("Tulis nama pendek sebelum titik dua."))
        value = self.scalar(event)
        if type(value) is not str:
            written = getattr(event, "value", "")
            self.refuse(
                event,
                _("Nama %(key)s bukan teks.") % {"key": written},
                _('Tulis dalam tanda kutip: "%(key)s".') % {"key": written},
            )
        return str(value)

    def sequence(self, path: Path) -> tuple[Any, ...]:
        found: list[Any] = []
        while not isinstance(event := next(self.stream), events.SequenceEndEvent):
            found.append(self.value(event, (*path, len(found))))
        return tuple(found)

    def scalar(self, event: Any) -> Any:
        text: str = event.value
        if event.style is not None:
            return text
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if _INTEGER.match(text) and len(text) <= 18:
            return int(text)
        if _DECIMAL.match(text):
            return Number(text)
        if _SURPRISES.match(text):
            self.refuse(
                event,
                _("%(text)s tanpa tanda kutip dapat dibaca dengan dua arti.") % {"text": text},
                _('Tulis "%(text)s" bila teks; true, false, null, atau angka biasa bila bukan.')
                % {"text": text},
            )
        return text

    def check(self, event: events.Event, path: Path) -> None:
        if isinstance(event, events.AliasEvent) or getattr(event, "anchor", None):
            self.refuse(
                event, _("Jangkar (& dan *) tidak dipakai di sini."), _("Tulis nilainya sekali lagi.")
            )
        if getattr(event, "tag", None):
            self.refuse(event, _("Penanda jenis (!) tidak dipakai di sini."), _("Hapus penandanya."))
        if len(path) >= DEEPEST:
            self.refuse(event, _("Susunan terlalu dalam."), _("Paling dalam 20 tingkat."))

    def refuse(self, event: events.Event, wrong: str, right: str) -> None:
        raise Invalid([file_fault(self.file, _place(event), wrong, right)])


def _place(event: events.Event) -> Place:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _explain(problem: str) -> tuple[str, str]:
    """Return what the parser found wrong, in words for a civil servant; the parser's own stay in brackets."""
    rights = {
        "mapping values are not allowed": _("Beri tanda kutip pada teks yang memuat titik dua."),
        "could not find expected ':'": _("Beri titik dua dan spasi sesudah nama."),
        "expected <block end>": _("Samakan jorokan baris ini dengan baris saudaranya."),
        "found unexpected end of stream": _("Tutup tanda kutip atau kurung yang terbuka."),
        "unexpected end": _("Tutup tanda kutip atau kurung yang terbuka."),
        "expected ',' or": _("Beri koma di antara isi, dan tutup kurungnya."),
        "cannot start any token": _("Beri tanda kutip pada teks yang berawal dengan tanda itu."),
        "undefined alias": _("Tulis nilainya sekali lagi; jangkar tidak dipakai di sini."),
    }
    right = next(
        (right for part, right in rights.items() if part in problem), _("Periksa jorokan dan tanda kutip.")
    )
    return _("Bentuk YAML salah (%(problem)s).") % {"problem": problem}, right


def _json(value: Any) -> str:
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        inner = ",".join(f"{json.dumps(key)}:{_json(item)}" for key, item in value.items())
        return "{" + inner + "}"
    if isinstance(value, tuple):
        return "[" + ",".join(map(_json, value)) + "]"
    return json.dumps(value)
