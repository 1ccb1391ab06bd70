"""Makes a form of what a file says, and tells every fault with its line."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from balai.base.errors import Invalid
from balai.definitions import Definition, kind, load, terms
from balai.definitions.conditions import Condition, ConditionFailed, ConditionWrong, Kind, Shape, Vocabulary
from balai.definitions.reader import Document, FileFault, Path
from balai.definitions.taxonomies import TERMS
from balai.forms.rules.form import Field, Form, Group, Item, Option, Step, shape
from balai.forms.rules.written import (
    FieldText,
    FormText,
    PartText,
    PartUse,
    Privacy,
    StepText,
    Type,
    sayable,
)

MOST_FIELDS = 300
FACTS: Mapping[str, frozenset[Type]] = {
    "account.name": frozenset({Type.TEXT}),
    "account.email": frozenset({Type.EMAIL, Type.TEXT}),
    "profile.phone": frozenset({Type.PHONE}),
    "profile.nik": frozenset({Type.NIK}),
    "fee.amount": frozenset({Type.MONEY}),
}
"""Facts that any form may prefill, and the types they fit: of the applicant, and the fee that is due."""
_PERSONAL = frozenset({Type.NIK, Type.KK, Type.NPWP, Type.PHONE, Type.EMAIL})
_SPECIAL = frozenset({"form", "here", "today"})


def build(
    written: FormText,
    document: Document,
    path: Path,
    *,
    code: str,
    version: str,
    sha256: str,
    variables: Mapping[str, Kind | Shape] | None = None,
    facts: Mapping[str, frozenset[Type]] | None = None,
) -> Form:
    """Return the form that stands at `path` of a file.

    Args:
        variables: what conditions may name besides `form`, `here` and `today`.
        facts: what fields may be prefilled with besides `FACTS`, and the types that fit.

    Raises:
        Invalid: with every fault, each at its line.
    """
    builder = _Builder(document, {**FACTS, **(facts or {})}, dict(variables or {}))
    form = builder.form(written, path)
    if builder.faults:
        raise Invalid(builder.faults)
    return replace(form, code=code, version=version, sha256=sha256)


@dataclass(frozen=True)
class _At[T]:
    """Something the file says, and where faults of it are told; a part's at the line that uses it."""

    text: T
    path: Path
    of_part: str = ""


