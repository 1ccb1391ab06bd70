"""The one check of answers: for pages, the API, imports and the counter.

Answers are JSON: {"nik": "…", "pemohon": {"nama": "…"}, "keluarga": [{"nik": "…"}]}.
A place in them is written as a path: "keluarga[2].nik", counted from 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from balai.base.errors import Fault, Invalid
from balai.definitions.conditions import Condition, ConditionFailed
from balai.forms.rules.form import Field, Form, Group, Item
from balai.forms.rules.values import Context, Wrong, fault, for_conditions, is_empty, plain, read
from balai.forms.rules.written import Type
from balai.places.rules import lies_in

MOST_UNKNOWN = 20
"""Unknown names that are told one by one."""


@dataclass(frozen=True)
class Checked:
    """Answers that were checked.

    Attributes:
        values: typed, by id; a section is a mapping, a group a tuple of mappings. What was
            hidden, empty or faulty is left out.
        faults: path → what is wrong there.
        shown: paths of the fields, sections and groups that are asked ("keluarga[0].nik").
        required: paths of those that must be answered.
        known: paths that were answered by a known fact and cannot be changed.
        steps: ids of the steps that are asked, in order.
    """

    form: Form
    values: Mapping[str, Any]
    faults: Mapping[str, tuple[Fault, ...]]
    shown: frozenset[str]
    required: frozenset[str]
    known: frozenset[str]
    steps: tuple[str, ...]

    @property
    def is_valid(self) -> bool:
        return not self.faults

    def of_step(self, step: str) -> Mapping[str, tuple[Fault, ...]]:
        """Return the faults of one step, and those of answers that no step asks."""
        return {
            path: found
            for path, found in self.faults.items()
            if self.form.step_of.get(top(path), step) == step
        }

    def plain(self) -> dict[str, Any]:
        """Return the values as canonical JSON; checked again it gives the same values."""
        return {key: _plain(value) for key, value in self.values.items()}

    def require(self) -> "Checked":
        """Return itself. Raises Invalid with every fault where there is one."""
        if self.faults:
            raise Invalid(one for found in self.faults.values() for one in found)
        return self


def top(path: str) -> str:
    """Return the id of the field or group of the top a path belongs to.

    >>> top("keluarga[2].nik"), top("pemohon.nik"), top("nik")
    ('keluarga', 'pemohon', 'nik')
    """
    return path.partition("[")[0].partition(".")[0]


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple) and value and isinstance(value[0], Mapping):
        return [_plain(row) for row in value]
    return plain(value)


def validate(form: Form, answers: Any, context: Context) -> Checked:
    """Check answers and return what is left of them, with every fault.

    Unknown names are faults. Answers to what is not asked are dropped. A field with
    `readonly: true` takes the known fact and nothing else; with `readonly: known` it
    takes the fact where there is one, and is asked where there is none.

    Args:
        answers: JSON values by id, from anyone; nothing about them is trusted.
    """
    return _Walk(form, context).walk(answers)


@dataclass(frozen=True)
class _Scope:
    """Where fields stand: the top, a section, or a row; `values` are filled as they are read."""

    path: str
    place: str
    values: dict[str, Any]
    seen: dict[str, Any]


@dataclass
class _Walk:
    form: Form
    context: Context
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    shown: set[str] = field(default_factory=set)
    required: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    missing: list[tuple[Field, _Scope, str]] = field(default_factory=list)
    asked: list[tuple[Field, _Scope, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.top = _Scope("", "", {}, {})

    def fault(self, path: str, found: Fault) -> None:
        self.faults.setdefault(path, []).append(found)

    def walk(self, answers: Any) -> Checked:
        if not isinstance(answers, Mapping):
            self.fault("", Fault(_("Jawaban"), _("Bukan kumpulan jawaban."), _("Kirim sebagai {nama: isi}.")))
            answers = {}
        self.strangers(answers, self.form.items, self.top)
        steps = []
        for step in self.form.steps:
            if not self.holds(step.visible_if, self.top, step.items[0].id if step.items else ""):
                continue
            steps.append(step.id)
            for item in step.items:
                self.item(item, answers.get(item.id))
        for one, scope, path in self.asked:
            self.require(one, scope, path)
        return Checked(
            self.form,
            MappingProxyType(self.top.values),
            MappingProxyType({path: tuple(found) for path, found in self.faults.items()}),
            frozenset(self.shown),
            frozenset(self.required),
            frozenset(self.known),
            tuple(steps),
        )

    def strangers(self, answers: Mapping[Any, Any], known: Mapping[str, Item], scope: _Scope) -> None:
        strange = [name for name in answers if name not in known]
        for name in strange[:MOST_UNKNOWN]:
            shown = str(name)[:40]
            self.fault(
                f"{scope.path}{shown}",
                Fault(
                    scope.place or _("Jawaban"),
                    _("“%(name)s” tidak ditanyakan.") % {"name": shown},
                    _("Hapus, atau periksa ejaannya."),
                ),
            )
        if len(strange) > MOST_UNKNOWN:
            wrong = _("Ada %(count)d jawaban yang tidak ditanyakan.") % {"count": len(strange)}
            self.fault(scope.path.rstrip("."), Fault(scope.place or _("Jawaban"), wrong))

    def item(self, item: Item, answer: Any) -> None:
        if not self.holds(item.visible_if, self.top, item.id):
            return
        if isinstance(item, Field):
            self.field(item, answer, self.top)
        elif item.repeats:
            self.group(item, answer)
        else:
            self.section(item, answer)

    def section(self, group: Group, answer: Any) -> None:
        self.shown.add(group.id)
        scope = _Scope(f"{group.id}.", str(group.label), {}, {})
        self.row(group, answer, scope)
        if scope.values:
            self.top.values[group.id] = MappingProxyType(scope.values)
        self.top.seen[group.id] = scope.seen

    def group(self, group: Group, answer: Any) -> None:
        self.shown.add(group.id)
        place = str(group.label)
        if answer is None:
            answer = ()
        elif not isinstance(answer, (list, tuple)):
            self.fault(group.id, Fault(place, _("Jawabannya bukan daftar."), _("Kirim sebagai daftar.")))
            return
        if len(answer) > group.most:
            wrong = _("Ada %(count)d isi.") % {"count": len(answer)}
            self.fault(group.id, Fault(place, wrong, _("Paling banyak %(most)d.") % {"most": group.most}))
            return
        if len(answer) < group.least:
            wrong = _("Baru ada %(count)d.") % {"count": len(answer)}
            self.fault(group.id, Fault(place, wrong, _("Paling sedikit %(least)d.") % {"least": group.least}))
        rows: list[Mapping[str, Any]] = []
        seen: list[dict[str, Any]] = []
        for number, row in enumerate(answer):
            scope = _Scope(f"{group.id}[{number}].", capfirst(f"{group.row} {number + 1}"), {}, {})
            self.row(group, row, scope)
            rows.append(MappingProxyType(scope.values))
            seen.append(scope.seen)
        if rows:
            self.top.values[group.id] = tuple(rows)
        self.top.seen[group.id] = seen

    def row(self, group: Group, answer: Any, scope: _Scope) -> None:
        if answer is None:
            answer = {}
        elif not isinstance(answer, Mapping):
            wrong = _("Bukan kumpulan jawaban.")
            self.fault(scope.path.rstrip("."), Fault(scope.place, wrong, _("Kirim sebagai {nama: isi}.")))
            return
        self.strangers(answer, group.by_id, scope)
        for one in group.fields:
            if self.holds(one.visible_if, scope, one.id):
                self.field(one, answer.get(one.id), scope)

    def field(self, one: Field, answer: Any, scope: _Scope) -> None:
        path = f"{scope.path}{one.id}"
        fact = self.context.facts.get(one.text.prefill or "") if one.text.readonly else None
        if fact not in (None, ""):
            answer = fact
            self.known.add(path)
        elif one.text.readonly is True:
            # Only the server may answer it, and it does not know.
            return
        self.shown.add(path)
        if one.type is Type.NOTE:
            return
        self.asked.append((one, scope, path))
        if is_empty(one, answer):
            return
        try:
            value = read(one, answer, self.context)
            self.inside_parent(one, value, scope)
        except Wrong as wrong:
            self.fault(path, fault(one, wrong, self.place(one, scope)))
            return
        scope.values[one.id] = value
        scope.seen[one.id] = for_conditions(value)

    def inside_parent(self, one: Field, value: Any, scope: _Scope) -> None:
        above = scope.values.get(one.text.parent or "")
        if above is not None and not lies_in(value, above):
            name = self.context.region_name(above) or above
            raise Wrong(
                _("Wilayah ini tidak terletak di %(name)s.") % {"name": name}, _("Pilih dari daftar.")
            )

    def require(self, one: Field, scope: _Scope, path: str) -> None:
        must = one.text.required or (one.required_if is not None and self.holds(one.required_if, scope, path))
        if not must:
            return
        self.required.add(path)
        if one.id in scope.values or path in self.faults:
            return
        right = {
            Type.BOOLEAN: _("Beri tanda centang."),
            Type.CHOICE: _("Pilih salah satu."),
            Type.CHOICES: _("Pilih paling sedikit satu."),
            Type.REGION: _("Pilih dari daftar."),
            Type.FILE: _("Pilih berkasnya."),
            Type.IMAGE: _("Pilih fotonya."),
        }.get(one.type, _("Isi dahulu."))
        self.fault(path, Fault(self.place(one, scope), _("Belum diisi."), right))

    def place(self, one: Field, scope: _Scope) -> str:
        return f"{scope.place}: {one.label}" if scope.place else str(one.label)

    def holds(self, condition: Condition | None, scope: _Scope, path: str) -> bool:
        """Answer a condition; one that fails counts as a yes and is a fault, so nothing passes by it."""
        if condition is None:
            return True
        named: dict[str, dict[str, Any]] = {"form": {}, "here": {}}
        for group, name in condition.refers_to:
            source = {"form": self.top.seen, "here": scope.seen}.get(group)
            if source is not None and name in source:
                named[group][name] = source[name]
        values = {**self.context.variables, **named, "today": self.context.today.isoformat()}
        try:
            return condition.holds(values)
        except ConditionFailed:
            wrong = _("Syarat isian ini tidak dapat dihitung.")
            self.fault(
                path, Fault(path, wrong, _("Periksa jawaban di atasnya, atau beri tahu petugas layanan."))
            )
            return True
