"""Which version a resource id names: that of a dataset the one that stands, that of a version itself."""

from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.errors import NotFound
from balai.data.faces.ckan.index import index, uuid_of
from balai.data.models import Dataset, DatasetVersion
from balai.data.reads import sight
from balai.data.sidefiles.versions import Facts, facts, facts_of


def facts_named(actor: Actor, key: str) -> tuple[str, Facts]:
    """Return code and facts of the version a resource id, or the code of a dataset, names.

    Raises:
        NotFound: there is none the actor may see, or its rows were given up.
    """
    known = index(actor)
    place = known.find(key)
    if place is not None:
        (one,) = known.at([place])
        with tenancy.widened(tenancy.NATIONAL):
            return one.code, facts(one.version)
    row, version = version_named(actor, key)
    return row.code, facts_of(version)


def version_named(actor: Actor, key: str) -> tuple[Dataset, DatasetVersion]:
    """Return a dataset and its version by a resource id, or by the code of the dataset. Raises NotFound."""
    known = index(actor)
    place = known.find(key)
    with tenancy.widened(tenancy.NATIONAL):
        seen = sight.published(actor).select_related("current", "producer")
        if place is not None:
            row = seen.filter(pk=known.at([place])[0].id).first()
            if row and row.current:
                return row, row.current
        elif (number := uuid_of(key)) and (row := seen.filter(versions__pk=number).first()):
            version = sight.versions(actor, row).filter(pk=number, retired__isnull=True).first()
            if version:
                return row, version
    raise NotFound(_("Tidak ada sumber data “%(key)s”.") % {"key": key[:100]})