@dataclass
class _Builder:
    document: Document
    facts: Mapping[str, frozenset[Type]]
    variables: dict[str, Kind | Shape]
    faults: list[FileFault] = field(default_factory=list)
    seen: list[Item] = field(default_factory=list)
    asked: int = 0

    def fault(self, at: _At[Any], name: str, wrong: str, right: str = "") -> None:
        if at.of_part:
            wrong = _("Dalam bagian %(part)s: %(wrong)s") % {"part": at.of_part, "wrong": wrong}
        self.faults.append(self.document.fault((*at.path, name) if name else at.path, wrong, right))

    def form(self, written: FormText, path: Path) -> Form:
        for name in self.variables.keys() & _SPECIAL:
            raise ValueError(f"conditions of a form have a {name!r} of their own")
        steps = []
        self.unique([_At(step, (*path, "steps", n)) for n, step in enumerate(written.steps)])
        for number, text in enumerate(written.steps):
            steps.append(self.step(_At(text, (*path, "steps", number))))
        everything = tuple(item for step in steps for item in step.items)
        if self.asked > MOST_FIELDS:
            wrong = _("Formulir ini menanyakan %(count)d hal.") % {"count": self.asked}
            right = _("Paling banyak %(most)d; bagi menjadi beberapa layanan.") % {"most": MOST_FIELDS}
            self.faults.append(self.document.fault(path, wrong, right))
        live = _referred(steps)
        steps = [replace(step, items=tuple(_marked(item, live) for item in step.items)) for step in steps]
        self.required(steps, everything)
        return Form("", "", "", tuple(_settled(step, self.conditions) for step in steps), self.variables)

    # Conditions of `required_if` may look at any answer, so they are read once all fields are known.
    conditions: dict[tuple[str, str], Condition] = field(default_factory=dict)
    waiting: list[tuple[_At[FieldText], str]] = field(default_factory=list)

    def required(self, steps: list[Step], everything: tuple[Item, ...]) -> None:
        groups = {item.id: item for item in everything if isinstance(item, Group)}
        for at, group in self.waiting:
            here = groups[group].fields if group in groups else everything
            condition = self.condition(at, "required_if", at.text.required_if, everything, here)
            if condition:
                self.conditions[group, at.text.id] = condition

    def unique(self, entries: Iterable[_At[Any]]) -> None:
        known: set[str] = set()
        for at in entries:
            if at.text.id in known:
                wrong = _("id “%(id)s” dipakai dua kali.") % {"id": at.text.id}
                self.fault(at, "id", wrong, _("Beri tiap isian id-nya sendiri."))
            known.add(at.text.id)

    def step(self, at: _At[StepText]) -> Step:
        text = at.text
        visible = self.condition(at, "visible_if", text.visible_if, tuple(self.seen), tuple(self.seen))
        items: list[Item] = []
        for entry in self.entries(text.fields, (*at.path, "fields")):
            item = self.item(entry)
            if any(item.id == known.id for known in self.seen):
                wrong = _("id “%(id)s” dipakai dua kali.") % {"id": item.id}
                self.fault(entry, "" if entry.of_part else "id", wrong, _("Beri tiap isian id-nya sendiri."))
                continue
            items.append(item)
            self.seen.append(item)
        return Step(text.id, text.title, text.about, tuple(items), visible)

    def entries(self, texts: Iterable[FieldText | PartUse], path: Path) -> list[_At[FieldText]]:
        """Return the fields with the parts among them put in their place."""
        found: list[_At[FieldText]] = []
        for number, text in enumerate(texts):
            at = _At(text, (*path, number))
            if isinstance(text, FieldText):
                found.append(_At(text, at.path))
            else:
                found += self.part(_At(text, at.path))
        return found

    def part(self, at: _At[PartUse]) -> list[_At[FieldText]]:
        use = at.text
        parts = load(PARTS)
        if use.use not in parts:
            wrong = _("Tidak ada bagian “%(part)s”.") % {"part": use.use}
            self.fault(at, "use", wrong, _("Pilihannya: %(names)s.") % {"names": ", ".join(parts)})
            return []
        part = parts[use.use].value
        known = {one.id for one in part.fields}
        for name in use.without:
            if name not in known:
                wrong = _("Bagian ini tidak punya isian “%(id)s”.") % {"id": name}
                self.fault(at, "without", wrong, _("Isiannya: %(names)s.") % {"names": ", ".join(known)})
        fields = tuple(one for one in part.fields if one.id not in use.without)
        if use.id is None:
            if use.visible_if or use.label:
                wrong = _("“visible_if” dan “label” bagian hanya berlaku bila bagiannya diberi id.")
                self.fault(at, "use", wrong, _("Tambahkan id, misalnya id: pemohon."))
            return [_At(one, at.path, use.use) for one in fields]
        section = FieldText.model_construct(
            id=use.id,
            type="section",
            label=use.label or part.title,
            help=part.about,
            visible_if=use.visible_if,
            fields=fields,
        )
        return [_At(section, at.path, use.use)]

    def item(self, at: _At[FieldText]) -> Item:
        self.spoken(at)
        if at.text.kind in (Type.SECTION, Type.GROUP):
            return self.group(at)
        return self.field(at, "", tuple(self.seen))

    def spoken(self, at: _At[FieldText]) -> None:
        """Refuse what the type does not know."""
        allowed = sayable(at.text.kind)
        for name in sorted(at.text.model_fields_set - set(allowed)):
            if getattr(at.text, name) in (None, False, ()):
                continue
            wrong = _("“%(name)s” tidak berlaku untuk jenis %(type)s.") % {"name": name, "type": at.text.type}
            self.fault(at, name, wrong, _("Yang berlaku: %(names)s.") % {"names": ", ".join(allowed)})

    def group(self, at: _At[FieldText]) -> Group:
        text = at.text
        seen = tuple(self.seen)
        visible = self.condition(at, "visible_if", text.visible_if, seen, seen)
        entries = (
            [_At(one, at.path, at.of_part) for one in text.fields or () if isinstance(one, FieldText)]
            if at.of_part
            else self.entries(text.fields or (), (*at.path, "fields"))
        )
        if not entries:
            self.fault(at, "", _("“fields” belum ada."), _("Tulis isian di dalamnya."))
        if (text.min_items or 0) > (text.max_items or 20):
            self.fault(at, "min_items", _("min_items lebih besar daripada max_items."))
        self.unique(entries)
        fields: list[Field] = []
        for entry in entries:
            self.spoken(entry)
            if entry.text.kind in (Type.SECTION, Type.GROUP):
                wrong = _("Kelompok tidak dapat berisi kelompok.")
                self.fault(entry, "type", wrong, _("Tulis isiannya langsung di kelompok ini."))
                continue
            fields.append(self.field(entry, text.id, tuple(fields)))
        return Group(text, tuple(fields), visible)

    def field(self, at: _At[FieldText], group: str, before: tuple[Item, ...]) -> Field:
        text = at.text
        self.asked += 1
        visible = self.condition(at, "visible_if", text.visible_if, tuple(self.seen), before)
        if text.kind is not Type.NOTE:
            self.privacy(at)
        if text.required and text.required_if:
            wrong = _("“required” dan “required_if” ditulis bersama.")
            self.fault(at, "required_if", wrong, _("Pakai salah satu."))
        if text.required_if:
            self.waiting.append((at, group))
        self.known_facts(at)
        self.limits(at, before)
        return Field(text, self.options(at), visible)

    def privacy(self, at: _At[FieldText]) -> None:
        privacy = at.text.privacy
        if privacy is None:
            right = _("Tulis P0 (terbuka), P1 (internal), P2 (pribadi), atau P3 (pribadi yang peka).")
            self.fault(at, "", _("“privacy” belum ada pada “%(id)s”.") % {"id": at.text.id}, right)
        elif at.text.kind in _PERSONAL and Privacy(privacy) in (Privacy.PUBLIC, Privacy.INTERNAL):
            wrong = _("Jenis %(type)s adalah data pribadi.") % {"type": at.text.type}
            self.fault(at, "privacy", wrong, _("Tulis P2 atau P3."))

    def known_facts(self, at: _At[FieldText]) -> None:
        text = at.text
        if text.readonly and not text.prefill:
            wrong = _("“readonly” tanpa “prefill”: tidak ada yang mengisi isian ini.")
            self.fault(at, "readonly", wrong, _("Tulis asal nilainya di “prefill”."))
        if not text.prefill:
            return
        if text.prefill not in self.facts:
            wrong = _("Tidak ada fakta “%(name)s”.") % {"name": text.prefill}
            right = _("Yang dikenal: %(names)s.") % {"names": ", ".join(self.facts)}
            self.fault(at, "prefill", wrong, right)
        elif text.kind not in self.facts[text.prefill]:
            wrong = _("Fakta “%(name)s” tidak cocok dengan jenis %(type)s.") % {
                "name": text.prefill,
                "type": text.type,
            }
            right = _("Yang cocok: %(names)s.") % {"names": ", ".join(sorted(self.facts[text.prefill]))}
            self.fault(at, "prefill", wrong, right)

    def options(self, at: _At[FieldText]) -> tuple[Option, ...]:
        text = at.text
        if text.kind not in (Type.CHOICE, Type.CHOICES):
            return ()
        if bool(text.options) == bool(text.source):
            wrong = _("Pilihan “%(id)s” tidak jelas asalnya.") % {"id": text.id}
            self.fault(at, "", wrong, _("Tulis “options” atau “source”, salah satu."))
            return ()
        if text.source:
            lists = load(TERMS)
            if text.source not in lists:
                wrong = _("Tidak ada daftar istilah “%(name)s”.") % {"name": text.source}
                right = _("Pilihannya: %(names)s.") % {"names": ", ".join(lists)}
                self.fault(at, "source", wrong, right)
                return ()
            return tuple(Option(term.key, term.name, term.about) for term in terms(text.source).terms)
        found = tuple(Option(one.key, one.label, one.help) for one in text.options or ())
        keys = [option.key for option in found]
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            self.fault(at, "options", _("Pilihan “%(key)s” ditulis dua kali.") % {"key": key})
        return found

    def limits(self, at: _At[FieldText], before: tuple[Item, ...]) -> None:
        text = at.text
        for low, high in (("min", "max"), ("min_items", "max_items")):
            least, most = getattr(text, low), getattr(text, high)
            if least is not None and most is not None and least > most:
                wrong = _("%(low)s lebih besar daripada %(high)s.") % {"low": low, "high": high}
                self.fault(at, low, wrong, _("Tukar keduanya."))
        if text.kind not in (Type.DECIMAL,):
            for name in ("min", "max"):
                value = getattr(text, name)
                if value is not None and value != int(value):
                    wrong = _("“%(name)s” harus bilangan bulat.") % {"name": name}
                    self.fault(at, name, wrong)
        for name in ("earliest", "latest"):
            value = getattr(text, name)
            if value and not value.startswith("today") and not _is_day(value):
                wrong = _("%(day)s bukan tanggal.") % {"day": value}
                self.fault(at, name, wrong, _("Tulis tahun-bulan-hari, misalnya 2026-03-18."))
        if text.parent:
            above = next((one for one in before if one.id == text.parent), None)
            if not isinstance(above, Field) or above.type is not Type.REGION:
                wrong = _("“%(id)s” bukan isian wilayah yang ditanyakan sebelumnya.") % {"id": text.parent}
                self.fault(at, "parent", wrong, _("Sebut isian berjenis region di atas isian ini."))

    def condition(
        self,
        at: _At[Any],
        name: str,
        text: str | None,
        form: tuple[Item, ...],
        here: tuple[Item, ...],
    ) -> Condition | None:
        """Return the condition over the answers of `form` and, as `here`, of its own section or row."""
        if text is None:
            return None
        vocabulary = Vocabulary(
            {**self.variables, "form": shape(form), "here": shape(here), "today": Kind.TEXT}
        )
        try:
            condition = vocabulary.condition(text)
        except ConditionWrong as error:
            where = _("Syarat salah pada huruf ke-%(letter)d: %(wrong)s") % {
                "letter": error.letter,
                "wrong": error.wrong,
            }
            right = error.right
            if name == "visible_if":
                right += " " + _("Yang dapat disebut hanya isian sebelum isian ini.")
            self.fault(at, name, where, right)
            return None
        self.unguarded(at, name, condition, form, here)
        return condition

    def unguarded(
        self,
        at: _At[Any],
        name: str,
        condition: Condition,
        form: tuple[Item, ...],
        here: tuple[Item, ...],
    ) -> None:
        """Refuse a condition that has no answer as long as something it names is empty."""
        full: dict[str, Any] = {
            **{key: _sample(value) for key, value in self.variables.items()},
            "form": _samples(form),
            "here": _samples(here),
            "today": "2026-01-05",
        }
        groups = [key for key in ("form", "here") if key in {pair[0] for pair in condition.refers_to}]
        tries: list[dict[str, Any]] = [full | {group: {} for group in groups}]
        for group, name_in in sorted(condition.refers_to):
            if group in groups:
                rest = {key: value for key, value in full[group].items() if key != name_in}
                tries.append({**full, group: rest})
        for values in tries:
            try:
                condition.holds(values)
            except ConditionFailed:
                wrong = _("Syarat ini tidak berjawab selama isian yang disebutnya masih kosong.")
                right = _("Dahului dengan has(...), misalnya has(form.umur) && form.umur > 17.")
                self.fault(at, name, wrong, right)
                return


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _sample(kind: Kind | Shape) -> Any:
    if isinstance(kind, Shape):
        row = {name: _sample(inner) for name, inner in kind.fields.items()}
        return [row] if kind.is_list else row
    return {Kind.TEXT: "a", Kind.INTEGER: 1, Kind.DECIMAL: 1.0, Kind.YES_NO: True, Kind.TEXTS: ["a"]}[kind]


