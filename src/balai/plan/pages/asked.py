"""What the address of a page asks for: the plan, the year, the day."""

from datetime import date

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base.access import actor_of
from balai.base.errors import Fault, Invalid, NotFound
from balai.plan import reads


def today() -> date:
    """Return the local day."""
    return timezone.localdate()


def plan_in_force(request: HttpRequest) -> reads.PlanRow:
    """Return the plan the page is about: `?rencana=`, or the one in force.

    Raises:
        NotFound: there is none the visitor may see.
    """
    asked = request.GET.get("rencana", "")
    rows = reads.masterplans(actor_of(request))
    for row in rows:
        if str(row.id) == asked or (not asked and row.is_in_force):
            return row
    raise NotFound(_("Rencana induk itu tidak ada, atau belum ditetapkan."))


def year_of(request: HttpRequest, plan: reads.PlanRow) -> int:
    """Return the year of `?tahun=`, or this year, or the last of the plan when it has passed.

    Raises:
        Invalid: the year is not a year of the plan.
    """
    asked = request.GET.get("tahun", "")
    if not asked:
        return plan.year_on(today())
    if asked.isdecimal() and int(asked) in plan.years:
        return int(asked)
    raise Invalid(
        [
            Fault(
                _("Tahun"),
                _("“%(year)s” bukan tahun rencana ini.") % {"year": asked[:20]},
                _("Pilih tahun %(first)d sampai %(last)d.")
                % {"first": plan.year_from, "last": plan.last_year},
            )
        ]
    )
