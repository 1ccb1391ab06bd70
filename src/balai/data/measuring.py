"""Indicators are computed when a version they read arrives, and every night where a definition changed."""

from collections.abc import Iterable
from datetime import datetime, time

from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import jobs, outbox, tenancy, tenants
from balai.base.actor import system
from balai.base.errors import Invalid, Refused
from balai.base.schedules import every
from balai.data import changes
from balai.data.changes.versions import ARRIVED
from balai.data.rules.indicators_files import INDICATORS, datasets_of, is_national
from balai.definitions import load


@outbox.on(ARRIVED)
def _arrived(dataset: str, number: int, version: str) -> None:
    """Ask for every indicator that reads the dataset, once for each tenant that has figures of it."""
    own: list[str] = []
    theirs: list[str] = []
    for code, definition in load(INDICATORS).items():
        if dataset in datasets_of(definition.value):
            (own if _is_here(code) else theirs).append(code)
    reason = _("Set data %(dataset)s versi %(number)d terbit") % {"dataset": dataset, "number": number}
    here = tenancy.current_tenant()
    _ask(here, own, version, reason)
    if here == tenancy.NATIONAL:
        for tenant in tenants.every():
            if tenant != here:
                _ask(tenant, theirs, version, reason)


def _ask(tenant: str, codes: list[str], key: str, reason: str) -> None:
    if codes:
        jobs.later("data.measure", tenant, key=key, indicators=codes, reason=reason)


def _is_here(code: str) -> bool:
    """Say whether the tenant in scope is the one that computes the indicator."""
    national = is_national(load(INDICATORS)[code].value)
    return national == (tenancy.current_tenant() == tenancy.NATIONAL)


@jobs.job("data.measure", in_one_transaction=False)
def measure(indicators: list[str], reason: str) -> None:
    """Compute some indicators of the tenant in scope; one that fails does not keep the others back.

    Raises:
        Unfinished: a reader was stopped; what is done is not done again.
        Invalid: some cannot be computed; each says so on its page too.
    """
    compute(indicators, reason, timezone.now())


def compute(indicators: Iterable[str], reason: str, at: datetime) -> int:
    """Compute indicators for the tenant in scope and return how many were computed. Raises as `measure`."""
    actor = system("data.measure", tenancy.current_tenant(), "data.read", "data.check")
    wrong: list[Refused] = []
    unfinished: list[changes.Unfinished] = []
    codes = [code for code in indicators if _is_here(code)]
    done = 0
    for number, (code, found) in enumerate(changes.measure_all(actor, codes, reason, at=at)):
        jobs.tell(number + 1, len(codes), code)
        if isinstance(found, Refused):
            wrong.append(found)
        elif isinstance(found, changes.Unfinished):
            unfinished.append(found)
        else:
            done += found is not None
    if unfinished:
        raise unfinished[0]
    if wrong:
        raise Invalid([fault for each in wrong for fault in getattr(each, "faults", ())])
    return done


@every("data.measure_nightly", at=time(3, 0), in_one_transaction=False)
def _nightly(due: str) -> None:
    """Make up for what no version announces: a definition that changed, or an event that was lost."""
    compute(load(INDICATORS), _("Pemeriksaan malam"), datetime.fromisoformat(due))
