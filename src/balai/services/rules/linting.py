"""Looks at a whole service: where a case could get stuck, who could grant themselves, what is late unseen."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from balai.base.errors import Fault
from balai.definitions.reader import Document
from balai.services.rules.definition import (
    PREVIOUS,
    Clock,
    Duty,
    Effect,
    EffectKind,
    EventKind,
    Move,
    Outcome,
    Party,
    Service,
    StateKind,
    Status,
)
from balai.services.rules.examples import failures, shipped_world


def lint(service: Service, document: Document) -> Iterator[Fault]:
    """Yield what is wrong with a service whose parts fit together, each at its line.

    The tests inside the file run last, and only when nothing else is wrong.
    """
    linter = _Linter(service, document)
    found = list(linter.faults())
    yield from found or linter.tests()


@dataclass(frozen=True)
class _Linter:
    service: Service
    document: Document

    def faults(self) -> Iterator[Fault]:
        yield from self.reachable()
        yield from self.ends()
        yield from self.waiting()
        yield from self.silence()
        yield from self.applicants()
        yield from self.two_people()
        yield from self.by_the_system()
        yield from self.promises()
        yield from self.unused()
        yield from self.shown()

    def reachable(self) -> Iterator[Fault]:
        service = self.service
        seen, waiting = {service.initial}, [service.initial]
        while waiting:
            state = waiting.pop()
            for move in service.moves_from[state]:
                for target in service.targets(move, state):
                    if target not in seen:
                        seen.add(target)
                        waiting.append(target)
        for key in service.states:
            if key not in seen:
                wrong = _("Status “%(state)s” tidak pernah tercapai.") % {"state": key}
                right = _("Tambahkan langkah yang menuju ke sana, atau hapus statusnya.")
                yield self.document.fault(("states", key), wrong, right)

    def ends(self) -> Iterator[Fault]:
        """Every open state leads to a closed one."""
        service = self.service
        if not any(state.is_closed for state in service.states.values()):
            right = _("Tulis satu status dengan kind: closed.")
            yield self.document.fault(("states",), _("Layanan ini tidak pernah selesai."), right)
            return
        done = {key for key, state in service.states.items() if state.is_closed}
        while True:
            more = {
                key
                for key in service.states
                if key not in done
                and any(
                    target in done
                    for move in service.moves_from[key]
                    # Who goes back must already have a way out from there.
                    for target in service.targets(move, key)
                )
            }
            if not more:
                break
            done |= more
        for key in service.states:
            if key in done:
                continue
            wrong = (
                _("Berkas pada status “%(state)s” tidak pernah dapat selesai.")
                if service.moves_from[key]
                else _("Status “%(state)s” buntu: tidak ada langkah keluar.")
            ) % {"state": key}
            right = _("Tambahkan langkah menuju status tertutup, atau tulis kind: closed.")
            yield self.document.fault(("states", key), wrong, right)

    def waiting(self) -> Iterator[Fault]:
        """Every waiting state is left by a clock when nobody comes."""
        for key, state in self.service.states.items():
            if state.kind is not StateKind.WAITING:
                continue
            if not state.waits_for:
                wrong = _("Status “%(state)s” menunggu, tetapi tidak menyebut siapa.") % {"state": key}
                yield self.document.fault(("states", key), wrong, _("Tulis waits_for: peran yang ditunggu."))
            if not any(self.leaves(clock, key) for clock in self.service.clocks.values()):
                wrong = _("Status “%(state)s” menunggu tanpa batas waktu.") % {"state": key}
                right = _(
                    "Tambahkan hitungan waktu yang mulai dengan “enter %(state)s” dan pada on_breach "
                    "melakukan (fire) langkah keluar."
                ) % {"state": key}
                yield self.document.fault(("states", key), wrong, right)

    def leaves(self, clock: Clock, state: str) -> bool:
        starts = any(event.kind is EventKind.ENTER and event.of == state for event in clock.starts)
        fired = [self.service.moves[one.of] for one in clock.on_breach if one.kind is EffectKind.FIRE]
        return starts and any(state in move.sources for move in fired)

    def silence(self) -> Iterator[Fault]:
        """What the law makes of an office's silence is done only where the law is named."""
        service = self.service
        for key, clock in service.clocks.items():
            for number, effect in enumerate(clock.on_breach):
                if effect.kind is not EffectKind.FIRE:
                    continue
                move = service.moves[effect.of]
                if self.grants(move) and not (move.deemed and move.law and move.law.article):
                    wrong = _("Langkah “%(move)s” mengabulkan karena lewat waktu, tanpa pasalnya.")
                    right = _("Tulis deemed: true dan law dengan pasal (article) pada langkah itu.")
                    yield self.document.fault(
                        ("clocks", key, "on_breach", number, "fire"), wrong % {"move": move.id}, right
                    )
        for key, move in service.moves.items():
            if move.deemed and not (move.law and move.law.article):
                right = _("Tulis law: dasar hukum yang menyebut pasalnya.")
                yield self.document.fault(
                    ("moves", key, "deemed"), _("Keputusan karena diam tanpa pasal."), right
                )

    def grants(self, move: Move) -> bool:
        return any(
            self.service.states[target].outcome is Outcome.GRANTED
            for source in move.sources
            for target in self.service.targets(move, source)
        )

    def applicants(self) -> Iterator[Fault]:
        applicants = self.service.roles_of(Party.APPLICANT)
        for key, move in self.service.moves.items():
            for number, role in enumerate(move.by):
                if role not in applicants:
                    continue
                if self.grants(move) or move.duty is Duty.APPROVE:
                    wrong = _("Pemohon (“%(role)s”) dapat mengabulkan permohonannya sendiri.")
                    yield self.document.fault(
                        ("moves", key, "by", number),
                        wrong % {"role": role},
                        _("Hapus peran pemohon dari “by”."),
                    )
                elif move.duty is Duty.VERIFY:
                    wrong = _("Pemohon (“%(role)s”) dapat memeriksa permohonannya sendiri.")
                    yield self.document.fault(
                        ("moves", key, "by", number),
                        wrong % {"role": role},
                        _("Hapus peran pemohon dari “by”."),
                    )

    def two_people(self) -> Iterator[Fault]:
        """No role both verifies and approves, unless a law lets one person do both."""
        if self.service.same_person_may is not None:
            return
        verifies = {
            role: move.id
            for move in self.service.moves.values()
            if move.duty is Duty.VERIFY
            for role in move.by
        }
        for key, move in self.service.moves.items():
            if move.duty is not Duty.APPROVE:
                continue
            for number, role in enumerate(move.by):
                if role in verifies:
                    wrong = _("Peran “%(role)s” memeriksa (“%(move)s”) dan juga memutus.") % {
                        "role": role,
                        "move": verifies[role],
                    }
                    right = _("Beri dua peran, atau tulis same_person_may: dasar hukum yang membolehkan.")
                    yield self.document.fault(("moves", key, "by", number), wrong, right)

    def by_the_system(self) -> Iterator[Fault]:
        """A move only the system makes is made by something."""
        service = self.service
        system = service.roles_of(Party.SYSTEM)
        fired = {effect.of for effect in self.effects() if effect.kind is EffectKind.FIRE}
        fired |= {move for task in service.tasks.values() for move in (task.on_all_done, task.on_refused)}
        for key, move in service.moves.items():
            if set(move.by) <= system and key not in fired:
                wrong = _("Langkah “%(move)s” milik sistem, tetapi tidak ada yang melakukannya.") % {
                    "move": key
                }
                yield self.document.fault(
                    ("moves", key, "by"), wrong, _("Sebut pada on_breach sebuah hitungan waktu: fire.")
                )
            if key in fired and move.form and any(field.text.required for _p, field in move.form.fields()):
                wrong = _("Langkah “%(move)s” dilakukan sistem, tetapi meminta isian wajib.") % {"move": key}
                yield self.document.fault(
                    ("moves", key, "ask"), wrong, _("Buat langkah sendiri untuk sistem, tanpa isian wajib.")
                )

    def effects(self) -> Iterator[Effect]:
        for move in self.service.moves.values():
            yield from move.effects
        for clock in self.service.clocks.values():
            yield from (*clock.on_warn, *clock.on_breach)
        for task in self.service.tasks.values():
            yield from (*task.on_warn, *task.on_breach)

    def promises(self) -> Iterator[Fault]:
        """A clock that pauses goes on somewhere, and what runs out does something."""
        for key, clock in self.service.clocks.items():
            if not clock.on_breach:
                wrong = _("Hitungan “%(clock)s” lewat tanpa akibat.") % {"clock": key}
                yield self.document.fault(
                    ("clocks", key), wrong, _("Tulis on_breach: siapa yang diberi tahu.")
                )
            for number, state in enumerate(clock.pauses):
                if self.service.states[state].is_closed:
                    wrong = _("Hitungan tidak dapat berhenti sementara pada status tertutup.")
                    yield self.document.fault(
                        ("clocks", key, "pause", number), wrong, _("Hapus dari “pause”; tulis pada “stop”.")
                    )
        if not self.service.clocks:
            right = _("Tulis “clocks” dengan batas dari standar pelayanan.")
            yield self.document.fault((), _("Layanan ini tidak menjanjikan batas waktu apa pun."), right)

    def unused(self) -> Iterator[Fault]:
        service = self.service
        sent = {effect.notice for effect in self.effects()}
        for key, notice in service.notices.items():
            if not notice.event and not notice.every_days and key not in sent:
                wrong = _("Templat “%(notice)s” tidak pernah dikirim.") % {"notice": key}
                yield self.document.fault(
                    ("notices", key), wrong, _("Tulis event atau every_days, atau sebut pada sebuah akibat.")
                )
        acting = {role for move in service.moves.values() for role in move.by} | set(service.filing.by)
        acting |= {role for task in service.tasks.values() for role in task.by}
        told = {role for notice in service.notices.values() for role in notice.to}
        told |= {
            effect.of for effect in self.effects() if effect.kind in (EffectKind.NOTIFY, EffectKind.ESCALATE)
        }
        for key in service.roles:
            if key not in acting | told:
                wrong = _("Peran “%(role)s” tidak melakukan apa pun.") % {"role": key}
                yield self.document.fault(
                    ("roles", key), wrong, _("Sebut pada “by” sebuah langkah, atau hapus perannya.")
                )
        done = {effect.of for effect in self.effects() if effect.kind is EffectKind.TASKS}
        for key in service.tasks:
            if key not in done:
                wrong = _("Tugas “%(task)s” tidak pernah dibuka.") % {"task": key}
                yield self.document.fault(
                    ("tasks", key), wrong, _("Tulis tasks: %(task)s pada “do” langkah.") % {"task": key}
                )
        for key, move in service.moves.items():
            if move.target == PREVIOUS and not any(list(service.targets(move, one)) for one in move.sources):
                wrong = _("Langkah “%(move)s” tidak tahu ke mana kembali.") % {"move": key}
                yield self.document.fault(("moves", key, "to"), wrong, _("Tulis status tujuannya."))

    def shown(self) -> Iterator[Fault]:
        """A published service tells its applicant where the case is, and proves itself by tests."""
        service = self.service
        if service.status is not Status.PUBLISHED:
            return
        if not service.tests:
            right = _("Tulis “tests”: cerita dari pengajuan sampai hasilnya.")
            yield self.document.fault(("status",), _("Layanan terbit tanpa uji."), right)
        applicants = service.roles_of(Party.APPLICANT)
        if not any(
            applicants & set(notice.to) and notice.event and notice.event.kind is EventKind.FILED
            for notice in service.notices.values()
        ):
            wrong = _("Pemohon tidak diberi tahu bahwa berkasnya diterima.")
            yield self.document.fault(
                ("notices",), wrong, _("Tulis templat dengan event: filed untuk pemohon.")
            )

    def tests(self) -> Iterator[Fault]:
        service = self.service
        if not service.tests:
            return
        world = shipped_world(service)
        for number, test in enumerate(service.tests):
            for path, wrong in failures(service, test, world):
                told = _("Uji “%(name)s” gagal: %(wrong)s") % {"name": test.name, "wrong": wrong}
                right = _("Betulkan aturannya, atau ujinya bila aturannya memang begitu.")
                yield self.document.fault(("tests", number, *path), told, right)
