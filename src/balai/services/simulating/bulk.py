"""Cases by the hundred thousand, for measuring: whole copies of played ones, made by the database itself.

Everything of a played case is copied with it, its clocks, moves, notices and lines of the
journal; ids and numbers are its own. So each copy is as whole as its model, and what must
be true of cases is true of all of them. Where only lists, searches and figures are measured,
closed cases come without their past, which takes nine tenths of the room.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle, islice
from uuid import UUID

from django.db import connection, models, transaction
from django.db.backends.utils import CursorWrapper

from balai.base import tenancy
from balai.base.ids import uuid7
from balai.base.journal import JournalEntry
from balai.base.numbers import NumberSeries, NumberTaken
from balai.services.models import (
    Case,
    CaseClock,
    CaseInput,
    CaseKey,
    CaseMove,
    CaseTask,
    Comment,
    DueChange,
    Follower,
    Notice,
    Rating,
    Route,
)

_AT_ONCE = 20_000
_PAST = (CaseTask, CaseClock, DueChange, Route, Comment, Notice, Rating, Follower)
_KIND = Case._meta.label_lower


def multiply(code: str, wanted: int, say: Callable[[str], object], *, with_past: bool = True) -> int:
    """Copy the played cases of a service of the tenant in scope until there are `wanted`; return how many.

    Cases that were merged or opened as a child are no models: what they point at is not copied.

    Args:
        with_past: copy of closed cases too what happened to them; without it only the case and what
            it is found by. Open cases are always whole.
    """
    rows = Case.objects.filter(
        tenant=tenancy.current_tenant(), service=code, is_demo=True, merged_into=None, parent=None
    )
    played = [
        _Model(key, number, with_past or is_open)
        for key, number, is_open in rows.order_by("received_at", "pk").values_list("pk", "number", "is_open")
    ]
    if not played:
        return 0
    there = Case.objects.filter(tenant=tenancy.current_tenant(), service=code).count()
    series = _series(code)
    done = 0
    copies = islice(cycle(played), max(wanted - there, 0))
    while batch := list(islice(copies, _AT_ONCE)):
        with transaction.atomic():
            _copy(batch, series)
        done += len(batch)
        say(f"{there + done} berkas")
    return done


def _series(code: str) -> dict[str, NumberSeries]:
    """Return the number series of a service by what stands before the running number."""
    found: dict[str, NumberSeries] = {}
    for one in NumberSeries.objects.filter(code__startswith=f"services/{code}/"):
        first = NumberTaken.objects.filter(series=one, kind=_KIND).order_by("number").first()
        number = Case.objects.filter(pk=first.thing).values_list("number", flat=True).first() if first else ""
        found[_head(number or "")] = one
    return found


def _head(number: str) -> str:
    return number.rstrip("0123456789")


@dataclass(frozen=True)
class _Model:
    """A played case, and whether what happened to it is copied with it."""

    key: UUID
    number: str
    is_whole: bool


@dataclass(frozen=True)
class _Copy:
    """One case to be made: of which, and what it is called."""

    old: UUID
    is_whole: bool
    new: UUID
    head: str
    running: int

    @property
    def number(self) -> str:
        return f"{self.head}{self.running:06}"

    def row(self) -> tuple[str | int, ...]:
        old, new = str(self.old), str(self.new)
        keys = (old, new) if connection.vendor == "postgresql" else (self.old.hex, self.new.hex)
        return (*keys, old, new, self.number, int(self.is_whole))


def _named(batch: list[_Model], series: dict[str, NumberSeries]) -> list[_Copy]:
    found: list[_Copy] = []
    for one in batch:
        head = _head(one.number)
        series[head].last += 1
        found.append(_Copy(one.key, one.is_whole, uuid7(), head, series[head].last))
    return found


def _copy(batch: list[_Model], series: dict[str, NumberSeries]) -> None:
    made = _named(batch, series)
    with connection.cursor() as cursor:
        _lay(cursor)
        cursor.executemany("INSERT INTO copied VALUES (%s, %s, %s, %s, %s, %s)", [one.row() for one in made])
        cursor.execute(
            f"INSERT INTO copied_moves SELECT m.id, {_new_id()}, c.new FROM copied c "  # noqa: S608
            "CROSS JOIN services_casemove m WHERE c.whole = 1 AND m.case_id = c.old AND m.tenant = %s",
            [tenancy.current_tenant()],
        )
        source = "CASE WHEN t.source_key = '' THEN '' ELSE replace(c.text, '-', '') END"
        _insert(cursor, Case, "t.id = c.old", {"id": "c.new", "number": "c.number", "source_key": source})
        _insert(cursor, CaseKey, "t.case_id = c.old", {"id": _new_id(), "case_id": "c.new"})
        for model in _PAST:
            own = {"key": "c.text || substr(t.key, 37)"} if model is Notice else {}
            _insert(
                cursor,
                model,
                "c.whole = 1 AND t.case_id = c.old",
                {"id": _new_id(), "case_id": "c.new", **own},
            )
        new_move = {"id": "c.new", "case_id": "c.new_case"}
        _insert(cursor, CaseMove, "t.id = c.old", new_move, "copied_moves")
        _insert(cursor, CaseInput, "t.move_id = c.old", {"id": _new_id(), "move_id": "c.new"}, "copied_moves")
        told = f"c.whole = 1 AND t.kind = '{_KIND}' AND t.thing = c.old_text"
        _insert(cursor, JournalEntry, told, {"id": _new_id(), "thing": "c.text"})
    for counter in series.values():
        counter.save(update_fields=["last"])
    NumberTaken.objects.bulk_create(
        [
            NumberTaken(series=series[one.head], number=one.running, kind=_KIND, thing=str(one.new))
            for one in made
        ],
        batch_size=2_000,
    )


def _lay(cursor: CursorWrapper) -> None:
    """Make the tables that say which row is copied to which, empty."""
    key = "uuid" if connection.vendor == "postgresql" else "text"
    for table, columns in (
        ("copied", f"old {key}, new {key}, old_text text, text text, number text, whole int"),
        ("copied_moves", f"old {key}, new {key}, new_case {key}"),
    ):
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.execute(f"CREATE TEMPORARY TABLE {table} ({columns})")


def _new_id() -> str:
    """Return SQL for an id of its own for each row, near to those made with it."""
    now = uuid7().hex[:12]
    if connection.vendor == "postgresql":
        return f"('{now}' || substr(replace(gen_random_uuid()::text, '-', ''), 13))::uuid"
    return f"('{now}' || lower(hex(randomblob(10))))"


def _insert(
    cursor: CursorWrapper,
    model: type[models.Model],
    on: str,
    own: dict[str, str],
    table: str = "copied",
) -> None:
    """Copy the rows of a table that belong to what is copied, `own` columns with what is their own.

    The order of the join is told: SQLite would go through the large table for each of the copies.
    """
    columns = [field.column for field in model._meta.local_concrete_fields]
    taken = ", ".join(own.get(str(column), f't."{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    cursor.execute(
        f"INSERT INTO {model._meta.db_table} ({names}) SELECT {taken} FROM {table} c "  # noqa: S608
        f"CROSS JOIN {model._meta.db_table} t WHERE {on} AND t.tenant = %s",
        [tenancy.current_tenant()],
    )
