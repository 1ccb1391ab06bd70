"""What was reported of one illustrated action: on time, late, returned, still, or nothing at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zlib import crc32

from django.utils import timezone

from balai.base.actor import Actor
from balai.base.files import StoredFile
from balai.base.journal import Act
from balai.plan.demo.facts import Batch
from balai.plan.models import Action, Evidence, Period, Report
from balai.plan.rules import moves

_COURSES = ("ahead", "steady", "late", "ahead", "waiting", "returned", "short", "ahead", "silent", "still")
"""How the running year goes; each action takes the next one."""

_NOTE = "Contoh laporan; angka ini bukan data resmi."
_REASON = "Contoh: bukti dukung belum sesuai masa laporan. Mohon dilengkapi."


@dataclass(frozen=True)
class Line:
    """An action, its place in the table, targets by year (None: by physical percent), yearly money."""

    action: Action
    at: int
    targets: Mapping[int, Decimal | None]
    budget: int

    @property
    def course(self) -> str:
        return _COURSES[(self.at + _lot(self.action.tenant)) % len(_COURSES)]

    def pace(self, year: int) -> Decimal:
        """Return how much of a year's way is made by its end: 1 reaches the target."""
        if year == max(self.targets):
            return {"ahead": Decimal("1.4"), "short": Decimal("0.6"), "still": Decimal("0.3")}.get(
                self.course, Decimal(1)
            )
        misses = _lot(f"{self.action.tenant} {self.action.code} {year}") % 6 == 0
        return Decimal("0.8") if misses else Decimal(1)

    def value(self, period: Period) -> Decimal | None:
        """Return what is reached by the end of a period, whole, between the target before and this year's."""
        goal = self.targets[period.year]
        if goal is None:
            return None
        start = self.targets.get(period.year - 1) or self.action.baseline or Decimal(0)
        quarters = min(period.number, 2) if self.is_still(period) else period.number
        return (start + (goal - start) * quarters * self.pace(period.year) / 4).to_integral_value()

    def physical(self, period: Period) -> Decimal:
        return min(Decimal(25) * period.number * self.pace(period.year), Decimal(100)).quantize(
            Decimal("0.01")
        )

    def spent(self, period: Period) -> int:
        share = min(self.pace(period.year), Decimal(1)) * (Decimal("0.2") if self.is_still(period) else 1)
        return int(self.budget * period.number * share * 24 / 100)

    def is_still(self, period: Period) -> bool:
        return self.course == "still" and period.year == max(self.targets)


@dataclass
class History:
    """Writes reports of an action into a batch, with the acts that led to their state."""

    batch: Batch
    reporter: Actor
    verifier: Actor
    today: date

    def write(
        self, line: Line, periods: Sequence[Period], papers: Sequence[StoredFile]
    ) -> Mapping[int, int | None]:
        """Write the reports of periods that have ended; return year → what was spent by then, None unsaid."""
        ended = [period for period in periods if period.ends_on < self.today]
        latest = ended[-1] if ended else None
        spent: dict[int, int | None] = {}
        for year in line.targets:
            own = [period for period in ended if period.year == year and self._reports(line, period, latest)]
            reports = [self._report(line, period, period is latest) for period in own]
            verified = [report for report in reports if report.status == Report.Status.VERIFIED]
            if verified:
                verified[-1].stands = True
                spent[year] = verified[-1].spent
            for report in reports:
                self._tell(report, line)
                if report is reports[-1] or report.stands:
                    self._evidence(report, papers)
        return spent

    def _reports(self, line: Line, period: Period, latest: Period | None) -> bool:
        if period.year == min(line.targets):
            return period.number % 2 == 0
        if period.year < max(line.targets):
            return True
        if line.course == "silent":
            return False
        return not (line.course == "late" and period is latest)

    def _report(self, line: Line, period: Period, is_latest: bool) -> Report:
        is_running = is_latest and period.year == max(line.targets)
        status = Report.Status.VERIFIED
        if is_running and line.course == "waiting":
            status = Report.Status.SUBMITTED
        elif is_running and line.course == "returned":
            status = Report.Status.RETURNED
        reported = min(period.due_on - timedelta(days=2 + line.at % 4), self.today - timedelta(days=1))
        is_verified = status == Report.Status.VERIFIED
        return Report(
            action=line.action,
            period=period,
            year=period.year,
            value=line.value(period),
            physical_percent=line.physical(period),
            spent=line.spent(period),
            note=_NOTE,
            status=status,
            reason=_REASON if status == Report.Status.RETURNED else "",
            reported_by=self.reporter.name,
            reporter_id_text=self.reporter.id,
            reported_at=_at(reported, 9),
            verified_by=self.verifier.name if is_verified else "",
            verifier_id_text=self.verifier.id if is_verified else "",
            verified_at=_at(min(reported + timedelta(days=2), self.today), 8) if is_verified else None,
            version=2 if status == Report.Status.SUBMITTED else 3,
        )

    def _tell(self, report: Report, line: Line) -> None:
        facts = {"action": line.action.code, "period": report.period.title, "entry": 1}
        self.batch.add(report)
        self.batch.told.append((self.reporter, Act(moves.SAVE, report, facts)))
        self.batch.told.append((self.reporter, Act(moves.SUBMIT, report, {"entry": 1})))
        if report.status == Report.Status.VERIFIED:
            self.batch.told.append((self.verifier, Act(moves.VERIFY, report, {"entry": 1})))
        elif report.status == Report.Status.RETURNED:
            told = Act(moves.RETURN, report, {"entry": 1, "reason": report.reason})
            self.batch.told.append((self.verifier, told))

    def _evidence(self, report: Report, papers: Sequence[StoredFile]) -> None:
        for paper in papers:
            title = "Foto contoh" if paper.media_type.startswith("image/") else "Berita acara contoh"
            self.batch.add(
                Evidence(
                    report=report,
                    title=f"{title} – bukan bukti sebenarnya",
                    dated_on=report.period.ends_on,
                    file=paper,
                )
            )


def _lot(text: str) -> int:
    """Return a number that looks drawn and is the same on every machine."""
    return crc32(text.encode())


def _at(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))
