"""A small plan for the tests of this folder: one valid thing of each kind, with one argument changed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.cast import Cast

from balai.base.actor import Actor
from balai.plan import changes
from balai.plan.models import Action, Masterplan, Period, Programme, Report

WIB = ZoneInfo("Asia/Jakarta")
TODAY = date(2026, 4, 20)
NOW = datetime(2026, 4, 20, 9, 0, tzinfo=WIB)

PLAN = changes.MasterplanDraft("35.73", "Rencana Induk Kota Cerdas", 2024, 2028, "Perwal 1/2024")
PROGRAMME = changes.ProgrammeDraft("P1", "Layanan digital")
ACTION = changes.ActionDraft(
    "A1",
    "Layanan daring satu pintu",
    "applications",
    "jumlah layanan daring",
    "layanan",
    (changes.ShareDraft("governance"),),
    {2025: Decimal(10), 2026: Decimal(20)},
)


@dataclass
class Town:
    """Kota Malang with a draft plan of one programme, and its cast."""

    cast: Cast
    plan: Masterplan
    programme: Programme

    @property
    def rini(self) -> Actor:
        return self.cast.rini.actor

    @property
    def budi(self) -> Actor:
        return self.cast.budi.actor

    @property
    def wati(self) -> Actor:
        return self.cast.wati.actor

    @property
    def agus(self) -> Actor:
        return self.cast.agus.actor

    def action(self, code: str = "A1", **changed: Any) -> Action:
        """Add an action of Budi's office to the draft."""
        draft = replace(ACTION, **{"code": code, "owner": self.cast.kominfo.pk, **changed})
        return changes.create_action(self.rini, self.programme.pk, draft)

    def dimensions(self, counts: Mapping[str, tuple[int, int]], **changed: Any) -> dict[Action, bool]:
        """Add `planned` actions to each dimension; return each with whether it is to be done."""
        return {
            self.action(f"{key}-{n}", shares=(changes.ShareDraft(key),), **changed): n < done
            for key, (done, planned) in counts.items()
            for n in range(planned)
        }

    def adopt(self) -> None:
        self.plan = changes.adopt(self.rini, self.plan.pk, TODAY)

    def quarter(self, number: int = 1, year: int = 2026) -> Period:
        return changes.open_year(self.rini, year)[number - 1]

    def reported(
        self, action: Action, value: int | str | None, *, period: Period | None = None, **more: Any
    ) -> Report:
        """Report as Budi and send it."""
        draft = changes.ReportDraft(None if value is None else Decimal(value), **more)
        of = period or self.quarter()
        return changes.report(self.budi, action.pk, of.pk, draft, version=None, at=NOW)

    def verified(self, action: Action, value: int | str | None, **more: Any) -> Report:
        """Report as Budi, verify as Rini."""
        row = self.reported(action, value, **more)
        return changes.verify_report(self.rini, row.pk, version=row.version, at=NOW)


def found(cast: Cast) -> Town:
    """Write the draft of a plan; call within the scope of Kota Malang."""
    rini = cast.rini.actor
    plan = changes.create_masterplan(rini, PLAN)
    return Town(cast, plan, changes.create_programme(rini, plan.pk, PROGRAMME))
