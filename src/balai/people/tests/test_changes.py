"""Seats, roles, offices and partners: who may, what is refused, what the journal keeps."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from tests.cast import MALANG, REGENCY, Cast, Person

from balai.base import tenancy
from balai.base.errors import Conflict, Forbidden, Invalid
from balai.base.journal import JournalEntry
from balai.base.tests.crowd import crowd
from balai.people import changes, reads
from balai.people.models import Account, Membership, RoleRequest

TODAY = date(2026, 3, 18)
pytestmark = pytest.mark.usefixtures("malang")


def seat_of(person: Person) -> Membership:
    return Membership.objects.get(account=person.account)


def test_a_seat_makes_an_account_and_journals_it(cast: Cast) -> None:
    seat = changes.give_seat(
        cast.tono.actor,
        email="Dian@Kota-Malang.example",
        name="Dian",
        roles=["officer"],
        from_on=TODAY,
        office=cast.health,
    )
    assert seat.account.email == "dian@kota-malang.example" and not seat.account.has_usable_password()
    verbs = set(JournalEntry.objects.values_list("verb", flat=True))
    assert {"people.account_made", "people.seat_given"} <= verbs


def test_an_account_known_elsewhere_keeps_its_name(cast: Cast) -> None:
    changes.give_seat(
        cast.tono.actor, email=cast.joko.account.email, name="Bukan Joko", roles=["officer"], from_on=TODAY
    )
    assert Account.objects.get(email=cast.joko.account.email).name == "Joko"


@pytest.mark.parametrize("who", ["sari", "budi", "wati", "agus", "rini", "joko", "eka", "dewi", "putu"])
def test_only_who_manages_people_gives_seats(who: str, cast: Cast) -> None:
    actor = getattr(cast, who).actor_in(MALANG)
    with pytest.raises(Forbidden):
        changes.give_seat(actor, email="x@y.example", name="X", roles=["officer"], from_on=TODAY)


def test_who_manages_the_nation_manages_no_city(cast: Cast) -> None:
    assert changes.leave(cast.putu.actor, cast.budi.account, reason="Salah daerah") == 0
    assert cast.budi.actor.may("plan.report")


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"roles": ["mayor"]}, "Peran"),
        ({"roles": ["resident"]}, "Peran"),
        ({"roles": ["national_admin"]}, "Peran"),
        ({"to_on": TODAY - timedelta(1)}, "Sampai"),
        ({"acting": "plt"}, "Sampai"),
        ({"acting": "plt", "to_on": TODAY + timedelta(400)}, "Sampai"),
        ({"email": "dian"}, "Surel"),
        ({"name": " "}, "Nama"),
    ],
)
def test_a_wrong_seat_is_refused_and_nothing_is_written(
    fields: dict[str, object], place: str, cast: Cast
) -> None:
    valid: dict[str, object] = {
        "email": "dian@kota-malang.example",
        "name": "Dian",
        "roles": ["officer"],
        "from_on": TODAY,
    }
    with pytest.raises(Invalid) as refused:
        changes.give_seat(cast.tono.actor, **{**valid, **fields})  # type: ignore[arg-type]
    assert [fault.place for fault in refused.value.faults] == [place]
    assert not Account.objects.filter(name="Dian").exists()


def test_a_powerful_role_waits_for_another_person(cast: Cast) -> None:
    seat = changes.give_seat(
        cast.tono.actor,
        email="dian@kota-malang.example",
        name="Dian",
        roles=["officer", "programme_office"],
        from_on=TODAY,
    )
    assert seat.roles == ["officer"]
    request = RoleRequest.objects.get()
    with pytest.raises(Forbidden, match="orang lain"):
        changes.decide_role(cast.tono.actor, request, approve=True, answer="ya")
    changes.decide_role(cast.lina.actor, request, approve=True, answer="Sesuai SK")
    seat.refresh_from_db()
    assert seat.roles == ["officer", "programme_office"]
    with pytest.raises(Conflict):
        changes.decide_role(cast.lina.actor, request, approve=False, answer="tidak")


def test_a_refused_role_is_not_given_and_can_be_asked_again(cast: Cast) -> None:
    seat = seat_of(cast.budi)
    first = changes.give_role(cast.tono.actor, seat, "auditor", "Perlu")
    assert first is not None
    changes.decide_role(cast.lina.actor, first, approve=False, answer="Tidak perlu")
    assert "auditor" not in seat_of(cast.budi).roles
    assert changes.give_role(cast.tono.actor, seat, "auditor", "Perlu lagi") is not None


def test_nobody_approves_their_own_power(cast: Cast) -> None:
    request = changes.give_role(cast.tono.actor, seat_of(cast.lina), "auditor", "Perlu")
    assert request is not None
    with pytest.raises(Forbidden, match="Anda sendiri"):
        changes.decide_role(cast.lina.actor, request, approve=True, answer="ya")


def test_the_database_itself_refuses_one_person_as_two(cast: Cast) -> None:
    request = changes.give_role(cast.tono.actor, seat_of(cast.budi), "auditor", "Perlu")
    assert request is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleRequest.objects.filter(pk=request.pk).update(decided_by=cast.tono.account)


def test_an_ordinary_role_needs_one_person_to_give_and_one_to_take(cast: Cast) -> None:
    seat = seat_of(cast.budi)
    assert changes.give_role(cast.tono.actor, seat, "steward", "Walidata") is None
    assert cast.budi.actor.may("plan.publish_figure")
    changes.take_role(cast.tono.actor, seat, "steward", "Selesai")
    assert not cast.budi.actor.may("plan.publish_figure")


def test_budi_moves_to_the_health_office_on_a_day(cast: Cast) -> None:
    moved = changes.transfer(cast.tono.actor, seat_of(cast.budi), to=cast.health, on=TODAY)
    old = Membership.objects.exclude(pk=moved.pk).get(account=cast.budi.account)
    assert old.to_on == TODAY - timedelta(1) and moved.from_on == TODAY
    assert cast.budi.actor_in(MALANG, TODAY - timedelta(1)).offices == {str(cast.kominfo.pk)}
    assert cast.budi.actor_in(MALANG, TODAY).offices == {str(cast.health.pk)}


def test_power_does_not_travel(cast: Cast) -> None:
    moved = changes.transfer(cast.tono.actor, seat_of(cast.rini), to=cast.kominfo, on=TODAY)
    assert moved.roles == []


def test_a_second_transfer_of_the_same_seat_meets_the_first(cast: Cast) -> None:
    seat = seat_of(cast.budi)
    changes.transfer(cast.tono.actor, seat, to=cast.health, on=TODAY)
    stale = Membership.objects.get(pk=seat.pk)
    stale.to_on = None
    with pytest.raises(Conflict):
        changes.transfer(cast.lina.actor, stale, to=cast.bappeda, on=TODAY)


@pytest.mark.parametrize(("to", "on"), [("health", date(2019, 1, 1)), ("kominfo", TODAY)])
def test_a_transfer_before_the_seat_or_to_the_same_office_is_refused(to: str, on: date, cast: Cast) -> None:
    with pytest.raises(Invalid):
        changes.transfer(cast.tono.actor, seat_of(cast.budi), to=getattr(cast, to), on=on)


def test_agus_acts_for_wati_for_a_month_and_then_no_more(cast: Cast) -> None:
    changes.act_for(
        cast.tono.actor,
        seat_of(cast.wati),
        email=cast.agus.account.email,
        name="Agus",
        acting="plh",
        from_on=TODAY,
        to_on=TODAY + timedelta(29),
    )
    offices = {
        day: len(cast.agus.actor_in(MALANG, TODAY + timedelta(day)).offices) for day in (-1, 0, 29, 30)
    }
    assert offices == {-1: 1, 0: 2, 29: 2, 30: 1}


def test_leaving_ends_every_seat_here_and_none_elsewhere(cast: Cast) -> None:
    with tenancy.scope(REGENCY):
        Membership.objects.create(account=cast.budi.account, roles=["officer"], from_on=TODAY)
    assert changes.leave(cast.tono.actor, cast.budi.account, reason="Pindah") == 1
    assert changes.leave(cast.tono.actor, cast.budi.account, reason="Pindah") == 0
    assert not cast.budi.actor.may("plan.report")
    assert cast.budi.actor_in(REGENCY).may("plan.report")


def test_nobody_throws_themselves_out(cast: Cast) -> None:
    with pytest.raises(Invalid):
        changes.leave(cast.tono.actor, cast.tono.account, reason="Salah tekan")


def test_ending_a_seat_keeps_it_to_its_last_day(cast: Cast) -> None:
    changes.end_seat(cast.tono.actor, seat_of(cast.budi), last_day=TODAY, reason="Pensiun")
    assert cast.budi.actor_in(MALANG, TODAY).may("plan.report")
    assert not cast.budi.actor_in(MALANG, TODAY + timedelta(1)).may("plan.report")


def test_an_office_is_opened_renamed_and_closed_with_its_days(cast: Cast) -> None:
    tono = cast.tono.actor
    office = changes.open_office(tono, code="brida", name="Badan Riset", active_from=TODAY)
    changes.rename_office(
        tono,
        office,
        name="Badan Riset dan Inovasi",
        short_name="BRIDA",
        from_on=TODAY + timedelta(9),
        today=date(2026, 6, 1),
    )
    ways = reads.ways_to_name_offices()
    assert ways["badan riset"] == ways["brida"] == str(office.pk)
    changes.close_office(tono, office, last_day=date(2026, 12, 31), reason="Digabung")
    assert office in reads.offices(date(2026, 12, 31)) and office not in reads.offices(date(2027, 1, 1))
    with pytest.raises(Invalid):
        changes.open_office(tono, code="brida", name="Lain")


def test_an_office_with_people_in_it_is_not_closed(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        changes.close_office(cast.tono.actor, cast.health, last_day=timezone.localdate(), reason="Digabung")
    assert [fault.place for fault in refused.value.faults] == ["Agus"]


@pytest.mark.parametrize("who", ["budi", "agus", "rini", "joko", "sari"])
def test_only_who_manages_people_changes_offices(who: str, cast: Cast) -> None:
    actor = getattr(cast, who).actor_in(MALANG)
    with pytest.raises(Forbidden):
        changes.open_office(actor, code="x", name="X")
    with pytest.raises(Forbidden):
        changes.rename_office(actor, cast.health, name="X", short_name="", from_on=TODAY, today=TODAY)


def test_a_partner_is_entered_corrected_and_ended(cast: Cast) -> None:
    rini = cast.rini.actor
    partner = changes.register_partner(
        rini, name="Universitas  Contoh", helix="academia", contact="Bu Dian 0812"
    )
    with pytest.raises(Invalid):
        changes.register_partner(rini, name="universitas contoh", helix="academia")
    with pytest.raises(Invalid):
        changes.register_partner(rini, name="X", helix="alien")
    changes.change_partner(
        rini,
        partner,
        name="Universitas Contoh",
        helix="academia",
        contact="Pak Eko",
        mandate="Riset",
        is_vendor=False,
    )
    assert "Pak Eko" not in str(list(JournalEntry.objects.values_list("facts", flat=True)))
    changes.end_partner(rini, partner, last_day=TODAY, reason="Selesai")
    assert partner in reads.partners(TODAY) and partner not in reads.partners(TODAY + timedelta(1))


@pytest.mark.parametrize("who", ["budi", "agus", "joko", "sari"])
def test_only_the_programme_office_keeps_partners(who: str, cast: Cast) -> None:
    with pytest.raises(Forbidden):
        changes.register_partner(getattr(cast, who).actor_in(MALANG), name="X", helix="academia")


def test_lists_and_searches_show_each_what_they_may_see(cast: Cast) -> None:
    def names(actor: object, **search: str) -> list[str]:
        return [seat.account.name for seat in reads.seats_held(actor, timezone.localdate(), **search)]  # type: ignore[arg-type]

    assert names(cast.budi.actor) == ["Budi", "Tono", "Wati"]
    assert names(cast.agus.actor) == ["Agus"]
    assert names(cast.joko.actor_in(MALANG)) == []
    assert names(cast.joko.actor) == []
    assert names(cast.sari.actor) == names(cast.visitor) == []
    assert len(names(cast.tono.actor)) == 8
    assert names(cast.tono.actor, words="pranata budi") == ["Budi"]
    assert names(cast.tono.actor, role="office_head") == ["Wati"]
    assert names(cast.tono.actor, office="not an id") == []
    assert names(cast.agus.actor, words="budi") == []


def test_reminders_find_who_reports_for_an_office(cast: Cast) -> None:
    found = reads.recipients("plan.report", timezone.localdate(), [str(cast.kominfo.pk)])
    assert [one.name for one in found] == ["Budi", "Wati"]


@pytest.mark.django_db(transaction=True)
def test_who_is_moved_while_leaving_is_out_all_the_same(cast: Cast, tmp_path: Path) -> None:
    seat = reads.seat(cast.tono.actor, seat_of(cast.budi).pk)
    tono, tomorrow = cast.tono.actor, timezone.localdate() + timedelta(days=1)
    with crowd(MALANG, tmp_path) as together:
        answers = together(
            [
                lambda: changes.transfer(tono, seat, to=cast.health, on=tomorrow),
                lambda: changes.leave(tono, cast.budi.account, reason="Berhenti"),
            ]
        )
        assert not isinstance(answers[1], Exception), answers
        kept = Membership.objects.filter(reads.in_force(tomorrow), account=cast.budi.account)
        assert together([kept.count]) == [0]
