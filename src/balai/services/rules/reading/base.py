"""What every part of a file of a service is checked with: names, laws, offices, tables, conditions."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from balai.base.errors import Fault, Invalid, NotFound
from balai.definitions import Words, load, table
from balai.definitions.conditions import Condition, ConditionFailed, ConditionWrong, Kind, Shape, Vocabulary
from balai.definitions.reader import Document, Path
from balai.definitions.tables import Table
from balai.forms.rules import PARTS, Entry, Form, FormText, PartUse, StepText, build
from balai.forms.rules.form import shape
from balai.services.rules import facts
from balai.services.rules.addresses import reserved
from balai.services.rules.definition import (
    ANY,
    ASSIGNED,
    OWNER,
    TASKED,
    Event,
    EventKind,
    Law,
    Lookup,
)
from balai.services.rules.written import (
    LookupText,
    ServiceText,
)

HERE = frozenset({OWNER, ASSIGNED, TASKED, ANY})
_RESERVED = frozenset({"form", "here", "today", "case", "times", "days_since", "input", "clock", "move"})
HOURS = frozenset({"opens", "closes", "break_from", "break_to"})
"""Columns of a dated table of office hours."""
_NO_WORDS = Words(id="-", en="-")


def digest(document: Document) -> str:
    """Return the SHA-256 of what a file says, and of the parts of forms it uses; comments do not count."""
    found = hashlib.sha256(document.json().encode())
    for name in sorted(_parts(document.data)):
        known = load(PARTS).get(name)
        found.update(f"\n{name} {known.sha256 if known else ''}".encode())
    return found.hexdigest()


def _parts(value: Any) -> Iterable[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("use"), str):
            yield value["use"]
        for inner in value.values():
            yield from _parts(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from _parts(inner)


def event_of(text: str) -> Event:
    kind, _space, of = text.partition(" ")
    return Event(EventKind(kind), of)


@dataclass
class Base:
    """A file being read: its faults so far, and what everything in it is looked up by."""

    written: ServiceText
    document: Document
    offices: Mapping[str, frozenset[str]]
    faults: list[Fault] = field(default_factory=list)
    tables: dict[str, Table] = field(default_factory=dict)
    shapes: dict[str, Kind | Shape] = field(default_factory=dict)
    laws: dict[str, Law] = field(default_factory=dict)
    values: dict[str, facts.Value] = field(default_factory=dict)
    vocabulary: Vocabulary | None = None

    @cached_property
    def sha256(self) -> str:
        return digest(self.document)

    def fault(self, path: Path, wrong: str, right: str = "") -> None:
        self.faults.append(self.document.fault(path, wrong, right))

    def known(self, path: Path, name: str, names: Iterable[str], what: str) -> bool:
        """Tell whether `name` is one of `names`; a fault where it is not."""
        if name in names:
            return True
        said = {"what": what, "name": name}
        right = _("Yang ada: %(names)s.") % {"names": ", ".join(names) or "-"}
        self.fault(path, _("Tidak ada %(what)s “%(name)s”.") % said, right)
        return False

    # What the file is called and who offers it.

    def named(self) -> None:
        text = self.written
        right = f"{text.service}/{text.version}.yaml"
        if not self.document.file.endswith(f"/{right}"):
            wrong = _("Nama berkas tidak sesuai dengan “service” dan “version”.")
            self.fault(("version",), wrong, _("Simpan sebagai %(name)s.") % {"name": right})
        if text.service in (taken := reserved()):
            wrong = _("“%(word)s” adalah kata tetap di alamat halaman, jadi bukan nama layanan.")
            right = _("Pilih kode selain: %(words)s.") % {"words": ", ".join(sorted(taken))}
            self.fault(("service",), wrong % {"word": text.service}, right)

    def cities(self) -> tuple[str, ...]:
        for number, city in enumerate(self.written.cities):
            self.known(("cities", number), city, self.offices, _("daerah"))
        return self.written.cities

    def office(self, path: Path, code: str) -> str:
        """Return an office's code; a fault where a city that offers the service has no such office."""
        for city in self.written.cities or tuple(self.offices):
            known = self.offices.get(city, frozenset())
            if (self.written.cities or known) and code not in known and city in self.offices:
                said = {"office": code, "city": city}
                self.fault(
                    path,
                    _("Perangkat daerah “%(office)s” tidak ada di %(city)s.") % said,
                    _("Yang ada: %(names)s.") % {"names": ", ".join(sorted(known)) or "-"},
                )
                break
        return code

    def table(self, path: Path, code: str) -> Table | None:
        """Return a dated table; a fault and None where there is none."""
        try:
            return table(code)
        except NotFound:
            right = _("Simpan di definitions/tables, atau betulkan namanya.")
            self.fault(path, _("Tidak ada tabel bertanggal “%(code)s”.") % {"code": code}, right)
            return None

    def office_hours(self) -> str:
        code = self.written.office_hours
        known = self.table(("office_hours",), code)
        columns = {column.name for column in known.file.columns} if known else HOURS
        if not columns >= HOURS:
            wrong = _("Tabel %(code)s tidak memuat jam kerja.") % {"code": code}
            right = _("Kolomnya: %(names)s.") % {"names": ", ".join(sorted(HOURS))}
            self.fault(("office_hours",), wrong, right)
        return code

    def law(self, path: Path, key: str) -> Law:
        if self.known(path, key, self.laws, _("dasar hukum")):
            return self.laws[key]
        return Law(key, "", "", "inferred")

    # Form, inputs, conditions.

    def form(self) -> Form:
        text = self.written
        try:
            return build(
                text.form,
                self.document,
                ("form",),
                code=f"services/{text.service}",
                version=str(text.version),
                sha256=self.sha256,
            )
        except Invalid as error:
            # Without its form, everything that names a field would be a fault too.
            raise Invalid([*self.faults, *error.faults]) from error

    def asked(self, path: Path, entries: tuple[Entry, ...]) -> Form | None:
        """Return the form of what is asked with a move or a task."""
        if not entries:
            return None
        text = self.written
        step = StepText.model_construct(
            id="input", title=_NO_WORDS, about=None, visible_if=None, fields=entries
        )
        try:
            return build(
                FormText.model_construct(steps=(step,)),
                _Moved(self.document, path),
                (),
                code=f"services/{text.service}/{path[1]}",
                version=str(text.version),
                sha256=self.sha256,
            )
        except Invalid as error:
            self.faults += error.faults
            return None

    def lookups(self, form: Form) -> dict[str, Lookup]:
        found: dict[str, Lookup] = {}
        for key, one in self.written.lookups.items():
            path: Path = ("lookups", key)
            if key in _RESERVED:
                wrong = _("Nama “%(name)s” sudah punya arti lain.") % {"name": key}
                self.fault(path, wrong, _("Pilih nama lain."))
                continue
            known = self.table((*path, "table"), one.table)
            if (one.key is None) == (one.row is None):
                right = _("Tulis key (isian) atau row (baris), salah satu.")
                self.fault(path, _("Baris tabel tidak jelas."), right)
            elif known is not None and self.found(path, one, known, form):
                self.tables[key] = known
                found[key] = Lookup(key, one.table, one.key or "", one.row or "")
        return found

    def found(self, path: Path, one: LookupText, known: Table, form: Form) -> bool:
        """Tell whether the row a lookup names is there: its own, or one for each choice of its field."""
        if one.row is not None:
            return self.known((*path, "row"), one.row, known.keys, _("baris tabel"))
        name = one.key or ""
        if not self.known((*path, "key"), name, form.items, _("isian")):
            return False
        options = {option.key for option in getattr(form.items[name], "options", ())}
        if missing := sorted(options - set(known.keys)):
            wrong = _("Tabel %(table)s tidak punya baris untuk: %(keys)s.") % {
                "table": one.table,
                "keys": ", ".join(missing),
            }
            self.fault((*path, "table"), wrong, _("Tambahkan barisnya, atau kurangi pilihannya."))
        return True

    def condition(self, path: Path, text: str | None, input: Form | None = None) -> Condition | None:
        if text is None or self.vocabulary is None:
            return None
        vocabulary = self.vocabulary
        if input is not None:
            shapes = {**self.shapes, "input": shape(tuple(input.items.values()))}
            vocabulary = Vocabulary(shapes)
        try:
            condition = vocabulary.condition(text)
        except ConditionWrong as error:
            said = {"letter": error.letter, "wrong": error.wrong}
            self.fault(path, _("Syarat salah pada huruf ke-%(letter)d: %(wrong)s") % said, error.right)
            return None
        self.unguarded(path, condition, vocabulary)
        return condition

    def unguarded(self, path: Path, condition: Condition, vocabulary: Vocabulary) -> None:
        """Refuse a condition that has no answer as long as something it names is missing."""
        full = {name: _sample(kind) for name, kind in vocabulary.variables.items()}
        tries: list[dict[str, Any]] = []
        for group, name in sorted(condition.refers_to):
            if group not in ("case", "times"):
                tries.append({**full, group: {k: v for k, v in full[group].items() if k != name}})
        tries.append({**full, **{g: {} for g, _n in condition.refers_to if g not in ("case", "times")}})
        for values in tries:
            try:
                condition.holds(values)
            except ConditionFailed:
                wrong = _("Syarat ini tidak berjawab selama yang disebutnya masih kosong.")
                right = _(
                    "Dahului dengan has(...), misalnya has(days_since.closed) && days_since.closed <= 10."
                )
                self.fault(path, wrong, right)
                return


