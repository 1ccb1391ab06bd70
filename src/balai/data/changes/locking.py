"""Datasets taken for a change: locked, of the tenant in scope."""

from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.errors import Conflict, NotFound
from balai.data.models import Dataset


def locked(code: str) -> Dataset:
    """Return the dataset of the tenant in scope, locked until the transaction ends. Raises NotFound."""
    found = Dataset.objects.select_for_update().filter(tenant=tenancy.current_tenant(), code=code).first()
    if found is None:
        raise NotFound(_("Tidak ada set data “%(code)s”.") % {"code": code})
    return found


def same_version(row: Dataset, version: int) -> None:
    """Raise Conflict unless the actor saw the row as it stands."""
    if row.version != version:
        raise Conflict(
            _("Set data ini sudah diubah orang lain. Muat ulang halamannya."),
            {"version": (version, row.version)},
        )