def _samples(items: tuple[Item, ...]) -> dict[str, Any]:
    found: dict[str, Any] = _sample(shape(items))
    for item in items:
        if isinstance(item, Field) and item.type is Type.DATE:
            found[item.id] = "2000-01-01"
        elif isinstance(item, Group):
            rows = found[item.id] if item.repeats else [found[item.id]]
            rows[0].update({one.id: "2000-01-01" for one in item.fields if one.type is Type.DATE})
    return found


def _check_parts(found: Mapping[str, Definition[PartText]]) -> Iterator[FileFault]:
    """Yield the faults of each part, as if a form asked it alone."""
    for definition in found.values():
        part = definition.value
        builder = _Builder(definition.document, FACTS, {})
        step = StepText.model_construct(
            id="part", title=part.title, about=None, visible_if=None, fields=part.fields
        )
        builder.form(FormText.model_construct(steps=(step,)), ())
        yield from builder.faults


PARTS = kind("parts", "parts", PartText, cross=_check_parts)

_ANY_FIELD = re.compile(r"\.\s*([a-z]\w*)")


def _referred(steps: Iterable[Step]) -> set[str]:
    """Return the names a condition of visibility looks at, wherever they stand."""
    found: set[str] = set()
    for step in steps:
        members = [item for each in step.items for item in (each, *getattr(each, "fields", ()))]
        for one in (step, *members):
            if one.visible_if:
                found.update(_ANY_FIELD.findall(one.visible_if.text))
    return found


def _marked(item: Item, live: set[str]) -> Item:
    if isinstance(item, Group):
        fields = tuple(replace(field, is_live=field.id in live) for field in item.fields)
        return replace(item, fields=fields, is_live=item.id in live)
    return replace(item, is_live=item.id in live)


def _settled(step: Step, conditions: Mapping[tuple[str, str], Condition]) -> Step:
    def one(item: Item) -> Item:
        if isinstance(item, Group):
            fields = tuple(
                replace(field, required_if=conditions.get((item.id, field.id))) for field in item.fields
            )
            return replace(item, fields=fields)
        return replace(item, required_if=conditions.get(("", item.id)))

    return replace(step, items=tuple(one(item) for item in step.items))
