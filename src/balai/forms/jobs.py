"""Work of forms that comes back."""

from datetime import datetime, time

from balai.base import tenancy
from balai.base.actor import system
from balai.base.schedules import every
from balai.forms import changes


@every("forms.prune_drafts", at=time(2, 40))
def prune_drafts(due: str) -> None:
    """Remove unfinished forms whose time is over, with their files."""
    changes.prune(system("forms.prune_drafts", tenancy.current_tenant()), datetime.fromisoformat(due))
