"""Reads number series, filing, routing, search, upgrades, and the tests inside the file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from string import Formatter

from django.utils.translation import gettext as _

from balai.definitions.reader import Path
from balai.forms.rules import Form, Type
from balai.services.rules.definition import (
    AT,
    Duplicates,
    Filing,
    Move,
    Route,
    Series,
    Suggest,
    Test,
    TestStep,
    Upgrade,
)
from balai.services.rules.reading.base import ids
from balai.services.rules.reading.speech import Speech
from balai.services.rules.written import (
    StepOfTest,
    TestText,
)


@dataclass
class Desk(Speech):
    """How cases come in and go round, and the stories that prove it."""

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
        fields = {key for step in self.written.form.steps for key in ids(step.fields)}
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
        fields = {key for step in self.written.form.steps for key in ids(step.fields)}
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
                name_of, sign, _office = clock.partition(AT)
                there = written.tasks if sign else written.clocks
                self.known((*path, "then", name, clock), name_of, there, _("hitungan waktu"))
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
