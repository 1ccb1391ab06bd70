"""What the database itself refuses, whoever asks: other tenants' rows, and rewriting history.

Laid down after every migration, from what the models say, so that a new table
is guarded from its first day: forced row-level security on PostgreSQL for each
`TenantModel`, and triggers against UPDATE and DELETE on both databases for each
model that is `append_only`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from balai.base.rows import TenantModel

_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION balai_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""


def tenant_models() -> Iterator[type[TenantModel]]:
    """Yield every table of tenant data, many-to-many tables of our own included."""
    for model in apps.get_models(include_auto_created=True):
        if issubclass(model, TenantModel) and not model._meta.proxy:
            yield model


def append_only_models() -> Iterator[type[models.Model]]:
    for model in apps.get_models():
        if getattr(model, "append_only", False):
            yield model


def lay(connection: BaseDatabaseWrapper) -> None:
    """Bring the guards of every existing table in line with its model; idempotent."""
    tables = set(connection.introspection.table_names())
    postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for statement in _tenant_guards(tables) if postgres else ():
            cursor.execute(statement)
        for statement in _history_guards(tables, postgres):
            cursor.execute(statement)


def _tenant_guards(tables: set[str]) -> Iterator[str]:
    for model in tenant_models():
        table = model._meta.db_table
        if table not in tables:
            continue
        yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'
        yield f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY'
        yield f'DROP POLICY IF EXISTS tenant_reads ON "{table}"'
        yield f'DROP POLICY IF EXISTS tenant_writes ON "{table}"'
        # A subquery and not `= ANY (array)`: it is hashed once a statement, the array is walked
        # once a row, and for a nation of 515 tenants that took seven eighths of the time. Queries of
        # one tenant name it themselves, so they lose no index.
        yield (
            f'CREATE POLICY tenant_reads ON "{table}" FOR SELECT USING '
            "(tenant IN (SELECT unnest(string_to_array(current_setting('balai.reads', true), ','))))"
        )
        yield (
            f'CREATE POLICY tenant_writes ON "{table}" FOR ALL '
            "USING (tenant = current_setting('balai.tenant', true)) "
            "WITH CHECK (tenant = current_setting('balai.tenant', true))"
        )


def _history_guards(tables: set[str], postgres: bool) -> Iterator[str]:
    if postgres:
        yield _POSTGRES_FUNCTION
    for model in append_only_models():
        table = model._meta.db_table
        if table not in tables:
            continue
        if postgres:
            yield f'DROP TRIGGER IF EXISTS append_only ON "{table}"'
            yield (
                f'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "{table}" '
                "FOR EACH ROW EXECUTE FUNCTION balai_append_only()"
            )
            continue
        for act in ("UPDATE", "DELETE"):
            yield (
                f'CREATE TRIGGER IF NOT EXISTS "{_sqlite_trigger(table, act)}" BEFORE {act} ON "{table}" '
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def _sqlite_trigger(table: str, act: str) -> str:
    return f"{table}_append_only_{act.lower()}"


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Take the append-only triggers away for a while, as an owner of the tables can; for tests."""
    tables = [model._meta.db_table for model in append_only_models()]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for table in tables:
                for act in ("UPDATE", "DELETE"):
                    cursor.execute(f'DROP TRIGGER IF EXISTS "{_sqlite_trigger(table, act)}"')
        else:
            # What waits for the end of the transaction keeps its table from being altered.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in tables:
                cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER append_only')
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                lay(connection)
            else:
                for table in tables:
                    cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER append_only')
