"""Cases that belong together: children opened by a move of their parent."""

from datetime import datetime

from django.db import transaction

from balai.base.actor import Actor
from balai.services.changes import filing, telling
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
