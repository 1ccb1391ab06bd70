"""Services in a demonstration: a short story of each at once, a longer one told by the worker meanwhile.

The first start of an installation must not wait for hundreds of cases. What is there at
once fills queues and boards; with the rest come datasets, indicators and the plan's figure.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import jobs, tenancy
from balai.base.actor import system
from balai.base.days import CalendarEnds
from balai.base.errors import Conflict, Refused
from balai.services import publishing, reads
from balai.services.models import Case
from balai.services.simulating import play_of, played_services, simulate

AT_ONCE, DAYS_AT_ONCE = 6, 21
"""As many cases as come in on 6 days, spread over 21."""
STORIES, DAYS = 5, 120
"""Told by the worker, a part of the cases each: so there is room for other work between them."""


def load(at: datetime) -> int:
    """Play every service the tenant in scope offers that has a play, once; return how many cases came in."""
    return sum(_load(code, at) for code in _here(at))


def _here(at: datetime) -> list[str]:
    offered = {one.code for one in reads.services(timezone.localtime(at).date())}
    return [code for code in played_services() if code in offered]


def _load(code: str, at: datetime) -> int:
    tenant = tenancy.current_tenant()
    if Case.objects.filter(tenant=tenant, service=code, is_demo=True).exists():
        return 0
    try:
        many = round(play_of(code).per_day * AT_ONCE)
        played = simulate(code, until=at, days=DAYS_AT_ONCE, seed=1, cases=many)
    except CalendarEnds:
        # The holidays of this year are not decreed yet: there is nothing to count with.
        return 0
    for story in range(2, STORIES + 2):
        # Apart from each other, so that the worker does what else there is to do at the first start.
        after = timezone.now() + timedelta(minutes=story - 2)
        key = f"{code}/{story}"
        jobs.later("services.demo_story", tenant, key=key, run_after=after, code=code, story=story)
    return played.filed


@jobs.job("services.demo_story", retries=1, backoff=timedelta(minutes=1), in_one_transaction=False)
def tell_story(code: str, story: int) -> None:
    """Play one more story; after the last one its dataset is published, and what is counted from it counted.

    Raises:
        Conflict: this installation is no demonstration.
    """
    if not settings.OPTIONS.demo:
        raise Conflict(_("Berkas simulasi hanya untuk peragaan."))
    now = timezone.now()
    many = round(play_of(code).per_day * DAYS / STORIES)
    played = simulate(code, until=now, days=DAYS, seed=story, cases=many, gently=True)
    jobs.tell(story - 1, STORIES, f"{code}: {played.filed}")
    if story == STORIES + 1:
        actor = system("services.publish", tenancy.current_tenant(), "data.publish")
        try:
            publishing.publish(actor, code, now)
        except Refused:
            # The nightly publication tells what is wrong; the cases are there.
            return
