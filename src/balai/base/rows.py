"""The two kinds of table: rows of one tenant, and rows shared by all.

Every model of ours is one or the other; a test refuses a third kind.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, ClassVar, NoReturn, Self

from django.db import models

from balai.base import tenancy
from balai.base.ids import uuid7


class TenantQuerySet[M: "TenantModel"](models.QuerySet[M]):
    """Rows of the tenants in scope to read; of the tenant in scope alone to write.

    PostgreSQL draws the same line by itself; here it is drawn for SQLite too.
    """

    def _written(self) -> Self:
        return self.filter(tenant=tenancy.current_tenant())

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        return super().bulk_create(_of_this_tenant(objs), *args, **kwargs)

    def bulk_update(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> int:
        return super().bulk_update(_of_this_tenant(objs), *args, **kwargs)

    def update(self, **values: Any) -> int:
        if "tenant" in values:
            raise tenancy.WrongTenant(f"a row of {self.model._meta.label} stays with its tenant")
        return super(TenantQuerySet, self._written()).update(**values)

    update.alters_data = True  # type: ignore[attr-defined]

    def delete(self) -> tuple[int, dict[str, int]]:
        return super(TenantQuerySet, self._written()).delete()

    delete.alters_data = True  # type: ignore[attr-defined]

    def get_or_create(self, *args: Any, **kwargs: Any) -> tuple[M, bool]:
        """Look for the row among those of the tenant in scope, as it is there that it would be made."""
        return super(TenantQuerySet, self._written()).get_or_create(*args, **kwargs)

    def update_or_create(self, *args: Any, **kwargs: Any) -> tuple[M, bool]:
        return super(TenantQuerySet, self._written()).update_or_create(*args, **kwargs)

    def raw(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(f"SQL of one's own knows no tenant: ask {self.model._meta.label}.objects instead")


def _of_this_tenant[M: "TenantModel"](rows: Iterable[M]) -> list[M]:
    checked = list(rows)
    for row in checked:
        row.check_tenant()
    return checked


@lru_cache(maxsize=2048)
def _rows_of(
    model: "type[TenantModel]", using: str | None, tenant: str, reads: tuple[str, ...]
) -> TenantQuerySet[Any]:
    """Return all rows of a model in a scope, not asked for yet.

    Every query begins with them; to say it anew each time costs as much as the rest of it.
    """
    rows: TenantQuerySet[Any] = TenantQuerySet(model, using=using)
    return rows.filter(tenant=tenant) if len(reads) == 1 else rows.filter(tenant__in=reads)


class TenantManager[M: "TenantModel"](models.Manager[M]):
    """Finds only rows of the tenants in scope, and raises outside of a scope."""

    def get_queryset(self) -> TenantQuerySet[M]:
        scope = tenancy.current_scope()
        if scope is None:
            raise tenancy.NoTenant(f"{self.model._meta.label} was queried without a tenant in scope")
        return _rows_of(self.model, self._db, scope.tenant, scope.reads).all()


class TenantModel(models.Model):
    """A row that belongs to one local government, for ever.

    Unique constraints and indexes begin with `tenant`. On PostgreSQL the
    database itself hides the rows of other tenants (`balai.base.guards`).
    """

    append_only: ClassVar[bool] = False
    """True: the database refuses UPDATE and DELETE."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.CharField(max_length=16, default=tenancy.current_tenant, editable=False)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def check_tenant(self) -> None:
        if self.tenant != tenancy.current_tenant():
            raise tenancy.WrongTenant(
                f"a row of tenant {self.tenant} cannot be written in the scope of {tenancy.current_tenant()}"
            )

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.check_tenant()
        super().save(*args, **kwargs)

    def _do_update(self, base_qs: models.QuerySet[Self], *args: Any, **kwargs: Any) -> Any:
        # A row read from another tenant and given ours would else be taken over by its key.
        return super()._do_update(base_qs.filter(tenant=self.tenant), *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self.check_tenant()
        return super().delete(*args, **kwargs)


class SharedModel(models.Model):
    """A row that every tenant may read: region codes, accounts, code lists.

    `why_shared` says why it does not belong to a tenant.
    """

    why_shared: ClassVar[str] = ""
    append_only: ClassVar[bool] = False

    class Meta:
        abstract = True
