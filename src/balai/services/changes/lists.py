"""Lists an officer keeps: queue and filters under a name, for them alone."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from balai.base import journal
from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault, Invalid
from balai.services.models import SavedList
from balai.services.reads import sight
from balai.services.verbs import SERVICES_READ

MOST_LISTS = 30
_LONGEST_NAME, _LONGEST_QUERY = 80, 1000


@transaction.atomic
def save_list(actor: Actor, name: str, query: str, at: datetime) -> SavedList:
    """Keep a list under a name; the same name again is the list as it is now.

    Raises:
        Forbidden. Invalid: no name, or one too long. Conflict: MOST_LISTS are kept already.
    """
    actor.require(SERVICES_READ)
    tidy = " ".join(name.split())
    if not tidy or len(tidy) > _LONGEST_NAME:
        right = _("Tulis nama sampai %(most)d huruf.") % {"most": _LONGEST_NAME}
        raise Invalid([Fault("name", _("Namanya kosong atau terlalu panjang."), right)])
    if len(query) > _LONGEST_QUERY:
        raise Invalid([Fault("query", _("Saringan ini terlalu panjang untuk disimpan."))])
    own = SavedList.objects.filter(tenant=actor.tenant, account=actor.id)
    if not own.filter(name=tidy).exists() and own.count() >= MOST_LISTS:
        raise Conflict(
            _("Sudah ada %(most)d saringan. Hapus satu yang tidak dipakai.") % {"most": MOST_LISTS}
        )
    made: SavedList
    made, _new = SavedList.objects.update_or_create(
        tenant=actor.tenant, account=actor.id, name=tidy, defaults={"query": query, "saved_at": at}
    )
    journal.write(actor, "services.save_list", made)
    return made


@transaction.atomic
def remove_list(actor: Actor, key: sight.Key) -> None:
    """Remove a list of the actor's own. Raises NotFound."""
    row = SavedList.objects.filter(tenant=actor.tenant, account=actor.id, pk=sight.key_of(key)).first()
    if row is None:
        raise sight.not_there()
    journal.write(actor, "services.remove_list", row)
    row.delete()
