"""The two kinds of table: rows of one tenant, and rows shared by all.

Every model of ours is one or the other; a test refuses a third kind.
"""

from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.db import models

from balai.base import tenancy
from balai.base.ids import uuid7


class TenantQuerySet[M: "TenantModel"](models.QuerySet[M]):
    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        rows = list(objs)
        for row in rows:
            row.check_tenant()
        return super().bulk_create(rows, *args, **kwargs)


class TenantManager[M: "TenantModel"](models.Manager[M]):
    """Finds only rows of the tenants in scope, and raises outside of a scope."""

    def get_queryset(self) -> TenantQuerySet[M]:
        scope = tenancy.current_scope()
        if scope is None:
            raise tenancy.NoTenant(f"{self.model._meta.label} was queried without a tenant in scope")
        rows: TenantQuerySet[M] = TenantQuerySet(self.model, using=self._db)
        if len(scope.reads) == 1:
            return rows.filter(tenant=scope.tenant)
        return rows.filter(tenant__in=scope.reads)


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
