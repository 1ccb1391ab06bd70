"""Rows of a tenant are seen and written in its own scope only."""

import threading
from collections.abc import Callable
from contextvars import copy_context

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction

from balai.base import guards, tenancy
from balai.base.rows import TenantManager
from balai.people.models import FormerOfficeName, Office

MALANG, REGENCY, NATION = "35.73", "35.07", tenancy.NATIONAL
pytestmark = pytest.mark.django_db


@pytest.fixture
def health() -> Office:
    """The health office of Kota Malang, which stands in every test below as somebody else's row."""
    with tenancy.scope(MALANG):
        return Office.objects.create(code="dinkes", name="Dinas Kesehatan")


def test_a_query_without_a_tenant_raises() -> None:
    with pytest.raises(tenancy.NoTenant):
        Office.objects.count()


def test_a_row_is_seen_in_its_own_scope_only() -> None:
    with tenancy.scope("35.73"):
        Office.objects.create(code="dinkes", name="Dinas Kesehatan")
        assert Office.objects.count() == 1
    with tenancy.scope("35.07"):
        assert Office.objects.count() == 0
    with tenancy.scope("00", also=["35.73"]):
        assert Office.objects.count() == 1


def test_a_row_of_another_tenant_cannot_be_written() -> None:
    with tenancy.scope("35.73"):
        office = Office.objects.create(code="dinkes", name="Dinas Kesehatan")
    with tenancy.scope("00", also=["35.73"]), pytest.raises(tenancy.WrongTenant):
        office.save()


WAYS_TO_CHANGE: dict[str, Callable[[Office], object]] = {
    "update": lambda office: Office.objects.filter(pk=office.pk).update(name="Milik kami"),
    "update of all": lambda office: Office.objects.update(name="Milik kami"),
    "delete": lambda office: Office.objects.all().delete(),
    "update_or_create": lambda office: Office.objects.update_or_create(
        code="dinkes", defaults={"name": "Milik kami"}
    ),
}


@pytest.mark.parametrize("way", WAYS_TO_CHANGE)
def test_a_change_of_many_rows_leaves_those_that_are_only_readable_alone(way: str, health: Office) -> None:
    with tenancy.scope(REGENCY, also=[MALANG]):
        assert Office.objects.filter(tenant=MALANG).exists()
        WAYS_TO_CHANGE[way](health)
    with tenancy.scope(MALANG):
        assert Office.objects.get().name == "Dinas Kesehatan"


def test_getting_or_making_a_row_finds_no_row_of_another_tenant(health: Office) -> None:
    with tenancy.scope(REGENCY, also=[MALANG]):
        own, made = Office.objects.get_or_create(code="dinkes", defaults={"name": "Dinas Kesehatan"})
        assert made and own.tenant == REGENCY


def test_many_rows_of_another_tenant_cannot_be_saved_at_once(health: Office) -> None:
    with tenancy.scope(REGENCY, also=[MALANG]), pytest.raises(tenancy.WrongTenant):
        Office.objects.bulk_update([health], ["name"])


def test_a_row_stays_with_its_tenant(health: Office) -> None:
    with tenancy.scope(MALANG), pytest.raises(tenancy.WrongTenant):
        Office.objects.update(tenant=REGENCY)


@pytest.mark.parametrize("fields", [None, ["tenant", "name"]])
def test_a_row_read_from_another_tenant_cannot_be_taken_over(
    fields: list[str] | None, health: Office
) -> None:
    with tenancy.scope(REGENCY, also=[MALANG]):
        health.tenant, health.name = REGENCY, "Milik kami"
        with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
            health.save(update_fields=fields)
    with tenancy.scope(MALANG):
        assert Office.objects.get().name == "Dinas Kesehatan"


def test_sql_of_ones_own_is_refused() -> None:
    with tenancy.scope(REGENCY), pytest.raises(TypeError):
        Office.objects.raw("SELECT * FROM people_office")


def test_rows_reached_through_another_row_keep_to_the_scope(health: Office) -> None:
    with tenancy.scope(MALANG):
        part = Office.objects.create(code="pusk", name="Puskesmas", parent=health)
        FormerOfficeName.objects.create(office=health, name="Dinas Lama", to_on="2020-12-31")
        assert health.children.count() == 1
    with tenancy.scope(REGENCY):
        assert health.children.count() == health.former_names.count() == 0
        part = Office(pk=part.pk, parent_id=health.pk)
        with pytest.raises(Office.DoesNotExist):
            part.parent  # noqa: B018
        with pytest.raises(Office.DoesNotExist):
            health.refresh_from_db()


def test_every_tenant_table_is_reached_through_the_manager_that_knows_the_scope() -> None:
    for model in guards.tenant_models():
        assert isinstance(model._default_manager, TenantManager), model
        assert isinstance(model._base_manager, TenantManager), model


def test_no_table_of_ours_is_made_behind_our_back() -> None:
    made = [model for model in apps.get_models(include_auto_created=True) if model._meta.auto_created]
    assert [model._meta.label for model in made if model.__module__.startswith("balai.")] == []


def test_a_new_thread_has_no_scope_until_it_is_given_one(health: Office) -> None:
    seen: list[object] = []
    with tenancy.scope(MALANG):
        threads = [
            threading.Thread(target=lambda: seen.append(tenancy.current_scope())),
            threading.Thread(
                target=copy_context().run, args=(lambda: seen.append(tenancy.current_tenant()),)
            ),
        ]
        for thread in threads:
            thread.start()
            thread.join()
    assert seen == [None, MALANG]


def test_a_scope_ends_when_its_work_fails() -> None:
    with pytest.raises(ZeroDivisionError), tenancy.scope(MALANG), tenancy.scope(REGENCY):
        raise ZeroDivisionError
    assert tenancy.current_scope() is None


def test_the_database_itself_hides_what_a_forgotten_scope_would_show(health: Office) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("row-level security is PostgreSQL's")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM people_office")
        assert cursor.fetchone() == (0,)
        with tenancy.scope(MALANG):
            cursor.execute("SELECT count(*) FROM people_office")
            assert cursor.fetchone() == (1,)
