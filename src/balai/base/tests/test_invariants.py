"""The invariants are counted from the tables when asked, and say what is wrong."""

import json
from collections.abc import Iterator
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from balai.base import guards, invariants, journal, tenancy, tenants
from balai.base.actor import Actor
from balai.people.models import Account, Membership, Office

pytestmark = pytest.mark.django_db

ASKED_FOR = {
    "audit_breaks", "orphan_files", "cross_tenant_rows", "illegal_transitions", "duplicate_receipts",
    "ledger_sum", "unbalanced_entries", "submissions_without_case", "cases_without_submission",
    "duplicate_cases", "observations_lost", "paid_bills_without_payment", "payments_posted_twice",
    "cases", "payments", "observations", "audit_length",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _tenants() -> Iterator[None]:
    before = list(tenants._sources)
    tenants.provide(lambda: ["00", "35.73", "35.07"])
    yield
    tenants._sources[:] = before


def _seat(office_of: str, seat_in: str) -> None:
    """Give an account a seat in `seat_in` at an office of `office_of`, as a faulty program could."""
    with tenancy.scope(office_of):
        office = Office.objects.create(code="x", name="Dinas")
    account = Account.objects.create(email=f"{office_of}@example.id", name="Budi")
    with tenancy.scope(seat_in):
        Membership.objects.create(account=account, office_id=office.pk, from_on=date(2026, 1, 1))


def test_the_last_line_is_one_object_with_everything_asked_for() -> None:
    out = StringIO()
    call_command("invariants", "--json", stdout=out)
    told = json.loads(out.getvalue().splitlines()[-1])
    assert set(told) >= ASKED_FOR
    assert invariants.broken(told) == {}


def test_what_is_not_built_yet_is_told_as_zero() -> None:
    assert {invariants.values()[name] for name in invariants.NOT_BUILT_YET} == {0}


def test_nothing_is_declared_both_as_missing_and_as_counted() -> None:
    assert not set(invariants.NOT_BUILT_YET) & {*invariants._invariants, *invariants._counts}


def test_the_audit_length_is_that_of_all_tenants() -> None:
    for tenant in ("35.73", "35.07"):
        with tenancy.scope(tenant), transaction.atomic():
            journal.write(Actor("b", "Budi", tenant), "plan.report", Office(code="x", name="x"))
    assert invariants.values()["audit_length"] == 2


@pytest.mark.parametrize(
    ("office_of", "seat_in", "count"),
    [
        ("35.73", "35.73", 0),  # its own
        ("00", "35.73", 0),  # a part of what the nation owns
        ("35.07", "35.73", 1),  # a neighbour's
        ("35.73", "00", 1),  # the nation refers to a region's row
    ],
)
def test_a_row_that_refers_to_another_tenant_is_counted(office_of: str, seat_in: str, count: int) -> None:
    _seat(office_of, seat_in)
    assert invariants.values()["cross_tenant_rows"] == count


def test_a_reference_to_nothing_is_counted() -> None:
    _seat("35.73", "35.73")
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL keeps references whole by itself")
    with connection.cursor() as cursor, connection.constraint_checks_disabled():
        cursor.execute("DELETE FROM people_office")
        assert invariants.values()["cross_tenant_rows"] == 1
        cursor.execute("DELETE FROM people_membership")


def test_the_command_fails_and_names_what_is_broken() -> None:
    _seat("35.07", "35.73")
    out = StringIO()
    with pytest.raises(CommandError, match="cross_tenant_rows"):
        call_command("invariants", stdout=out)
    assert "cross_tenant_rows  ← harus 0" in out.getvalue()


def test_every_table_of_tenants_is_looked_at() -> None:
    looked_at = {model for model, _field in invariants._references()}
    assert looked_at <= set(guards.tenant_models())
    assert {Membership, Office} <= looked_at
