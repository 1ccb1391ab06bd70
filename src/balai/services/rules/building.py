"""Makes a service of what its file says, and tells every fault with its line."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from string import Formatter
from typing import Any

from django.utils.translation import gettext as _

from balai.base.errors import Fault, Invalid, NotFound
from balai.base.verbs import verbs
from balai.definitions import Words, load, table
from balai.definitions.conditions import Condition, ConditionFailed, ConditionWrong, Kind, Shape, Vocabulary
from balai.definitions.reader import Document, Path
from balai.definitions.rules import CellType
from balai.definitions.tables import Table
from balai.forms.rules import PARTS, Entry, Form, FormText, PartUse, Privacy, StepText, Type, build
from balai.forms.rules.form import shape
from balai.services.rules import facts
from balai.services.rules.definition import (
    ANY,
    ASSIGNED,
    OWNER,
    PREVIOUS,
    PUBLIC,
    SAME,
    TASKED,
    Clock,
    Duplicates,
    Duty,
    Effect,
    EffectKind,
    Event,
    EventKind,
    Face,
    Filing,
    Hiding,
    Law,
    Letter,
    Limit,
    Lookup,
    Move,
    Notice,
    Outcome,
    Party,
    Publication,
    PublishedDataset,
    Retention,
    Role,
    Route,
    Series,
    Service,
    ServiceIndicator,
    Shown,
    State,
    StateKind,
    Status,
    Suggest,
    TableLimit,
    Task,
    Test,
    TestStep,
    Transform,
    Unit,
    Upgrade,
)
from balai.services.rules.privacy import fault_of_leaving
from balai.services.rules.written import (
    ClockText,
    EffectText,
    FaceText,
    LimitText,
    LookupText,
    MoveText,
    NoticeText,
    ServiceText,
    ShownText,
    StepOfTest,
    TaskText,
    TestText,
)

_HERE = frozenset({OWNER, ASSIGNED, TASKED, ANY})
_RESERVED = frozenset({"form", "here", "today", "case", "times", "days_since", "input", "clock", "move"})
HOURS = frozenset({"opens", "closes", "break_from", "break_to"})
"""Columns of a dated table of office hours."""
_NO_WORDS = Words(id="-", en="-")


def build_service(written: ServiceText, document: Document, offices: Mapping[str, frozenset[str]]) -> Service:
    """Return the service a file says.

    Args:
        offices: codes of the offices of each tenant, to know which the file may name.

    Raises:
        Invalid: with every fault, each at its line.
    """
    builder = _Builder(written, document, offices)
    service = builder.service()
    if builder.faults:
        raise Invalid(builder.faults)
    return service


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


def _event(text: str) -> Event:
    kind, _space, of = text.partition(" ")
    return Event(EventKind(kind), of)


@dataclass
class _Builder:
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

    def service(self) -> Service:
        text = self.written
        self.named()
        for number, law in enumerate(text.legal.basis):
            if law.key in self.laws:
                self.fault(
                    ("legal", "basis", number, "key"),
                    _("Dasar hukum “%(key)s” ditulis dua kali.") % {"key": law.key},
                    _("Beri tiap dasar hukum kuncinya sendiri."),
                )
            self.laws[law.key] = Law(law.key, law.name, law.article, law.confidence)
        form = self.form()
        lookups = self.lookups(form)
        self.shapes = facts.variables(form, text.moves, text.states, self.tables)
        self.vocabulary = Vocabulary(self.shapes)
        states = {key: self.state(key) for key in text.states}
        roles = {key: self.role(key) for key in text.roles}
        moves = {key: self.move(key, one) for key, one in text.moves.items()}
        tasks = {key: self.task(key, one) for key, one in text.tasks.items()}
        clocks = {key: self.clock(key, one) for key, one in text.clocks.items()}
        self.paths(form, moves)
        return Service(
            code=text.service,
            version=text.version,
            sha256=self.sha256,
            status=Status(text.status),
            valid_from=text.valid_from,
            title=text.title,
            summary=text.summary,
            icon=text.icon,
            source=text.source,
            cities=self.cities(),
            owner=self.office(("owner",), text.owner),
            laws=self.laws,
            archive_code=text.legal.archive_code,
            office_hours=self.office_hours(),
            number=self.series(),
            filing=self.filing(),
            form=form,
            lookups=lookups,
            search=self.search(),
            suggest=self.suggest(form),
            roles=roles,
            states=states,
            initial=self.initial(),
            moves=moves,
            clocks=clocks,
            tasks=tasks,
            routing=self.routing(),
            most_reroutes=text.most_reroutes,
            notices={key: self.notice(key, one, moves) for key, one in text.notices.items()},
            documents=self.documents(),
            hiding=self.hiding(),
            publication=self.publication(),
            indicators=tuple(
                ServiceIndicator(one.define, tuple((feed.plan, feed.indicator) for feed in one.feeds))
                for one in text.indicators
            ),
            retention=Retention(
                text.retention.personal_years,
                text.retention.case_years,
                self.law(("retention", "law"), text.retention.law),
                self.condition(("retention", "hold_when"), text.retention.hold_when),
            ),
            same_person_may=(
                self.law(("same_person_may",), text.same_person_may) if text.same_person_may else None
            ),
            upgrades=self.upgrades(),
            tests=self.tests(moves),
            variables=self.shapes,
        )

    # What the file is called and who offers it.

    def named(self) -> None:
        text = self.written
        right = f"{text.service}/{text.version}.yaml"
        if not self.document.file.endswith(f"/{right}"):
            wrong = _("Nama berkas tidak sesuai dengan “service” dan “version”.")
            self.fault(("version",), wrong, _("Simpan sebagai %(name)s.") % {"name": right})

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

    # States, roles, moves, tasks.

    def initial(self) -> str:
        name = self.written.initial
        is_known = self.known(("initial",), name, self.written.states, _("status"))
        if is_known and self.written.states[name].kind == "closed":
            right = _("Sebut status yang terbuka.")
            self.fault(("initial",), _("Berkas baru tidak dapat langsung tertutup."), right)
        return name

    def state(self, key: str) -> State:
        text = self.written.states[key]
        path: Path = ("states", key)
        if key in (SAME, PREVIOUS):
            self.fault(
                path, _("Nama “%(name)s” sudah punya arti lain.") % {"name": key}, _("Pilih nama lain.")
            )
        if text.kind == "closed" and text.outcome is None:
            right = _("Tulis outcome: granted, refused, done, atau void.")
            self.fault(path, _("Status tertutup “%(id)s” tanpa hasil.") % {"id": key}, right)
        if text.kind != "closed" and text.outcome is not None:
            wrong = _("Hanya status tertutup yang punya hasil.")
            self.fault((*path, "outcome"), wrong, _("Hapus outcome, atau tulis kind: closed."))
        if text.waits_for:
            self.known((*path, "waits_for"), text.waits_for, self.written.roles, _("peran"))
        outcome = Outcome(text.outcome) if text.outcome else None
        return State(key, text.title, StateKind(text.kind), text.about, outcome, text.waits_for or "")

    def role(self, key: str) -> Role:
        text = self.written.roles[key]
        path: Path = ("roles", key)
        if key == PUBLIC:
            self.fault(
                path, _("Nama “%(name)s” sudah punya arti lain.") % {"name": key}, _("Pilih nama lain.")
            )
        if text.party == "officer":
            if not text.verb:
                right = _("Tulis verb, misalnya services.handle.")
                self.fault(path, _("Peran petugas “%(id)s” tanpa hak.") % {"id": key}, right)
            elif text.verb not in verbs():
                self.known((*path, "verb"), text.verb, sorted(verbs()), _("hak"))
            if not text.office:
                right = _("Tulis office: owner, assigned, tasked, any, atau kode perangkat daerah.")
                self.fault(path, _("Peran petugas “%(id)s” tanpa perangkat daerah.") % {"id": key}, right)
            elif text.office not in _HERE:
                self.office((*path, "office"), text.office)
        elif text.verb or text.office:
            wrong = _("Pemohon dan sistem tidak memakai hak atau perangkat daerah.")
            self.fault(path, wrong, _("Hapus verb dan office."))
        return Role(key, text.title, Party(text.party), text.verb or "", text.office or "")

    def roles(self, path: Path, names: Iterable[str]) -> tuple[str, ...]:
        found = tuple(names)
        for number, name in enumerate(found):
            self.known((*path, number), name, self.written.roles, _("peran"))
        return found

    def move(self, key: str, text: MoveText) -> Move:
        path: Path = ("moves", key)
        states = self.written.states
        for number, name in enumerate(text.sources):
            is_known = self.known((*path, "from", number), name, states, _("status"))
            if is_known and states[name].kind == "closed" and not text.reopens and text.to != SAME:
                wrong = _("Langkah ini keluar dari status tertutup “%(state)s”.") % {"state": name}
                self.fault((*path, "from", number), wrong, _("Tulis reopens: true bila memang membuka lagi."))
        if text.to not in (SAME, PREVIOUS):
            self.known((*path, "to"), text.to, (*states, SAME, PREVIOUS), _("status"))
        form = self.asked((*path, "ask"), text.ask)
        guard = self.condition((*path, "guard"), text.guard, form)
        if text.guard and not text.because:
            right = _("Tulis because: kalimat yang dibaca orang bila langkah ini belum boleh.")
            self.fault((*path, "guard"), _("Syarat langkah ini tanpa penjelasan."), right)
        effects = tuple(self.effect((*path, "do", n), one, form, text) for n, one in enumerate(text.do))
        law = self.law((*path, "law"), text.law) if text.law else None
        return Move(
            key,
            text.title,
            text.sources,
            text.to,
            self.roles((*path, "by"), text.by),
            guard,
            text.because,
            form,
            text.offices or "",
            text.most,
            Duty(text.duty) if text.duty else None,
            text.reopens,
            text.deemed,
            law,
            effects,
        )

    def task(self, key: str, text: TaskText) -> Task:
        path: Path = ("tasks", key)
        moves = self.written.moves
        self.known((*path, "state"), text.state, self.written.states, _("status"))
        for number, name in enumerate(text.blocks):
            is_known = self.known((*path, "blocks", number), name, moves, _("langkah"))
            if is_known and text.state not in moves[name].sources:
                wrong = _("Langkah “%(move)s” tidak berawal dari status tugas ini.") % {"move": name}
                right = _("Sebut langkah dari status “%(state)s”.") % {"state": text.state}
                self.fault((*path, "blocks", number), wrong, right)
        for name in ("on_all_done", "on_refused"):
            if (move := getattr(text, name)) is not None:
                self.fired((*path, name), move)
        if text.on_refused and not text.may_refuse:
            self.fault(
                (*path, "on_refused"), _("Tugas ini tidak dapat ditolak."), _("Tulis may_refuse: true.")
            )
        if text.office:
            self.office((*path, "office"), text.office)
        limit = self.limit((*path, "limit"), text.limit, text.unit) if text.limit else None
        return Task(
            key,
            text.title,
            text.state,
            self.roles((*path, "by"), text.by),
            text.office or "",
            self.asked((*path, "ask"), text.ask),
            text.may_refuse,
            text.blocks,
            limit,
            text.on_all_done or "",
            text.on_refused or "",
        )

    def fired(self, path: Path, name: str) -> None:
        """Check a move that the system makes by itself."""
        moves, roles = self.written.moves, self.written.roles
        if not self.known(path, name, moves, _("langkah")):
            return
        parties = {roles[role].party for role in moves[name].by if role in roles}
        if "system" not in parties:
            wrong = _("Sistem tidak boleh melakukan langkah “%(move)s”.") % {"move": name}
            self.fault(path, wrong, _("Tambahkan peran dengan party: system pada “by” langkah itu."))

    def effect(
        self, path: Path, text: EffectText, input: Form | None = None, move: MoveText | None = None
    ) -> Effect:
        said = [kind for kind in EffectKind if getattr(text, kind.value) is not None]
        if len(said) != 1:
            right = _("Tulis tepat satu dari: %(names)s.") % {"names": ", ".join(EffectKind)}
            self.fault(path, _("Akibat ini tidak jelas."), right)
            return Effect(EffectKind.NOTIFY, "")
        kind = said[0]
        of: str = getattr(text, kind.value)
        at: Path = (*path, kind.value)
        written = self.written
        match kind:
            case EffectKind.NOTIFY | EffectKind.ESCALATE:
                self.known(at, of, written.roles, _("peran"))
                if text.notice is None:
                    self.fault(path, _("Pemberitahuan tanpa templat."), _("Tulis notice: nama templatnya."))
            case EffectKind.FIRE:
                self.fired(at, of)
            case EffectKind.ROUTE:
                if of == "chosen" and (move is None or move.offices != "one"):
                    wrong = _("Perangkat daerah tidak dipilih pada langkah ini.")
                    self.fault(at, wrong, _("Tulis offices: one pada langkahnya."))
                if of == "auto" and not written.routing:
                    self.fault(at, _("“routing” kosong, jadi tidak ada tujuannya."), _("Isi “routing”."))
            case EffectKind.TASKS:
                is_known = self.known(at, of, written.tasks, _("tugas"))
                has_office = is_known and written.tasks[of].office
                if is_known and not has_office and (move is None or move.offices != "many"):
                    wrong = _("Perangkat daerah untuk tugas ini tidak dipilih pada langkahnya.")
                    self.fault(
                        at, wrong, _("Tulis offices: many pada langkahnya, atau office pada tugasnya.")
                    )
            case EffectKind.DOCUMENT:
                self.known(at, of, written.documents, _("dokumen"))
            case EffectKind.MERGE_INTO:
                self.known(at, of, input.items if input else (), _("isian langkah"))
            case EffectKind.CORRECT:
                self.correct(path, of, text.from_input, input)
            case EffectKind.CHILD:
                pass  # another file, looked at by the check between files
        if text.notice is not None:
            self.known((*path, "notice"), text.notice, written.notices, _("templat"))
        if text.after is not None and move is not None:
            self.fault((*path, "after"), _("“after” hanya untuk hitungan waktu."), _("Hapus “after”."))
        return Effect(
            kind,
            of,
            text.notice or "",
            text.from_input or "",
            self.condition((*path, "when"), text.when, input),
            text.after or 0,
            self.law((*path, "law"), text.law) if text.law else None,
        )

    def correct(self, path: Path, of: str, source: str | None, input: Form | None) -> None:
        fields = {key for step in self.written.form.steps for key in _ids(step.fields)}
        self.known((*path, "correct"), of, sorted(fields), _("isian"))
        if source is None:
            self.fault(path, _("Pembetulan tanpa asal."), _("Tulis from_input: isian langkah ini."))
        else:
            self.known((*path, "from_input"), source, input.items if input else (), _("isian langkah"))

    # Clocks.

    def events(self, path: Path, texts: Iterable[str]) -> tuple[Event, ...]:
        return tuple(self.event((*path, number), text) for number, text in enumerate(texts))

    def event(self, path: Path, text: str) -> Event:
        event = _event(text)
        if event.kind is EventKind.MOVE:
            self.known(path, event.of, self.written.moves, _("langkah"))
        elif event.kind is not EventKind.FILED:
            self.known(path, event.of, self.written.states, _("status"))
        return event

    def clock(self, key: str, text: ClockText) -> Clock:
        path: Path = ("clocks", key)
        for number, name in enumerate(text.pause):
            self.known((*path, "pause", number), name, self.written.states, _("status"))
        limits = tuple(self.limit((*path, "limit", n), one, text.unit) for n, one in enumerate(text.limit))
        for number, one in enumerate(text.limit):
            is_last = number == len(text.limit) - 1
            if is_last and one.when:
                wrong = _("Batas terakhir bersyarat, jadi ada berkas tanpa batas waktu.")
                self.fault(
                    (*path, "limit", number, "when"), wrong, _("Tambahkan batas terakhir tanpa “when”.")
                )
            if not is_last and not one.when:
                wrong = _("Batas sesudah ini tidak pernah dipakai.")
                self.fault((*path, "limit", number), wrong, _("Beri “when”, atau pindahkan ke akhir."))
        if list(text.warn_at) != sorted(set(text.warn_at)):
            self.fault((*path, "warn_at"), _("Persen peringatan tidak berurutan."), _("Urutkan dari kecil."))
        if bool(text.warn_at) != bool(text.on_warn):
            wrong = _("“warn_at” dan “on_warn” ditulis bersama.")
            self.fault(path, wrong, _("Tulis keduanya, atau hapus keduanya."))
        on_warn = tuple(self.effect((*path, "on_warn", n), one) for n, one in enumerate(text.on_warn))
        on_breach = tuple(self.effect((*path, "on_breach", n), one) for n, one in enumerate(text.on_breach))
        return Clock(
            key,
            text.title,
            self.events((*path, "start"), text.start),
            self.events((*path, "stop"), text.stop),
            text.pause,
            limits,
            text.warn_at,
            on_warn,
            on_breach,
            text.restart,
            text.resume_on_reopen,
            text.shown,
        )

    def limit(self, path: Path, text: LimitText, unit: str) -> Limit:
        when = self.condition((*path, "when"), text.when)
        if (text.amount is None) == (text.table is None):
            self.fault(path, _("Batas tidak jelas."), _("Tulis amount atau table, salah satu."))
        cell = None
        if text.table is not None:
            cell = TableLimit(text.table.table, text.table.row, text.table.column)
            self.cell((*path, "table"), cell)
        elif text.law is None:
            wrong = _("Batas waktu tanpa dasar hukum.")
            self.fault(path, wrong, _("Tulis law: kunci dari legal.basis, atau ambil dari tabel bertanggal."))
        law = self.law((*path, "law"), text.law) if text.law else None
        return Limit(Unit(text.unit or unit), when, text.amount, cell, law)

    def cell(self, path: Path, cell: TableLimit) -> None:
        known = self.table((*path, "table"), cell.table)
        if known is None:
            return
        self.known((*path, "row"), cell.row, known.keys, _("baris tabel"))
        columns = {column.name: column for column in known.file.columns}
        is_known = self.known((*path, "column"), cell.column, columns, _("kolom tabel"))
        if is_known and columns[cell.column].type is not CellType.INTEGER:
            wrong = _("Kolom “%(name)s” bukan bilangan bulat.") % {"name": cell.column}
            self.fault((*path, "column"), wrong, _("Sebut kolom berjenis integer."))

    # What is said and shown.

    def paths(self, form: Form, moves: Mapping[str, Move]) -> None:
        """Collect what notices, documents and publications may name."""
        from_case = {
            f"case.{name}": facts.Value(kind, Privacy.PUBLIC, is_instant=name in facts.INSTANTS)
            for name, kind in facts.COLUMNS.items()
        }
        clocks = {
            f"clock.{key}.{name}": facts.Value(kind, Privacy.PUBLIC, is_instant=name == "due")
            for key in self.written.clocks
            for name, kind in facts.CLOCK.items()
        }
        lookups = {
            f"{key}.{name}": facts.Value(kind, Privacy.PUBLIC)
            for key, known in self.tables.items()
            for name, kind in facts.table_shape(known).items()
        }
        self.values = {**facts.form_values(form, "form"), **from_case, **clocks, **lookups}
        for key, move in moves.items():
            if move.form:
                self.values |= facts.form_values(move.form, f"move.{key}")

    def notice(self, key: str, text: NoticeText, moves: Mapping[str, Move]) -> Notice:
        path: Path = ("notices", key)
        event = self.event((*path, "event"), text.event) if text.event else None
        if (text.event or text.every_days) and not text.to:
            self.fault(path, _("Pemberitahuan ini tidak punya penerima."), _("Tulis to: peran penerimanya."))
        if text.event and text.every_days:
            wrong = _("“event” dan “every_days” ditulis bersama.")
            self.fault((*path, "every_days"), wrong, _("Pakai salah satu."))
        if text.every_days and not text.during:
            right = _("Tulis during: status selama kabar itu dikirim.")
            self.fault((*path, "every_days"), _("Kabar berkala ini tanpa status."), right)
        for number, state in enumerate(text.during):
            self.known((*path, "during", number), state, self.written.states, _("status"))
        typed = moves[event.of].form if event and event.kind is EventKind.MOVE and event.of in moves else None
        said = self.said(path, "subject", text.subject, typed) | self.said(path, "text", text.text, typed)
        return Notice(
            key,
            text.subject,
            text.text,
            event,
            text.every_days,
            text.during,
            self.roles((*path, "to"), text.to),
            text.via,
            self.condition((*path, "when"), text.when),
            tuple(sorted(said)),
        )

    def said(self, path: Path, name: str, words: Words, input: Form | None) -> set[str]:
        """Return the names between braces, the same in both languages and each known."""
        values = {**self.values, **(facts.form_values(input, "input") if input else {})}
        found: dict[str, set[str]] = {}
        for language in ("id", "en"):
            at: Path = (*path, name, language)
            try:
                parts = [part for _t, part, _f, _c in Formatter().parse(getattr(words, language)) if part]
            except ValueError:
                self.fault(at, _("Kurung kurawalnya tidak lengkap."), _("Tulis seperti {number}."))
                return set()
            found[language] = set(parts)
            for part in found[language] - facts.WORDS:
                self.word(at, part, values)
        if found["id"] != found["en"]:
            said = ", ".join(sorted(found["id"] ^ found["en"]))
            wrong = _("Isian kedua bahasa berbeda: %(names)s.") % {"names": said}
            self.fault((*path, name), wrong, _("Pakai isian yang sama dalam bahasa Indonesia dan Inggris."))
        return found["id"] | found["en"]

    def word(self, at: Path, part: str, values: Mapping[str, facts.Value]) -> None:
        name, _bar, transform = part.partition("|")
        if not self.known(at, name, (*sorted(facts.WORDS), *values), _("isian templat")):
            return
        try:
            chosen = Transform(transform or "none")
        except ValueError:
            self.known(at, transform, list(Transform), _("penyamaran"))
            return
        if wrong := fault_of_leaving(values[name], chosen, is_public=False):
            self.fault(at, *wrong)

    def documents(self) -> dict[str, Letter]:
        found: dict[str, Letter] = {}
        for key, one in self.written.documents.items():
            path: Path = ("documents", key)
            for number, value in enumerate(one.says):
                self.known((*path, "says", number), value, self.values, _("nilai"))
            if one.signed_by:
                self.known((*path, "signed_by"), one.signed_by, self.written.roles, _("peran"))
            found[key] = Letter(key, one.title, one.template, one.signed_by or "", one.says)
        return found

    def shown(self, path: Path, text: ShownText, *, is_public: bool) -> Shown:
        kind: Kind | Shape = Kind.TEXT
        if self.known((*path, "value"), text.value, self.values, _("nilai")):
            value = self.values[text.value]
            kind = value.kind
            if wrong := fault_of_leaving(value, Transform(text.transform), is_public=is_public):
                place: Path = (*path, "transform" if text.transform != "none" else "value")
                self.fault(place, *wrong)
        return Shown(text.value, text.name, text.meaning, kind, Transform(text.transform))

    def all_shown(self, path: Path, texts: Iterable[ShownText], *, is_public: bool) -> tuple[Shown, ...]:
        found: list[Shown] = []
        for number, one in enumerate(texts):
            if any(one.name == known.name for known in found):
                wrong = _("Nama “%(name)s” dipakai dua kali.") % {"name": one.name}
                self.fault((*path, number, "name"), wrong, _("Beri tiap nilai namanya sendiri."))
            found.append(self.shown((*path, number), one, is_public=is_public))
        return tuple(found)

    def face(self, name: str, text: FaceText | None) -> Face | None:
        if text is None:
            return None
        path: Path = ("publication", name)
        hide = self.condition((*path, "hide_when"), text.hide_when)
        return Face(self.all_shown((*path, "show"), text.show, is_public=True), hide)

    def publication(self) -> Publication:
        text = self.written.publication
        tracking = None
        if text.tracking:
            # Who has number and PIN may be anybody who found the slip of paper.
            path: Path = ("publication", "tracking", "show")
            tracking = Face(self.all_shown(path, text.tracking.show, is_public=False))
        return Publication(
            tracking, self.face("map", text.map), self.face("open311", text.open311), self.dataset()
        )

    def dataset(self) -> PublishedDataset | None:
        text = self.written.publication.dataset
        if text is None:
            return None
        path: Path = ("publication", "dataset")
        columns = self.all_shown((*path, "columns"), text.columns, is_public=True)
        counts = text.small_counts
        for number, name in enumerate(counts.by if counts else ()):
            at: Path = (*path, "small_counts", "by", number)
            self.known(at, name, [column.name for column in columns], _("kolom"))
        return PublishedDataset(
            text.code,
            text.title,
            text.licence,
            text.frequency,
            text.delay_days,
            columns,
            counts.least if counts else 0,
            counts.by if counts else (),
            self.condition((*path, "hide_when"), text.hide_when),
        )

    def hiding(self) -> tuple[Hiding, ...]:
        found: list[Hiding] = []
        for number, one in enumerate(self.written.hiding):
            path: Path = ("hiding", number)
            for n, name in enumerate(one.hidden_from):
                self.known((*path, "from", n), name, (PUBLIC, *self.written.roles), _("peran"))
            for n, name in enumerate(one.fields):
                if not any(value == name or value.startswith(f"{name}.") for value in self.values):
                    self.known((*path, "fields", n), name, self.values, _("nilai"))
            when = self.condition((*path, "when"), one.when)
            found.append(Hiding(one.hidden_from, one.because, when, one.fields))
        return tuple(found)

    # Numbers, filing, routing, search.

    def series(self) -> Series:
        text = self.written.number
        path: Path = ("number", "pattern")
        right = _("Tulis seperti ADU-{yyyy}{mm}-{seq:06}.")
        try:
            parts = [part for _t, part, _f, _c in Formatter().parse(text.pattern) if part is not None]
            text.pattern.format(yyyy="2026", mm="08", seq=1)
        except (ValueError, KeyError, IndexError):
            self.fault(path, _("Pola nomor salah."), right)
            return Series("{seq}", "ever")
        needed = {
            "seq",
            *({"yyyy", "mm"} if text.scope == "month" else {"yyyy"} if text.scope == "year" else ()),
        }
        if not needed <= set(parts):
            wrong = _("Pola nomor tidak memuat %(names)s, jadi nomornya dapat terulang.") % {
                "names": ", ".join(sorted(needed - set(parts)))
            }
            self.fault(path, wrong, right)
        return Series(text.pattern, text.scope)

    def filing(self) -> Filing:
        text = self.written.filing
        path: Path = ("filing",)
        guard = self.condition((*path, "guard"), text.guard)
        if text.guard and not text.because:
            right = _("Tulis because: kalimat yang dibaca orang bila belum boleh.")
            self.fault((*path, "guard"), _("Syarat pengajuan tanpa penjelasan."), right)
        fields = {key for step in self.written.form.steps for key in _ids(step.fields)}
        same = None
        if (found := text.duplicates) is not None:
            for name in ("same", "text"):
                for number, one in enumerate(getattr(found, name)):
                    self.known((*path, "duplicates", name, number), one, sorted(fields), _("isian"))
            if found.place is not None:
                place = self.values.get(f"form.{found.place}")
                if place is None or place.type is not Type.POINT:
                    wrong = _("“%(name)s” bukan isian titik.") % {"name": found.place}
                    self.fault((*path, "duplicates", "place"), wrong, _("Sebut isian berjenis point."))
            same = Duplicates(found.same, found.place or "", found.within_m or 0, found.text, found.days)
        return Filing(
            self.roles((*path, "by"), text.by),
            text.channels,
            text.without_account,
            text.per_contact_per_day,
            text.per_address_per_hour,
            guard,
            text.because,
            same,
        )

    def routing(self) -> tuple[Route, ...]:
        found: list[Route] = []
        texts = self.written.routing
        for number, one in enumerate(texts):
            path: Path = ("routing", number)
            said = [name for name in ("office", "column", "place", "least_loaded") if getattr(one, name)]
            if len(said) != 1:
                right = _("Tulis tepat satu dari office, column, place, least_loaded.")
                self.fault(path, _("Tujuan tidak jelas."), right)
            if one.when and number == len(texts) - 1:
                wrong = _("Tujuan terakhir bersyarat, jadi ada berkas tanpa tujuan.")
                self.fault((*path, "when"), wrong, _("Tambahkan tujuan terakhir tanpa “when”."))
            if not one.when and number < len(texts) - 1:
                wrong = _("Tujuan sesudah ini tidak pernah dipakai.")
                self.fault(path, wrong, _("Beri “when”, atau pindahkan ke akhir."))
            if one.office:
                self.office((*path, "office"), one.office)
            for n, code in enumerate(one.least_loaded):
                self.office((*path, "least_loaded", n), code)
            column = None
            if one.column:
                column = self.route_column((*path, "column"), one.column)
            when = self.condition((*path, "when"), one.when)
            found.append(
                Route(one.because, when, one.office or "", column, one.place or "", one.least_loaded)
            )
        return tuple(found)

    def route_column(self, path: Path, text: str) -> tuple[str, str]:
        lookup, _dot, name = text.partition(".")
        if self.known(path, lookup, self.tables, _("tabel pada lookups")):
            known = self.tables[lookup]
            names = [column.name for column in known.file.columns]
            if self.known(path, name, names, _("kolom tabel")):
                for code in sorted({str(row.values[name]) for row in known.rows if row.values[name]}):
                    self.office(path, code)
        return lookup, name

    def search(self) -> tuple[str, ...]:
        for number, name in enumerate(self.written.search):
            self.known(("search", number), f"form.{name}", self.values, _("isian"))
        return self.written.search

    def suggest(self, form: Form) -> Suggest | None:
        text = self.written.suggest
        if text is None:
            return None
        self.known(("suggest", "field"), text.field, form.items, _("isian"))
        for number, one in enumerate(text.text):
            self.known(("suggest", "text", number), one, form.items, _("isian"))
        known = self.table(("suggest", "table"), text.table)
        names = [column.name for column in known.file.columns] if known else list(text.words)
        for number, one in enumerate(text.words):
            self.known(("suggest", "words", number), one, names, _("kolom tabel"))
        return Suggest(text.field, text.text, text.table, text.words)

    def upgrades(self) -> tuple[Upgrade, ...]:
        found: list[Upgrade] = []
        fields = {key for step in self.written.form.steps for key in _ids(step.fields)}
        for number, one in enumerate(self.written.upgrades):
            path: Path = ("upgrades", number)
            if one.version >= self.written.version:
                wrong = _("Pemindahan berasal dari versi yang lebih lama.")
                self.fault((*path, "version"), wrong, _("Tulis versi sebelum versi ini."))
            for old, new in one.states.items():
                self.known((*path, "states", old), new, self.written.states, _("status"))
            for old, new in one.fields.items():
                self.known((*path, "fields", old), new, sorted(fields), _("isian"))
            found.append(Upgrade(one.version, one.states, one.fields))
        return tuple(found)

    # Tests.

    def tests(self, moves: Mapping[str, Move]) -> tuple[Test, ...]:
        return tuple(self.test(("tests", number), one) for number, one in enumerate(self.written.tests))

    def test(self, path: Path, text: TestText) -> Test:
        written = self.written
        self.known((*path, "by"), text.by, written.roles, _("peran"))
        then = text.then
        if then.state is not None:
            self.known((*path, "then", "state"), then.state, written.states, _("status"))
        for name in ("due", "clocks", "used", "limit"):
            for clock in getattr(then, name):
                self.known((*path, "then", name, clock), clock, written.clocks, _("hitungan waktu"))
        for name in ("refused", "allowed"):
            for number, (move, role) in enumerate(getattr(then, name)):
                self.known((*path, "then", name, number), move, written.moves, _("langkah"))
                self.known((*path, "then", name, number), role, written.roles, _("peran"))
        for number, notice in enumerate(then.notices):
            self.known((*path, "then", "notices", number), notice, written.notices, _("templat"))
        steps = tuple(self.step((*path, "steps", n), one) for n, one in enumerate(text.steps))
        expected = {name: getattr(then, name) for name in then.model_fields_set}
        return Test(
            text.name,
            _instant(text.at),
            text.by,
            text.person or text.by,
            text.channel,
            dict(text.answers),
            text.region,
            steps,
            expected,
        )

    def step(self, path: Path, text: StepOfTest) -> TestStep:
        if sum(one is not None for one in (text.move, text.task, text.wait_until)) != 1:
            right = _("Tulis tepat satu dari move, task, wait_until.")
            self.fault(path, _("Langkah uji ini tidak jelas."), right)
        if text.move is not None:
            self.known((*path, "move"), text.move, self.written.moves, _("langkah"))
        if text.task is not None:
            self.known((*path, "task"), text.task, self.written.tasks, _("tugas"))
        if text.wait_until is None:
            if text.by is None:
                self.fault(path, _("Langkah uji tanpa pelaku."), _("Tulis by: peran yang melakukannya."))
            else:
                self.known((*path, "by"), text.by, self.written.roles, _("peran"))
        return TestStep(
            _instant(text.at) if text.at else None,
            text.move or "",
            text.task or "",
            text.result,
            text.office or "",
            text.by or "",
            text.person or text.by or "",
            dict(text.input),
            text.offices,
            _instant(text.wait_until) if text.wait_until else None,
        )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _ids(entries: Iterable[Any]) -> Iterable[str]:
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
