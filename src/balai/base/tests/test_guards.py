"""What the database itself refuses: rewriting history, and an application above its rights."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from balai.base import guards, journal
from balai.base.actor import Actor
from balai.base.journal import JournalEntry
from balai.base.numbers import NumberSeries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("malang")]
ROLE = "pg_monitor"
"""A role every PostgreSQL has, to stand in for the application's: tests may not make roles."""


@pytest.fixture
def entry() -> JournalEntry:
    series = NumberSeries.objects.create(code="surat", year="2026")
    journal.write(Actor("budi", "Budi", "35.73"), "letters.number", series)
    return JournalEntry.objects.get()


@pytest.mark.parametrize("act", ["UPDATE base_journalentry SET verb = 'x'", "DELETE FROM base_journalentry"])
def test_history_is_not_rewritten_even_by_sql_of_ones_own(act: str, entry: JournalEntry) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(act)
    assert JournalEntry.objects.get().verb == "letters.number"


def test_every_append_only_table_has_its_guards() -> None:
    tables = {model._meta.db_table for model in guards.append_only_models()}
    assert {
        "base_journalentry",
        "base_seallink",
        "base_seal",
        "base_numbertaken",
        "people_accesslog",
    } <= tables
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'append_only'")
            assert tables == {name for (name,) in cursor.fetchall()}
        else:
            cursor.execute("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' ORDER BY 1")
            assert sorted([*tables, *tables]) == [name for (name,) in cursor.fetchall()]


def test_laying_the_guards_again_changes_nothing(entry: JournalEntry) -> None:
    guards.lay(connection)
    guards.lay(connection)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        JournalEntry.objects.update(at=timezone.now())


def test_the_application_is_granted_rows_but_neither_tables_nor_history() -> None:
    """The role of DATABASE_URL beside the owner of BALAI_OWNER_DATABASE_URL, as `migrate` leaves it."""
    if connection.vendor != "postgresql":
        with pytest.raises(CommandError, match="PostgreSQL"):
            call_command("grant", ROLE)
        return
    call_command("grant", ROLE)
    rows, history = "people_office", {model._meta.db_table for model in guards.append_only_models()}
    assert _rights_on(rows) == {"SELECT", "INSERT", "UPDATE", "DELETE"}
    assert {table: _rights_on(table) for table in history} == {
        table: {"SELECT", "INSERT"} for table in history
    }
    assert _rights_on("site_counts") == {"SELECT", "INSERT", "UPDATE", "DELETE"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_schema_privilege(%s, 'public', 'CREATE')", [ROLE])
        assert cursor.fetchone() == (False,)


def _rights_on(table: str) -> set[str]:
    all_rights = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT right_ FROM unnest(%s::text[]) AS right_ WHERE has_table_privilege(%s, %s, right_)",
            [list(all_rights), ROLE, table],
        )
        return {right for (right,) in cursor.fetchall()}
