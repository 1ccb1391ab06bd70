"""The numbers of a million cases, written down every few minutes so that a page need not count."""

from datetime import datetime

from balai.base import tenancy
from balai.services.models import PublicCount
from balai.services.reads import figures
from balai.services.reads.definitions import services
from balai.services.reads.public import counted


def count_for_everybody(now: datetime) -> int:
    """Count the cases of every service of the tenant that shows numbers; return how many services.

    What the board of supervisors shows of closed cases is counted with them.

    No line of the journal: nothing is decided here, and each would make every kept page be drawn anew.
    """
    done = 0
    for service in services(now.date()):
        if service.publication.map is None and service.publication.dataset is None:
            continue
        PublicCount.objects.update_or_create(
            tenant=tenancy.current_tenant(),
            service=service.code,
            defaults={"counted_at": now, "figures": counted(service, now)},
        )
        done += 1
    figures.count_closed(tenancy.current_tenant(), now)
    return done
