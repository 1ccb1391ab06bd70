"""Reads states, roles, moves, tasks and clocks."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from balai.base.verbs import verbs
from balai.definitions.reader import Path
from balai.definitions.rules import CellType
from balai.forms.rules import Form
from balai.services.rules.definition import (
    PREVIOUS,
    PUBLIC,
    SAME,
    Clock,
    Duty,
    Effect,
    EffectKind,
    Event,
    EventKind,
    Limit,
    Move,
    Outcome,
    Party,
    Role,
    State,
    StateKind,
    TableLimit,
    Task,
    Unit,
)
from balai.services.rules.reading.base import HERE, Base, event_of, ids
from balai.services.rules.written import (
    ClockText,
    EffectText,
    LimitText,
    MoveText,
    TaskText,
)


@dataclass
class Flow(Base):
    """How a case runs."""

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
            elif text.office not in HERE:
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
        if text.limit and text.limit.when:
            wrong = _("Batas sebuah tugas tidak bersyarat.")
            self.fault((*path, "limit", "when"), wrong, _("Hapus “when”, atau tulis dua tugas."))
        if limit is None and (text.warn_at or text.on_warn or text.on_breach):
            wrong = _("Tugas ini diberi peringatan, tetapi tidak punya batas waktu.")
            self.fault(path, wrong, _("Tulis limit, atau hapus peringatannya."))
        self.warned(path, text.warn_at, text.on_warn)
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
            text.warn_at,
            tuple(self.effect((*path, "on_warn", n), one) for n, one in enumerate(text.on_warn)),
            tuple(self.effect((*path, "on_breach", n), one) for n, one in enumerate(text.on_breach)),
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
                # The other file is looked at by the check between files.
                if text.then is not None:
                    self.fired((*path, "then"), text.then)
        if text.notice is not None:
            self.known((*path, "notice"), text.notice, written.notices, _("templat"))
        if text.after is not None and move is not None:
            self.fault((*path, "after"), _("“after” hanya untuk hitungan waktu."), _("Hapus “after”."))
        if text.then is not None and kind is not EffectKind.CHILD:
            self.fault((*path, "then"), _("“then” hanya untuk berkas turunan."), _("Hapus “then”."))
        return Effect(
            kind,
            of,
            text.notice or "",
            text.from_input or "",
            self.condition((*path, "when"), text.when, input),
            text.after or 0,
            self.law((*path, "law"), text.law) if text.law else None,
            text.then or "",
        )

    def correct(self, path: Path, of: str, source: str | None, input: Form | None) -> None:
        fields = {key for step in self.written.form.steps for key in ids(step.fields)}
        self.known((*path, "correct"), of, sorted(fields), _("isian"))
        if source is None:
            self.fault(path, _("Pembetulan tanpa asal."), _("Tulis from_input: isian langkah ini."))
        else:
            self.known((*path, "from_input"), source, input.items if input else (), _("isian langkah"))

    # Clocks.

    def events(self, path: Path, texts: Iterable[str]) -> tuple[Event, ...]:
        return tuple(self.event((*path, number), text) for number, text in enumerate(texts))

    def event(self, path: Path, text: str) -> Event:
        event = event_of(text)
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
        self.warned(path, text.warn_at, text.on_warn)
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

    def warned(self, path: Path, warn_at: tuple[int, ...], on_warn: tuple[EffectText, ...]) -> None:
        """Check the warnings of a clock or a task."""
        if list(warn_at) != sorted(set(warn_at)):
            self.fault((*path, "warn_at"), _("Persen peringatan tidak berurutan."), _("Urutkan dari kecil."))
        if bool(warn_at) != bool(on_warn):
            wrong = _("“warn_at” dan “on_warn” ditulis bersama.")
            self.fault(path, wrong, _("Tulis keduanya, atau hapus keduanya."))

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
