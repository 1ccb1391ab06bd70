"""Records of One Data for the tests of computed progress: visits to clinics, and the share of them served."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import LazySettings

from balai.data.tests import measuring as visits
from balai.plan import changes
from balai.plan.measuring import computer
from balai.plan.models import Action, Report
from balai.plan.tests.town import NOW, Town

INDICATOR = "served"
PERCENT: dict[str, Any] = {"unit": "persen", "indicator": "kunjungan terlayani"}


@dataclass
class Records:
    """The visits of a town, its files of definitions, and how long after NOW the last were published."""

    files: visits.Files
    days: int = 0

    def publish(self, served: int, of: int, **changed: Any) -> None:
        """Publish `of` visits of which `served` were served, a day after the last, and measure them."""
        self.rows([visits.visit(n, is_served=n <= served, **changed) for n in range(1, of + 1)])

    def rows(self, rows: Iterable[Any]) -> None:
        self.days += 1
        visits.publish(list(rows), at=NOW + timedelta(days=self.days))
        visits.measured(INDICATOR, later=self.days)

    @property
    def now(self) -> datetime:
        return NOW + timedelta(days=self.days)

    def take_over(self) -> int:
        return changes.take_over(computer(), INDICATOR, at=self.now)


def kept(settings: LazySettings, folder: Path) -> Records:
    """Give the town an indicator over records of its own, and a folder for them."""
    settings.DATA = folder
    return Records(visits.written(settings, folder / "definitions"))


def tied(town: Town, code: str = "T1", **changed: Any) -> Action:
    """Add an action to the draft that is tied to the indicator; its target of 2026 is 80 percent."""
    targets = {2025: Decimal(50), 2026: Decimal(80)}
    return town.action(code, **{"measured_by": INDICATOR, "targets": targets, **PERCENT, **changed})


def entries(action: Action) -> list[tuple[str, Any, bool]]:
    """Return (kind, value, stands) of the entries of an action, the oldest first."""
    rows = Report.objects.filter(action=action).order_by("year", "period__number", "entry")
    return [(row.kind, row.value, row.stands) for row in rows]
