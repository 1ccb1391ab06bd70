"""Every change asks who acts, whichever page, operation or job calls it.

The changes come from the doors of the modules (`__all__`); what each is called
with is found by the names of its parameters. So a new change is tried as soon
as it is there, and one whose parameter nobody knows makes the test fail.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest
from django.db import transaction

from balai.base import tenancy
from balai.base.actor import Actor, Reach
from balai.base.errors import Forbidden, Locked, NotFound, Refused
from balai.definitions import changes as table_changes
from balai.people import changes as people
from balai.people.models import Account, DataRequest, Membership, Office, Partner, RoleRequest
from balai.people.rules import SeatLine, verbs
from balai.plan import changes as plan
from balai.plan.models import Action, Programme
from balai.plan.tests.town import ACTION, NOW, PLAN, PROGRAMME, TODAY
from tests.cast import MALANG, REGENCY, someone
from tests.test_authorisation import World, furnished, world  # noqa: F401 - the fixtures
from tests.world import Things, all_powerful

DOORS: tuple[ModuleType, ...] = (plan, people, table_changes)

OWN = {
    f"people.changes.{name}"
    for name in (
        "ask_about_data",
        "cancel_request",
        "export_own_data",
        "make_program_key",
        "revoke_program_key",
        "save_profile",
        "unmask_nik",
    )
}
"""Changes of what is one's own: whoever is signed in may, wherever, and nobody another's."""


FOR_OTHERS = {
    "definitions.changes.withdraw": "the proposer alone takes a proposal back",
    "plan.changes.create_shared_programme": "the nation alone writes them",
}
"""Changes that even who may everything in a local government may not make there."""

NOTHING_THERE = {
    "people.changes.leave": "it ends the seats of the actor's own tenant, and there are none",
    "plan.changes.count_periods_again": "it counts the periods of the actor's own tenant, and there are none",
}
"""Changes that come to nothing across the wall, without being refused."""


@dataclass(frozen=True)
class Here:
    """Things of Dinas Kominfo in Kota Malang: of the plan in force, and of a draft of the next version."""

    in_force: Things
    draft: Things


def doors() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield every change that somebody makes: its first parameter is the actor."""
    for module in DOORS:
        for name in getattr(module, "__all__", vars(module)):
            change = vars(module)[name]
            if name.startswith("_") or not inspect.isfunction(change):
                continue
            if next(iter(inspect.signature(change).parameters), "") == "actor":
                yield f"{module.__name__.removeprefix('balai.')}.{name}", change


CHANGES = dict(doors())


def given(things: Things, name: str) -> Mapping[str, Any]:
    """Return parameter → value for a change, with things of Dinas Kominfo in Kota Malang."""
    key = {kind: thing.key for kind, thing in things.items()}
    report = {"submit_report": "draft report", "add_evidence": "draft report"}.get(name, "waiting report")
    period = "planning period" if "planning_period" in name else "period"
    request: dict[str, Any] = {
        "decide_role": (RoleRequest, "role request"),
        "answer_request": (DataRequest, "data request"),
        "cancel_request": (DataRequest, "own data request"),
    }
    programme = "shared programme" if name == "write_shared_part" else "programme"
    values: dict[str, Any] = {
        **{kind: key[kind] for kind in ("action", "plan", "programme", "fund", "figure", "body", "book")},
        "programme": key[programme],
        "report": key[report],
        "evidence": key["kept evidence"],
        "period": key[period],
        "id": key["amendment"],
        "key": key["own program key"],
        "account": Account.objects.get(pk=key["account"]),
        "seat": Membership.objects.get(pk=key["seat"]),
        "office": Office.objects.get(pk=key["office"]),
        "to": Office.objects.exclude(pk=key["office"]).first(),
        "partner": Partner.objects.get(pk=key["partner"]),
        "request": request[name][0].objects.get(pk=key[request[name][1]]) if name in request else None,
        "draft": DRAFTS,
        "proposal": table_changes.Proposal(
            "freshness", "report", date(2027, 1, 1), None, {"stale_after_days": "60"}, "SE Sekda", "Uji"
        ),
        "version": 1,
        "at": NOW,
        "now": NOW,
        "on": TODAY,
        "today": TODAY,
        "from_on": TODAY,
        "held_on": TODAY,
        "to_on": date(2026, 5, 20),
        "last_day": date(2026, 5, 20),
        "expires_on": date(2026, 5, 20),
        "year": 2027,
        "year_from": 2024,
        "year_to": 2028,
        "spent": 1,
        "grant": False,
        "approve": True,
        "is_vendor": False,
        "kind": "buku-2" if name == "add_book" else "erasure" if name == "ask_about_data" else "council",
        "link": "https://example.id",
        "email": "baru@malang.example",
        "helix": "academia",
        "roles": ["officer"],
        "verbs": ["plan.read"],
        "acting": "plt",
        "indicator": "" if name == "tie_action" else "plan_budget_absorption",
        "code": "officer" if name == "take_role" else "steward" if name == "give_role" else "dinbaru",
        "phone": "",
        "nik": None,
        "raw": b"",
        "lines": [SeatLine(2, "Baru", "b@m.example", key["office"], "", ("officer",), "", TODAY, None)],
    }
    words = "title reason text name short_name document part answer contact mandate purpose note"
    return values | dict.fromkeys(words.split(), "Uji")