def ids(entries: Iterable[Any]) -> Iterable[str]:
    """Return the ids of the fields of a step as conditions name them, those of its parts among them."""
    for entry in entries:
        if not isinstance(entry, PartUse) or entry.id is not None:
            yield entry.id
        elif entry.use in load(PARTS):
            yield from (one.id for one in load(PARTS)[entry.use].value.fields if one.id not in entry.without)


class _Moved(Document):
    """A document whose root is a list of fields further in, as the form builder looks for them."""

    def __init__(self, document: Document, path: Path) -> None:
        super().__init__(document.file, document.data, document.places)
        object.__setattr__(self, "_root", path)

    def place(self, path: Path) -> tuple[int, int]:
        inner = path[3:] if path[:3] == ("steps", 0, "fields") else path
        root: Path = getattr(self, "_root")  # noqa: B009 - a frozen value has no other way in
        return super().place((*root, *inner))


def _sample(kind: Kind | Shape) -> Any:
    if isinstance(kind, Shape):
        row = {name: _sample(inner) for name, inner in kind.fields.items()}
        return [row] if kind.is_list else row
    # A day, because functions over days refuse other texts.
    return {
        Kind.TEXT: "2026-01-05",
        Kind.INTEGER: 1,
        Kind.DECIMAL: 1.0,
        Kind.YES_NO: True,
        Kind.TEXTS: ["a"],
    }[kind]
