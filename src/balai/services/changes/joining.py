"""Cases that belong together: children opened by a move of their parent, and what their end means to it."""

from datetime import datetime

from django.db import transaction

from balai.base.actor import Actor
from balai.base.errors import Refused
from balai.services.changes import filing, moving, telling
from balai.services.models import Case
from balai.services.reads.definitions import service_of
from balai.services.reads.situation import plain_answers


@transaction.atomic
def open_child(actor: Actor, parent: str, service: str, now: datetime) -> Case:
    """Open a case of another service for a part of a case, with the answers both forms ask for; once.

    Raises:
        NotFound: no such service here. Invalid: the child's form asks what the parent does not say.
    """
    row = Case.objects.select_for_update(of=("self",)).get(pk=parent)
    plain = plain_answers(service_of(row), row)
    opened = filing.file_shared(actor, service, plain, f"{row.pk}:{service}", now)
    if opened.is_new:
        child = opened.case
        child.parent = row
        child.is_secret = child.is_secret or row.is_secret
        child.is_protected = child.is_protected or row.hides_applicant
        child.is_public = child.is_public and not child.is_secret
        if not row.is_anonymous:
            child.owner, child.contact = row.owner, telling.contact_of(row).sealed()
        child.filed_by = ""
        child.filed_by_name = ""
        child.save()
    return opened.case


def child_closed(parent: str, service: str, now: datetime) -> bool:
    """Move a parent on once every child it opened in a service is closed; tell whether it moved.

    Where the parent has gone elsewhere meanwhile, or a condition keeps it, it stays for an officer.
    """
    try:
        with transaction.atomic():
            row: Case = Case.objects.select_for_update(of=("self",)).get(pk=parent)
            own = service_of(row)
            then = own.children.get(service, "")
            if not then or row.children.filter(service=service, is_open=True).exists():
                return False
            return moving.fire(own, row, then, now) is not None
    except Refused:
        return False
