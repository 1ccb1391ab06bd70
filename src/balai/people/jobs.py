"""What people does by the clock."""

from datetime import datetime, time

from django.contrib.sessions.models import Session

from balai.base import tenancy
from balai.base.schedules import every


@every("people.forget_sessions", at=time(2, 50), tenants=lambda: (tenancy.NATIONAL,))
def forget_sessions(due: str) -> None:
    """Remove sessions that have ended by themselves; those of all cities lie in one table."""
    Session.objects.filter(expire_date__lt=datetime.fromisoformat(due)).delete()
