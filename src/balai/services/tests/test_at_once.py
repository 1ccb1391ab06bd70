"""Several people at one case at the same instant: one of them is first, whatever the database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from tests.cast import MALANG, Cast

from balai.base import guards, tenancy
from balai.base.errors import Conflict
from balai.base.tests.crowd import crowd
from balai.services import changes
from balai.services.models import Case, CaseMove
from balai.services.tests.desk import FILED, REPORT, at, desk, filed, moved


@pytest.fixture
def cleared(transactional_db: None) -> Iterator[None]:
    """Remove what is append-only before the test's database is emptied."""
    yield
    with guards.lifted(connection):
        call_command("flush", interactive=False, verbosity=0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("cleared")
def test_of_two_officers_at_once_one_moves_and_the_other_is_told_who(cast: Cast, tmp_path: Path) -> None:
    with tenancy.scope(MALANG):
        made = desk(cast)
        row = filed(cast.sari.actor).case
        row = moved(made.vera.actor, row, "assign", at("2026-08-19 09:00"))
        budi, wati, when = cast.budi.actor, cast.wati.actor, at("2026-08-19 10:00")
    with crowd(MALANG, tmp_path) as together:
        told = together(
            [
                lambda: changes.move(budi, row.pk, "accept", version=row.version, at=when).case.state,
                lambda: changes.move(wati, row.pk, "accept", version=row.version, at=when).case.state,
            ]
        )
        moves = together([lambda: CaseMove.objects.filter(case=row.pk, move="accept").count()])
    assert moves == [1]
    assert told.count("in_progress") == 1
    (refused,) = (one for one in told if one != "in_progress")
    assert isinstance(refused, Conflict)
    assert "sudah memindahkan berkas ini" in str(refused)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("cleared")
def test_filings_at_once_each_get_a_number_and_the_same_one_only_one(cast: Cast, tmp_path: Path) -> None:
    with tenancy.scope(MALANG):
        desk(cast)
        sari = cast.sari.actor

    def send(key: str) -> str:
        try:
            return changes.file(sari, "sambat", REPORT, changes.Coming("web", key), FILED).case.number
        except Exception:
            # Of two that arrive together the second may be refused; sent again it is told the first.
            return changes.file(sari, "sambat", REPORT, changes.Coming("web", key), FILED).case.number

    with crowd(MALANG, tmp_path) as together:
        same_a, same_b, other = together([lambda: send("a"), lambda: send("a"), lambda: send("b")])
        counted = together([Case.objects.count])
    assert same_a == same_b != other
    assert {same_a, other} == {"ADU-202608-000001", "ADU-202608-000002"}
    assert counted == [2]
