"""Which version a resource id names: that of a dataset the one that stands, that of a version itself."""

from uuid import UUID

from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.errors import NotFound
from balai.data.faces.ckan.shelf import shelf
from balai.data.models import Dataset, DatasetVersion
from balai.data.reads import sight
from balai.data.sidefiles.versions import Facts, facts, facts_of


def facts_named(actor: Actor, key: str) -> tuple[str, Facts]:
    """Return code and facts of the version a resource id, or the code of a dataset, names.

    Raises:
        NotFound: there is none the actor may see, or its rows were given up.
    """
    doc = shelf(actor).find(key)
    if doc:
        with tenancy.widened(tenancy.NATIONAL):
            return doc.name, facts(UUID(doc.version_id))
    row, version = version_named(actor, key)
    return row.code, facts_of(version)


def version_named(actor: Actor, key: str) -> tuple[Dataset, DatasetVersion]:
    """Return a dataset and its version by a resource id, or by the code of the dataset. Raises NotFound."""
    doc = shelf(actor).find(key)
    with tenancy.widened(tenancy.NATIONAL):
        seen = sight.published(actor).select_related("current", "producer")
        if doc:
            row = seen.filter(pk=doc.id).first()
            if row and row.current:
                return row, row.current
        elif (number := uuid_of(key)) and (row := seen.filter(versions__pk=number).first()):
            version = sight.versions(actor, row).filter(pk=number, retired__isnull=True).first()
            if version:
                return row, version
    raise NotFound(_("Tidak ada sumber data “%(key)s”.") % {"key": key[:100]})


def uuid_of(key: str) -> UUID | None:
    """Return a text as an id, None where it is none."""
    try:
        return UUID(key)
    except ValueError:
        return None
