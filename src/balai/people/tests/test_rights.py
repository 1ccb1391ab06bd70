"""The table of rights: each role × each verb × whose thing it is, with rights built from the database."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.utils import timezone
from tests.cast import BATU, MALANG, Cast, someone

from balai.base import tenancy
from balai.base.actor import Reach
from balai.people import reads, rules
from balai.people.models import Membership, Office
from balai.people.rules import Given


@dataclass(frozen=True)
class Thing:
    """Something that belongs to a tenant, perhaps to an office, perhaps to an account."""

    tenant: str
    owner_offices: tuple[str, ...] = ()
    owner_account: str = ""


EXPECTED = {
    #                own   own office  other office  other tenant
    Reach.OWN: (True, False, False, False),
    Reach.OFFICE: (False, True, False, False),
    Reach.TENANT: (True, True, True, False),
    Reach.NATION: (True, True, True, True),
    None: (False, False, False, False),
}


@pytest.mark.parametrize("code", sorted(reads.roles()))
def test_a_role_reaches_as_far_as_its_file_says_and_no_further(code: str, cast: Cast) -> None:
    role = reads.roles()[code]
    tenant = MALANG if role.is_held_in(MALANG) else tenancy.NATIONAL
    with tenancy.scope(tenant):
        office = Office.objects.create(code="kantor", name="Kantor")
    seats = [code] if role.given is Given.SEAT else []
    actor = someone("Orang", tenant, *seats, office=office).actor
    given = rules.verbs_of(rules.held_roles(reads.roles(), [seats], tenant, signed_in=True))
    for verb in rules.verbs():
        found = (
            actor.may(verb, Thing(tenant, owner_account=actor.id)),
            actor.may(verb, Thing(tenant, (str(office.pk),))),
            actor.may(verb, Thing(tenant, ("another",))),
            actor.may(verb, Thing(BATU, (str(office.pk),), actor.id)),
        )
        assert found == EXPECTED[given.get(verb)], f"{code} × {verb}"
        assert role.verbs.get(verb) in (None, given.get(verb)) or code == "public"


@pytest.mark.parametrize("verb", sorted(rules.verbs()))
def test_a_visitor_may_only_read_the_published_plan_and_open_data(verb: str, cast: Cast) -> None:
    assert cast.visitor.may(verb) is (verb in {"plan.read", "data.read"})


def test_role_files_and_declared_verbs_fit() -> None:
    assert list(rules.faults_of_roles(reads.roles(), rules.verbs())) == []


def test_an_unknown_verb_and_a_verb_of_nobody_are_faults() -> None:
    places = [fault.place for fault in rules.faults_of_roles(reads.roles(), {*rules.verbs(), "plan.dance"})]
    assert places == ["verb plan.dance"]
    without = set(rules.verbs()) - {"self.request"}
    assert [f.place for f in rules.faults_of_roles(reads.roles(), without)] == ["roles/resident"]


def test_joko_has_no_seat_in_kota_malang_whatever_he_holds_at_home(cast: Cast) -> None:
    assert cast.joko.actor.may("plan.report")
    there = cast.joko.actor_in(MALANG)
    assert there.offices == frozenset() and there.reach("plan.report") is None
    with tenancy.scope(MALANG):
        assert not reads.seats_visible_to(there).exists()


def test_an_actor_takes_one_query(cast: Cast, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert cast.budi.actor.offices == {str(cast.kominfo.pk)}


TODAY = date(2026, 3, 18)


@pytest.mark.parametrize(
    ("from_on", "to_on", "holds", "because"),
    [
        (TODAY, TODAY, True, "the only day is today"),
        (TODAY + timedelta(1), None, False, "it begins tomorrow"),
        (TODAY - timedelta(9), TODAY - timedelta(1), False, "it ended yesterday"),
        (TODAY - timedelta(9), None, True, "it goes on"),
    ],
)
def test_a_seat_gives_rights_on_its_days_only(
    from_on: date, to_on: date | None, holds: bool, because: str, cast: Cast
) -> None:
    acting = someone("Plt", MALANG)
    with tenancy.scope(MALANG):
        Membership.objects.create(
            account=acting.account,
            office=cast.kominfo,
            acting="plt",
            roles=["office_head"],
            from_on=from_on,
            to_on=to_on,
        )
    assert acting.actor_in(MALANG, TODAY).may("plan.report") is holds, because


def test_the_seat_of_a_closed_office_gives_nothing(cast: Cast) -> None:
    with tenancy.scope(MALANG):
        Office.objects.filter(pk=cast.kominfo.pk).update(active_to=timezone.localdate() - timedelta(1))
    assert not cast.budi.actor.may("plan.report")
    assert cast.agus.actor.may("plan.report")


PERSONAL = re.compile(r"(?:.*_)?(?:email|phone|contact|nik\w*|by|by_name|actor\w*|account|user)")
"""Names under which a table keeps who somebody is; a key to an account tells it under any name."""


NOT_A_PERSON = {"measured_by", "answer_by"}
"""Names of that form that tell of no person: an action is measured by an indicator."""


def _personal_fields(model: type[models.Model]) -> set[str]:
    return {
        field.name
        for field in model._meta.local_fields
        if (PERSONAL.fullmatch(field.name) and field.name not in NOT_A_PERSON)
        or (isinstance(field, models.ForeignKey) and field.related_model is get_user_model())
    }


NOT_OURS_TO_DECLARE = {
    # A part of another table: the address stands in account.emailaddress.
    "account.emailconfirmation",
    # Never written: SOCIALACCOUNT_STORE_TOKENS is off.
    "socialaccount.socialtoken",
}


def test_every_personal_field_of_every_table_is_declared() -> None:
    declared = rules.declared()
    missing = {}
    for model in apps.get_models():
        label = model._meta.label_lower
        if label not in NOT_OURS_TO_DECLARE:
            fields = set(declared[label].fields) if label in declared else set()
            missing |= {label: left} if (left := _personal_fields(model) - fields) else {}
    assert missing == {}
    assert settings.SOCIALACCOUNT_STORE_TOKENS is False


def test_a_declaration_names_only_what_is_there() -> None:
    for data in rules.declared().values():
        fields = {field.name for field in apps.get_model(data.table)._meta.fields}
        assert set(data.fields) <= fields, data.table
