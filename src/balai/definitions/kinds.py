"""The kinds of definition, and how their files are read and kept.

A kind is a folder of files with one schema. A module above registers its own
when it is imported; `check` and `schemas` then cover it without being told.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, cast, overload

from django.utils.translation import gettext as _
from pydantic import ValidationError

from balai.base.errors import Fault, Invalid, NotFound
from balai.definitions import layers, reader, schema
from balai.definitions.layers import File, Layer
from balai.definitions.schema import Written

LARGEST_COMPANION = 20 * 1024 * 1024
"""Bytes of a file beside a definition."""


@dataclass(frozen=True)
class Definition[T]:
    """One definition as loaded.

    Attributes:
        code: path below the kind's folder without ending, e.g. "35.73".
        file: path below the folder of definitions.
        sha256: of the file's bytes followed by those of its companions.
        layer: `installation` as soon as one of its files is the installation's own.
        document: the file as written, to say where a fault stands.
    """

    kind: str
    code: str
    value: T
    file: str
    sha256: str
    layer: Layer
    document: reader.Document = field(repr=False, compare=False)


type Companions = Mapping[str, File]
"""Files beside the definition that are no definitions themselves, by name."""
type CrossCheck[T] = Callable[[Mapping[str, Definition[T]]], Iterable[Fault]]


@dataclass(frozen=True)
class Kind[T]:
    """A registered kind; see `kind`. `T` is what `load` gives, `model` what a file says."""

    code: str
    folder: str
    model: type[Written]
    cross: CrossCheck[T] | None = None
    companions: Callable[[Any], tuple[str, ...]] | None = None
    complete: Callable[[Any, reader.Document, Companions], T] | None = None


@dataclass(frozen=True, eq=False)
class _Same:
    """Things that are compared by what they are, not by what they say."""

    things: tuple[object, ...]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and [*map(id, self.things)] == [*map(id, other.things)]

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True)
class _Read[T]:
    """A definition as read, and the files beside its own that are part of it."""

    definition: Definition[T]
    beside: tuple[File, ...]


@dataclass(frozen=True)
class _Loaded:
    """All definitions of a kind; `files` are the files, and what stands in others, that they were made of."""

    kind: Kind[Any]
    files: object
    read: Mapping[File, _Read[Any]]
    all: Mapping[str, Definition[Any]]


_kinds: dict[str, Kind[Any]] = {}
_loaded: dict[str, _Loaded] = {}
_inside: dict[str, list[Callable[[], Mapping[str, Definition[Any]]]]] = {}


@overload
def kind[T: Written](
    code: str, folder: str, model: type[T], *, cross: CrossCheck[T] | None = None
) -> Kind[T]: ...
@overload
def kind[W: Written, T](
    code: str,
    folder: str,
    model: type[W],
    *,
    cross: CrossCheck[T] | None = None,
    companions: Callable[[W], tuple[str, ...]],
    complete: Callable[[W, reader.Document, Companions], T],
) -> Kind[T]: ...
def kind(
    code: str,
    folder: str,
    model: type[Written],
    *,
    cross: CrossCheck[Any] | None = None,
    companions: Callable[[Any], tuple[str, ...]] | None = None,
    complete: Callable[[Any, reader.Document, Companions], Any] | None = None,
) -> Kind[Any]:
    """Register a kind of definition and return its handle.

    Args:
        code: name of the kind, e.g. "roles".
        folder: folder below `definitions/` that holds its files, all levels down; of this kind alone.
        model: what a file says. A field `code`, where there is one, must repeat the file's name.
        cross: finds faults that only show between files; called by `check` with all of them.
        companions: names of the files beside it that a definition needs (CSV).
        complete: returns the value that `load` gives, made from the file and its companions; raises Invalid.

    Raises:
        ValueError: another model is registered under this code, or another kind has the folder.
    """
    new = Kind(code, folder.strip("/"), model, cross, companions, complete)
    for known in _kinds.values():
        same_place = f"{known.folder}/".startswith(f"{new.folder}/") or f"{new.folder}/".startswith(
            f"{known.folder}/"
        )
        if (known.code == code) != same_place or (known.code == code and known.model is not model):
            raise ValueError(
                f"kind {code!r} in {folder!r} collides with kind {known.code!r} in {known.folder!r}"
            )
    _kinds[code] = new
    return new


def inside[T](kind: Kind[T], find: Callable[[], Mapping[str, Definition[T]]]) -> None:
    """Register definitions of a kind that stand in the files of another: what a service says of its dataset.

    Args:
        find: returns them by code, the same mapping as long as nothing changed.
    """
    _inside.setdefault(kind.code, []).append(find)


def registered() -> Mapping[str, Kind[Any]]:
    """Return every registered kind by code."""
    return MappingProxyType(_kinds)


@overload
def load[T](kind: Kind[T]) -> Mapping[str, Definition[T]]: ...
@overload
def load(kind: str) -> Mapping[str, Definition[Any]]: ...
def load(kind: Kind[Any] | str) -> Mapping[str, Definition[Any]]:
    """Return every definition of a kind by code, sorted; a file that did not change is not read again.

    Raises:
        Invalid: with every fault of every file; a kind with a faulty file is not usable.
    """
    found, faulty = _read(_kinds[kind] if isinstance(kind, str) else kind)
    if faulty:
        raise Invalid(faulty)
    return found


@overload
def get[T](kind: Kind[T], code: str) -> Definition[T]: ...
@overload
def get(kind: str, code: str) -> Definition[Any]: ...
def get(kind: Kind[Any] | str, code: str) -> Definition[Any]:
    """Return one definition.

    Raises:
        NotFound: no file defines it.
        Invalid: as `load`.
    """
    found = load(kind)
    if code not in found:
        name = kind if isinstance(kind, str) else kind.code
        raise NotFound(_("Tidak ada definisi “%(code)s” dalam %(kind)s.") % {"code": code, "kind": name})
    return found[code]


def check() -> list[Fault]:
    """Return every fault in every definition, those between files and files of no kind included."""
    found: list[Fault] = []
    for each in sorted(_kinds.values(), key=lambda kind: kind.folder):
        definitions, faulty = _read(each)
        found += faulty
        if each.cross and not faulty:
            try:
                found += each.cross(definitions)
            except Invalid as error:
                # The kind it is compared with is broken and says so itself.
                found += [fault for fault in error.faults if fault not in found]
    return [*found, *_strays()]


def _read[T](kind: Kind[T]) -> tuple[Mapping[str, Definition[T]], tuple[Fault, ...]]:
    files = layers.files(kind.folder, ".yaml", ".csv")
    parts = tuple(find() for find in _inside.get(kind.code, ()))
    known = _loaded.get(kind.code)
    if known and known.kind != kind:
        known = None
    if known and known.files == (files, _Same(parts)):
        return known.all, ()
    read: dict[File, _Read[T]] = {}
    faulty: list[Fault] = []
    for file in files.values():
        if not file.name.endswith(".yaml"):
            continue
        try:
            read[file] = _kept(known.read.get(file) if known else None, files) or _one(kind, file, files)
        except Invalid as error:
            faulty += error.faults
    found = {each.definition.code: each.definition for each in read.values()}
    for definition in (each for part in parts for each in part.values()):
        if definition.code in found:
            wrong = _("“%(code)s” sudah didefinisikan dalam %(file)s.") % {
                "code": definition.code,
                "file": found[definition.code].file,
            }
            faulty.append(definition.document.fault(("code",), wrong, _("Pilih kode lain.")))
        found.setdefault(definition.code, definition)
    all_of_it = MappingProxyType(dict(sorted(found.items())) if parts else found)
    if faulty:
        # Not kept: the faults are in the language of who asks.
        return all_of_it, tuple(faulty)
    # The parts are kept with it, lest another mapping come to stand where one of them stood.
    _loaded[kind.code] = _Loaded(kind, (files, _Same(parts)), read, all_of_it)
    return all_of_it, ()


def _kept[T](read: _Read[T] | None, files: Mapping[str, File]) -> _Read[T] | None:
    """Return what was read of a file before, where nothing beside it changed either."""
    return read if read and all(files.get(each.name) == each for each in read.beside) else None


def _one[T](kind: Kind[T], file: File, files: Mapping[str, File]) -> _Read[T]:
    raw = file.read(reader.LARGEST)
    document = reader.read(raw, file.name)
    try:
        value = kind.model.model_validate_json(document.json())
    except ValidationError as error:
        raise Invalid(schema.faults(document, error)) from error
    code = file.name.removeprefix(f"{kind.folder}/").removesuffix(".yaml")
    written = getattr(value, "code", code)
    if written != code:
        wrong = _("“code” tertulis %(code)s, padahal nama berkasnya %(name)s.") % {
            "code": written,
            "name": code,
        }
        raise Invalid([document.fault(("code",), wrong, _("Samakan keduanya."))])
    companions = _companions(kind, value, document, files)
    digest = hashlib.sha256(raw)
    for companion in companions.values():
        digest.update(companion.read(LARGEST_COMPANION))
    definition = Definition(
        kind.code,
        code,
        kind.complete(value, document, companions) if kind.complete else cast(T, value),
        file.name,
        digest.hexdigest(),
        max((file.layer, *(each.layer for each in companions.values())), key=list(Layer).index),
        document,
    )
    return _Read(definition, tuple(companions.values()))


def _companions(
    kind: Kind[Any], value: Written, document: reader.Document, files: Mapping[str, File]
) -> Companions:
    folder = document.file.rpartition("/")[0]
    found: dict[str, File] = {}
    for name in kind.companions(value) if kind.companions else ():
        if f"{folder}/{name}" not in files:
            wrong = _("Berkas %(name)s tidak ada.") % {"name": name}
            raise Invalid([document.fault((), wrong, _("Simpan di samping berkas ini."))])
        found[name] = files[f"{folder}/{name}"]
    return found


def _strays() -> Iterator[Fault]:
    """Yield a fault for each file that looks like a definition and that no kind reads."""
    folders = tuple(f"{kind.folder}/" for kind in _kinds.values())
    for file in layers.files("", ".yaml", ".yml").values():
        if file.name.endswith(".yml"):
            wrong = _("Akhiran .yml tidak dibaca.")
            yield reader.file_fault(file.name, (1, 1), wrong, _("Ganti nama berkas menjadi .yaml."))
        elif not file.name.startswith(folders):
            wrong = _("Tidak ada jenis definisi yang membaca folder ini.")
            known = ", ".join(sorted(folders))
            right = _("Pindahkan ke salah satu folder: %(folders)s.") % {"folders": known}
            yield reader.file_fault(file.name, (1, 1), wrong, right)
