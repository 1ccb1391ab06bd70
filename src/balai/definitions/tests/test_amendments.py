"""A row of the local government: proposed by one, approved by another, in force from its day."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.errors import Conflict, Forbidden, Invalid, NotFound
from balai.base.journal import JournalEntry
from balai.base.tests.crowd import crowd
from balai.definitions import changes, questions, reads
from balai.definitions.changes import Proposal
from balai.definitions.models import TableAmendment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("malang")]


def stale_after(
    days: str = "60", since: date = date(2026, 1, 1), until: date | None = None, **other: Any
) -> Proposal:
    return Proposal(
        **{
            "table": "freshness",
            "key": "report",
            "valid_from": since,
            "valid_to": until,
            "values": {"stale_after_days": days},
            "source": "SE Sekda 1/2026",
            "reason": "Laporan bulanan",
            **other,
        }
    )


def days_on(day: date, tenant: str | None = None) -> object:
    return reads.in_force("freshness", day, "report", tenant).values["stale_after_days"]


def approved(proposal: Proposal, rini: Actor, wati: Actor) -> TableAmendment:
    return changes.approve(wati, changes.propose(rini, proposal).pk)


def test_a_row_is_in_force_once_another_person_approved_it(rini: Actor, wati: Actor) -> None:
    proposed = changes.propose(rini, stale_after())
    assert days_on(date(2026, 6, 1)) == 106
    changes.approve(wati, proposed.pk)
    assert days_on(date(2026, 6, 1)) == 60
    assert days_on(date(2025, 12, 31)) == 106
    told = list(JournalEntry.objects.order_by("at").values_list("verb", "actor_name"))
    assert told == [("tables.propose", "Rini"), ("tables.approve", "Wati")]


def test_nobody_approves_their_own_proposal(wati: Actor) -> None:
    proposed = changes.propose(wati, stale_after())
    with pytest.raises(Forbidden, match="orang lain"):
        changes.approve(wati, proposed.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        TableAmendment.objects.filter(pk=proposed.pk).update(status="approved", decided_by=wati.id)


def test_who_may_not_propose_or_approve_is_refused(rini: Actor, agus: Actor) -> None:
    with pytest.raises(Forbidden):
        changes.propose(agus, stale_after())
    proposed = changes.propose(rini, stale_after())
    for act in (changes.approve, lambda who, key: changes.refuse(who, key, "x"), changes.withdraw):
        with pytest.raises(Forbidden):
            act(agus, proposed.pk)


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (date(2026, 6, 1), None),
        (date(2025, 1, 1), date(2026, 1, 1)),
        (date(2026, 12, 31), date(2026, 12, 31)),
        (date(2020, 1, 1), None),
    ],
)
def test_a_row_that_shares_days_with_an_approved_one_is_refused_with_the_dates(
    rini: Actor, wati: Actor, since: date, until: date | None
) -> None:
    approved(stale_after(until=date(2026, 12, 31)), rini, wati)
    with pytest.raises(Invalid, match="2026-01-01 sampai 2026-12-31"):
        changes.propose(rini, stale_after(since=since, until=until))


def test_a_row_right_after_another_is_fine(rini: Actor, wati: Actor) -> None:
    approved(stale_after(until=date(2026, 12, 31)), rini, wati)
    approved(stale_after("50", since=date(2027, 1, 1)), rini, wati)
    assert (days_on(date(2026, 12, 31)), days_on(date(2027, 1, 1))) == (60, 50)


def test_of_two_proposals_for_the_same_days_the_second_cannot_be_approved(rini: Actor, wati: Actor) -> None:
    one, other = changes.propose(rini, stale_after("60")), changes.propose(rini, stale_after("70"))
    changes.approve(wati, one.pk)
    with pytest.raises(Invalid, match="Sudah ada baris"):
        changes.approve(wati, other.pk)
    assert days_on(date(2026, 6, 1)) == 60


def test_a_successor_ends_the_row_it_replaces_the_day_before(rini: Actor, wati: Actor) -> None:
    old = approved(stale_after("60"), rini, wati)
    approved(stale_after("50", since=date(2027, 1, 1), replaces=old.pk), rini, wati)
    old.refresh_from_db()
    assert old.valid_to == date(2026, 12, 31)
    assert (days_on(date(2026, 12, 31)), days_on(date(2027, 1, 1))) == (60, 50)


def test_a_correction_takes_the_place_of_the_whole_row(rini: Actor, wati: Actor) -> None:
    old = approved(stale_after("60"), rini, wati)
    approved(stale_after("61", replaces=old.pk), rini, wati)
    old.refresh_from_db()
    assert old.status == "replaced"
    assert days_on(date(2026, 6, 1)) == 61


def test_a_successor_leaves_no_day_empty(rini: Actor, wati: Actor) -> None:
    old = approved(stale_after("60"), rini, wati)
    with pytest.raises(Invalid, match="seterusnya"):
        changes.propose(rini, stale_after("50", date(2027, 1, 1), date(2027, 12, 31), replaces=old.pk))


def test_two_successors_of_one_row_cannot_both_be_approved(rini: Actor, wati: Actor) -> None:
    old = approved(stale_after("60"), rini, wati)
    one = changes.propose(rini, stale_after("61", replaces=old.pk))
    other = changes.propose(rini, stale_after("62", replaces=old.pk))
    changes.approve(wati, one.pk)
    with pytest.raises((Conflict, Invalid)):
        changes.approve(wati, other.pk)


def test_a_decision_stands(rini: Actor, wati: Actor) -> None:
    proposed = changes.propose(rini, stale_after())
    changes.refuse(wati, proposed.pk, "Belum ada suratnya")
    for act in (lambda: changes.approve(wati, proposed.pk), lambda: changes.withdraw(rini, proposed.pk)):
        with pytest.raises(Conflict, match="sudah diputuskan"):
            act()
    assert days_on(date(2026, 6, 1)) == 106


def test_a_refusal_says_why(rini: Actor, wati: Actor) -> None:
    proposed = changes.propose(rini, stale_after())
    with pytest.raises(Invalid, match="alasan"):
        changes.refuse(wati, proposed.pk, "  ")


def test_only_the_proposer_takes_a_proposal_back(rini: Actor, wati: Actor) -> None:
    proposed = changes.propose(rini, stale_after())
    with pytest.raises(Forbidden, match="pengusul"):
        changes.withdraw(wati, proposed.pk)
    assert changes.withdraw(rini, proposed.pk).status == "withdrawn"


@pytest.mark.parametrize(
    ("other", "in_words"),
    [
        ({"values": {"stale_after_days": "banyak"}}, "bilangan bulat"),
        ({"values": {"stale_after_days": "0"}}, "Paling sedikit 1"),
        ({"values": {}}, "Belum diisi"),
        ({"values": {"stale_after_days": "60", "x": "1"}}, "Kolom ini tidak ada"),
        ({"key": "reprot"}, "Pilihannya: report"),
        ({"key": ""}, "Belum diisi"),
        ({"until": date(2025, 1, 1)}, "mendahului"),
        ({"source": " "}, "sumber"),
        ({"reason": ""}, "alasan"),
        ({"table": "realisation_rule", "key": "", "values": {}}, "sama bagi semua daerah"),
    ],
)
def test_a_row_that_does_not_fit_the_table_is_refused(
    rini: Actor, other: dict[str, Any], in_words: str
) -> None:
    with pytest.raises(Invalid, match=in_words):
        changes.propose(rini, stale_after(**other))
    assert not TableAmendment.objects.exists()


def test_a_table_nobody_wrote_is_not_found(rini: Actor) -> None:
    with pytest.raises(NotFound):
        changes.propose(rini, stale_after(table="tarif"))
    with pytest.raises(NotFound):
        reads.in_force("reminders", date(2019, 1, 1), "before-7")


def test_the_key_is_asked_for_where_several_series_are_in_force() -> None:
    with pytest.raises(ValueError, match="before-7"):
        reads.in_force("reminders", date(2026, 1, 1))
    assert reads.in_force("realisation_rule", date(2026, 1, 1)).values["rule"] == "realisasi-1"


def test_agus_sees_what_is_in_force_and_joko_nothing(
    rini: Actor, wati: Actor, agus: Actor, joko: Actor
) -> None:
    waiting = changes.propose(rini, stale_after("70", since=date(2027, 1, 1)))
    law = approved(stale_after(until=date(2026, 12, 31)), rini, wati)
    assert set(reads.amendments(rini)) == {waiting, law}
    assert set(reads.amendments(agus)) == {law}
    assert list(reads.waiting(agus)) == []
    assert list(reads.amendments(Actor("", "", "35.73"))) == []
    with tenancy.scope("35.07"):
        assert list(reads.amendments(joko)) == []
        assert days_on(date(2026, 6, 1)) == 106
        with pytest.raises(NotFound):
            changes.approve(joko, waiting.pk)
    with tenancy.scope("00", also=["35.73"]):
        assert days_on(date(2026, 6, 1)) == 106
        assert days_on(date(2026, 6, 1), "35.73") == 60
    for key in (uuid4(), "bukan-uuid"):
        with pytest.raises(NotFound):
            reads.amendment(rini, key)


@pytest.mark.django_db(transaction=True)
def test_of_two_proposals_approved_at_the_same_moment_one_is_in_force(
    rini: Actor, wati: Actor, tmp_path: Path
) -> None:
    def decide(key: object) -> str:
        return changes.approve(wati, key).status  # type: ignore[arg-type]

    with crowd("35.73", tmp_path) as together:
        (first,) = together([lambda: changes.propose(rini, stale_after()).pk])
        (second,) = together([lambda: changes.propose(rini, stale_after("30", date(2026, 3, 1))).pk])
        answers = together([lambda: decide(first), lambda: decide(second), lambda: decide(first)])
        assert sum(answer == "approved" for answer in answers) == 1, answers
        assert all(answer == "approved" or isinstance(answer, Invalid | Conflict) for answer in answers)
        assert together([lambda: reads.approved("freshness").count()]) == [1]


@pytest.fixture
def governed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("balai.base.tenants._sources", [lambda: ["35.07", "35.73"]])


def test_a_row_that_fits_its_table_does_not_stand_against_an_upgrade(
    rini: Actor, wati: Actor, governed: None
) -> None:
    approved(stale_after(), rini, wati)
    assert list(questions.amendments_fit_their_tables()) == []


@pytest.mark.parametrize(
    ("table", "values"),
    [("freshness", {"stale_after_days": "enam puluh"}), ("freshness", {"other": "1"}), ("gone", {})],
)
def test_a_row_that_fits_its_table_no_more_stands_against_an_upgrade(
    table: str, values: dict[str, str], rini: Actor, wati: Actor, governed: None
) -> None:
    row = approved(stale_after(), rini, wati)
    TableAmendment.objects.filter(pk=row.pk).update(table=table, values=values)
    (told,) = questions.amendments_fit_their_tables()
    assert told.startswith(f"35.73: baris {table} report sejak 2026-01-01 tidak cocok lagi")
