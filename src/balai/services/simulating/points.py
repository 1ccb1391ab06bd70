"""The QR points of a play: set up once, through the change every officer uses, and called examples."""

from datetime import datetime

from balai.base import tenancy
from balai.base.actor import system
from balai.base.errors import Invalid
from balai.services import changes
from balai.services.models import Point
from balai.services.simulating.people import MARK
from balai.services.simulating.play import Play
from balai.services.verbs import SERVICES_POINTS


def points_of(play: Play, now: datetime) -> tuple[Point, ...]:
    """Return the open QR points of a play in the tenant in scope, those that are missing set up before."""
    tenant = tenancy.current_tenant()
    actor = system("services.play", tenant, SERVICES_POINTS)
    known = {row.label: row for row in Point.objects.filter(tenant=tenant, service=play.service)}
    found = []
    for one in play.qr:
        label = f"{one.label} ({MARK})"
        row = known.get(label)
        if row is None:
            draft = changes.PointDraft(play.service, label, str(one.latitude), str(one.longitude))
            try:
                row = changes.add_point(actor, draft, now)
            except Invalid:
                # Another city offers the service; this place is not its own.
                continue
        if not row.is_shut:
            found.append(row)
    return tuple(found)