DRAFTS: Mapping[str, Any] = {
    "ActionDraft": replace(ACTION, code="B1"),
    "FundDraft": plan.FundDraft(2026, "apbn", 5),
    "MasterplanDraft": replace(PLAN, region_code="35.79"),
    "ProgrammeDraft": replace(PROGRAMME, code="P2"),
    "PublishedDraft": plan.PublishedDraft("lain", "Lain", 2023, "", "LAKIP", "verified", budget=1),
    "QuickWinDraft": plan.QuickWinDraft(),
    "ReportDraft": plan.ReportDraft(Decimal(4)),
}


def call(change: Callable[..., Any], name: str, actor: Actor, things: Things) -> None:
    """Make a change as `actor`, with a value for each parameter that needs one."""
    values = given(things, name)
    positional, named = [], {}
    for parameter in list(inspect.signature(change).parameters.values())[1:]:
        if parameter.default is not parameter.empty and parameter.name != "link":
            continue
        assert parameter.name in values, f"say in `given` what {name} is called with as {parameter.name}"
        value = values[parameter.name]
        if parameter.name == "draft":
            value = DRAFTS[parameter.annotation.__name__]
        if parameter.kind is parameter.KEYWORD_ONLY:
            named[parameter.name] = value
        else:
            positional.append(value)
    change(actor, *positional, **named)


def outcome(each: str, actor: Actor, here: Here) -> Exception | None:
    """Return how a change was refused, None where it was made; either way nothing of it stays.

    What a plan in force does not let be changed at all is tried on a draft.
    """
    error = _tried(each, actor, here.in_force)
    return _tried(each, actor, here.draft) if isinstance(error, Locked) else error


def _tried(each: str, actor: Actor, things: Things) -> Exception | None:
    try:
        with transaction.atomic():
            call(CHANGES[each], each.rpartition(".")[2], actor, things)
            transaction.set_rollback(True)
    except Refused as error:
        return error
    return None


def not_refused(actor: Actor, here: Here) -> dict[str, Exception | None]:
    """Return the changes that did not tell `actor` that they may not, with what they said instead."""
    found = {each: outcome(each, actor, here) for each in CHANGES}
    return {each: error for each, error in found.items() if not isinstance(error, Forbidden | NotFound)}


def powers(reach: Reach) -> dict[str, Reach]:
    return dict.fromkeys(verbs(), reach)


@pytest.fixture
def here(world: World) -> Iterator[Here]:  # noqa: F811 - the fixture
    with tenancy.scope(MALANG, also=[tenancy.NATIONAL]):
        things = world.things["own office"]
        writer = all_powerful("writer", MALANG)
        draft = plan.new_version(writer, things["plan"].key)
        programme = Programme.objects.get(masterplan=draft)
        action = Action.objects.get(programme=programme, continues=things["action"].key)
        copies = {
            "plan": draft,
            "programme": programme,
            "action": action,
            "fund": plan.add_fund(writer, action.pk, DRAFTS["FundDraft"]).fund,
            "book": plan.add_book(writer, draft.pk, "buku-1", "Buku I", link="https://example.id"),
            "planning period": plan.add_planning_period(writer, draft.pk, "RPD", "RPD", 2024, 2026),
            "body": plan.write_body(writer, draft.pk, "forum"),
        }
        copied = {kind: replace(things[kind], key=str(row.pk)) for kind, row in copies.items()}
        yield Here(things, {**things, **copied})


def test_the_doors_are_found() -> None:
    """A list that is empty would make the promises below empty ones."""
    assert len(CHANGES) > 50
    known = {"plan.changes.verify_report", "people.changes.leave", "definitions.changes.approve"}
    assert known <= CHANGES.keys()
    assert CHANGES.keys() >= OWN


def test_who_holds_no_verb_changes_nothing(here: Here) -> None:
    assert not_refused(Actor("", "Pengunjung", MALANG), here) == {}


def test_who_may_everything_elsewhere_changes_nothing_here(here: Here) -> None:
    account = someone("Ratu", REGENCY).account
    actor = Actor(str(account.pk), "Ratu", REGENCY, powers(Reach.TENANT))
    assert not_refused(actor, here).keys() <= OWN | NOTHING_THERE.keys()


def test_who_may_everything_in_another_office_changes_nothing_of_this_one(here: Here) -> None:
    """What has no office, like the plan itself, is not an office's to change at all."""
    account = someone("Agus", MALANG).account
    health = str(Office.objects.get(code="dinkes").pk)
    actor = Actor(str(account.pk), "Agus", MALANG, powers(Reach.OFFICE), frozenset({health}))
    assert not_refused(actor, here).keys() <= OWN


def test_who_may_everything_here_is_refused_nothing(here: Here) -> None:
    """The other half: were each change refused to all, the tests above would pass as well."""
    account = someone("Semua", MALANG).account
    actor = Actor(str(account.pk), "Semua", MALANG, powers(Reach.TENANT))
    tried = CHANGES.keys() - OWN - FOR_OTHERS.keys()
    assert tried & not_refused(actor, here).keys() == tried
