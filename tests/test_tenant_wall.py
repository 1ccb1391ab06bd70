"""The wall between local governments stands even when our own filter is taken away."""

import pytest
from django.db import DatabaseError, connection, models, transaction

from balai.base import guards, tenancy
from balai.base.rows import TenantModel
from balai.people.models import Office

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.fixture(autouse=True)
def _only_on_postgresql() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("row-level security is PostgreSQL's; the suite runs there in CI")


def _unfiltered(model: type[TenantModel]) -> models.QuerySet[TenantModel]:
    """Return every row the database is willing to show, past our own manager."""
    return models.QuerySet(model)


def test_the_role_is_one_that_row_level_security_binds() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False)


def test_every_tenant_table_forces_row_level_security() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        forced = {name for (name,) in cursor.fetchall()}
    assert {model._meta.db_table for model in guards.tenant_models()} <= forced


def test_without_our_filter_another_tenants_rows_stay_hidden() -> None:
    with tenancy.scope("35.73"):
        Office.objects.create(code="dinkes", name="Dinas Kesehatan")
        assert _unfiltered(Office).count() == 1
    with tenancy.scope("35.07"):
        assert _unfiltered(Office).count() == 0
    with tenancy.scope("00", also=["35.73"]):
        assert _unfiltered(Office).count() == 1
    assert _unfiltered(Office).count() == 0


def test_without_our_filter_another_tenants_rows_cannot_be_changed() -> None:
    with tenancy.scope("35.73"):
        Office.objects.create(code="dinkes", name="Dinas Kesehatan")
    with tenancy.scope("35.07", also=["35.73"]):
        assert _unfiltered(Office).update(name="Milik kami") == 0
        assert _unfiltered(Office)._raw_delete("default") == 0
        with pytest.raises(DatabaseError), transaction.atomic():
            _unfiltered(Office).bulk_create([Office(tenant="35.73", code="x", name="x")])


def test_the_wall_stands_again_after_a_rollback() -> None:
    with tenancy.scope("35.73"):
        Office.objects.create(code="dinkes", name="Dinas Kesehatan")
    with tenancy.scope("35.07"):
        with pytest.raises(ZeroDivisionError), transaction.atomic(), tenancy.scope("35.73"):
            assert _unfiltered(Office).count() == 1
            raise ZeroDivisionError
        assert _unfiltered(Office).count() == 0


def test_an_error_inside_an_inner_scope_leaves_the_connection_usable() -> None:
    with tenancy.scope("35.73"):
        with pytest.raises(DatabaseError), transaction.atomic(), tenancy.scope("35.07"):
            Office.objects.bulk_create([Office(code="x" * 99, name="x")])
        assert _unfiltered(Office).count() == 0
