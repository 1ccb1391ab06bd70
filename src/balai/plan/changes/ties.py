"""Tying an action to an indicator of One Data: from then on its progress is computed, not typed."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Protocol

from django.db import transaction
from django.utils.translation import gettext as _

from balai.base import journal
from balai.base.actor import Actor
from balai.base.errors import Fault, Locked
from balai.data import reads as data
from balai.plan.changes import checks
from balai.plan.changes.locking import Key, locked, same_version
from balai.plan.changes.standing import let_stand
from balai.plan.models import Action, Masterplan, Target
from balai.plan.rules.ties import counts_in, fits, is_whole
from balai.plan.ties import measure_soon


class Counted(Protocol):
    """What says a unit and a direction: an action, or the draft of one."""

    @property
    def unit(self) -> str: ...

    @property
    def direction(self) -> str: ...


@transaction.atomic
def tie_action(actor: Actor, action: Key, indicator: str, version: int) -> Action:
    """Tie an action to an indicator, or untie it with "", in a draft or in the plan in force.

    What the region promised stays as it is; only how it becomes known changes. What
    was typed or computed before stays readable, and stands until there is newer.

    Args:
        version: the one the actor saw.

    Raises:
        Forbidden, NotFound.
        Locked: the plan was superseded.
        Invalid: there is no such indicator, it counts otherwise, or a target has no number.
        Conflict: somebody else changed the action since.
    """
    row = locked(Action, action)
    actor.require("plan.write", row)
    plan = Masterplan.objects.filter(programmes=row.programme_id).first()
    if plan is None or plan.status == Masterplan.Status.SUPERSEDED:
        raise Locked(_("Rencana induk ini sudah digantikan versi baru; tautkan pada versi yang berlaku."))
    same_version(row, version, {"measured_by": indicator})
    targets = dict(Target.objects.filter(action=row).values_list("year", "value"))
    checks.refuse(tie_faults(actor, indicator, row, targets))
    if row.measured_by == indicator:
        return row
    journal.write(actor, "action.tie", row, code=row.code, measured_by=[row.measured_by, indicator])
    row.measured_by = indicator
    row.version += 1
    row.save(update_fields=["measured_by", "version"])
    for year in targets:
        let_stand(row, year)
    if plan.status == Masterplan.Status.ADOPTED and indicator:
        measure_soon(indicator)
    return row


def tie_faults(
    actor: Actor, indicator: str, counted: Counted, targets: Mapping[int, Decimal | None]
) -> Iterator[Fault]:
    """Yield why an indicator cannot measure an action: unknown, another unit or direction, no numbers."""
    if not indicator:
        return
    found = {row.definition.code: row.definition for row in data.indicators(actor)}
    definition = found.get(indicator)
    if definition is None:
        fitting = sorted(code for code, row in found.items() if fits(counted.unit, counted.direction, row))
        yield Fault(
            "measured_by",
            _("Tidak ada indikator “%(code)s”.") % {"code": indicator},
            _("Yang cocok satuan dan arahnya: %(codes)s.") % {"codes": ", ".join(fitting)}
            if fitting
            else _("Belum ada indikator dengan satuan dan arah rencana aksi ini."),
        )
        return
    if not is_whole(definition):
        yield Fault(
            "measured_by",
            _("Indikator “%(code)s” dihitung menurut %(names)s, jadi tidak punya satu angka untuk daerah.")
            % {"code": indicator, "names": ", ".join(definition.dimensions)},
            _("Pilih indikator dengan satu angka untuk seluruh daerah."),
        )
    if not counts_in(counted.unit, definition):
        yield Fault(
            "measured_by",
            _("Indikator “%(code)s” dihitung dalam %(unit)s, rencana aksi ini dalam %(own)s.")
            % {"code": indicator, "unit": definition.unit, "own": counted.unit},
            _("Pilih indikator dengan satuan yang sama, atau samakan satuan rencana aksinya."),
        )
    if counted.direction != definition.direction:
        yield Fault(
            "measured_by",
            _("Arah indikator “%(code)s” tidak sama dengan arah rencana aksi ini.") % {"code": indicator},
            _("Pilih indikator dengan arah yang sama."),
        )
    empty = [str(year) for year, value in sorted(targets.items()) if value is None]
    if empty:
        yield Fault(
            "measured_by",
            _("Target %(years)s diukur dengan persen fisik, yang tidak dapat dihitung dari indikator.")
            % {"years": ", ".join(empty)},
            _("Isi target angka untuk tahun itu."),
        )
