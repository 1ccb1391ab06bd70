"""Writing the plan: drafts, adoption and versions, actions, money, shared programmes, and who sees what."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from tests.cast import REGENCY, Cast

from balai.base import tenancy
from balai.base.errors import Conflict, Forbidden, Invalid, Locked, NotFound
from balai.base.journal import JournalEntry
from balai.people.models import Partner
from balai.plan import changes, promises, reads
from balai.plan.models import Action, DimensionShare, Fund, Masterplan, Report
from balai.plan.rules.money import Line, money
from balai.plan.tests import town
from balai.plan.tests.town import ACTION, NOW, PLAN, PROGRAMME, TODAY, Town

NATION = tenancy.NATIONAL


@pytest.fixture
def malang_town(cast: Cast, malang: tenancy.Scope) -> Town:
    return town.found(cast)


def half(*keys: str) -> tuple[changes.ShareDraft, ...]:
    return tuple(changes.ShareDraft(key, 1, 2) for key in keys)


# -- the masterplan --------------------------------------------------------------------------------


def test_a_region_begins_one_masterplan_and_then_versions_of_it(malang_town: Town) -> None:
    with pytest.raises(Conflict):
        changes.create_masterplan(malang_town.rini, PLAN)


@pytest.mark.parametrize(
    ("why", "draft", "place"),
    [
        ("no title", replace(PLAN, title=" "), "title"),
        ("it ends before it begins", replace(PLAN, year_to=2020), "year_to"),
        ("an unknown axis set", replace(PLAN, axis_set="lainnya"), "axis_set"),
        ("a published fact without its source", replace(PLAN, origin="published"), "source"),
    ],
)
def test_a_wrong_masterplan_is_refused_by_its_place(
    malang_town: Town, why: str, draft: changes.MasterplanDraft, place: str
) -> None:
    with pytest.raises(Invalid) as refused:
        changes.edit_masterplan(malang_town.rini, malang_town.plan.pk, draft)
    assert [fault.place for fault in refused.value.faults] == [place], why


def test_officers_residents_and_other_regions_write_no_plan(malang_town: Town) -> None:
    plan = malang_town.plan.pk
    for actor in (malang_town.budi, malang_town.agus, malang_town.cast.sari.actor, malang_town.cast.visitor):
        with pytest.raises(Forbidden):
            changes.edit_masterplan(actor, plan, PLAN)
        with pytest.raises(Forbidden):
            changes.create_programme(actor, plan, PROGRAMME)
    with tenancy.scope(REGENCY), pytest.raises(NotFound):
        changes.edit_masterplan(malang_town.cast.joko.actor, plan, PLAN)


def test_a_draft_is_seen_by_those_who_write_it_and_nobody_else(malang_town: Town) -> None:
    malang_town.action()
    assert [row.is_draft for row in reads.masterplans(malang_town.rini)] == [True]
    for actor in (malang_town.budi, malang_town.agus, malang_town.cast.visitor):
        assert reads.masterplans(actor) == ()
        assert reads.search(actor, "layanan") == ()
        with pytest.raises(NotFound):
            reads.masterplan(actor, malang_town.plan.pk)
        with pytest.raises(NotFound):
            reads.action(actor, "A1", 2026, TODAY)


def test_an_adopted_plan_is_public_in_its_region_and_unknown_in_another(malang_town: Town) -> None:
    malang_town.action(is_quick_win=True)
    malang_town.adopt()
    for actor in (malang_town.budi, malang_town.agus, malang_town.cast.visitor):
        assert [row.is_in_force for row in reads.masterplans(actor)] == [True]
        assert [hit.code for hit in reads.search(actor, "LAYANAN satu")] == ["A1"]
    with tenancy.scope(REGENCY):
        joko = malang_town.cast.joko.actor
        assert reads.masterplans(joko) == ()
        assert reads.search(joko, "layanan") == ()
        assert reads.standings(joko, 2026, TODAY) == ()
        assert reads.tallies([2026], reads.realisation_rule(TODAY)) == {}
        for read in (reads.programme_tree, reads.quick_wins, reads.action_table):
            with pytest.raises(NotFound):
                read(joko, malang_town.plan.pk, 2026, TODAY)
        with pytest.raises(NotFound):
            reads.money(joko, malang_town.plan.pk, 2026)


def test_a_key_that_is_none_finds_nothing_instead_of_failing(malang_town: Town) -> None:
    with pytest.raises(NotFound):
        reads.masterplan(malang_town.rini, "bukan-kunci")
    with pytest.raises(NotFound):
        changes.new_version(malang_town.rini, "bukan-kunci")


def test_adopting_asks_for_a_legal_basis_and_actions(malang_town: Town) -> None:
    changes.edit_masterplan(malang_town.rini, malang_town.plan.pk, replace(PLAN, legal_basis=""))
    with pytest.raises(Invalid) as refused:
        malang_town.adopt()
    assert [fault.place for fault in refused.value.faults] == ["legal_basis", "actions"]


def test_adopting_refuses_shares_that_do_not_sum_to_one(malang_town: Town) -> None:
    made = malang_town.action(shares=half("governance", "economy"))
    DimensionShare.objects.filter(action=made, dimension="economy").delete()
    with pytest.raises(Invalid) as refused:
        malang_town.adopt()
    assert refused.value.faults[0].place == "A1: shares"


def every_locked_change(place: Town, made: Action) -> list[Callable[[], object]]:
    rini, plan = place.rini, place.plan.pk
    return [
        lambda: changes.edit_masterplan(rini, plan, PLAN),
        lambda: changes.adopt(rini, plan, TODAY),
        lambda: changes.create_programme(rini, plan, replace(PROGRAMME, code="P2")),
        lambda: changes.edit_programme(rini, place.programme.pk, PROGRAMME),
        lambda: changes.remove_programme(rini, place.programme.pk),
        lambda: changes.create_action(rini, place.programme.pk, replace(ACTION, code="A2")),
        lambda: changes.edit_action(rini, made.pk, ACTION, 1),
        lambda: changes.remove_action(rini, made.pk),
        lambda: changes.write_quick_win(rini, made.pk, changes.QuickWinDraft("cerita")),
        lambda: changes.add_planning_period(rini, plan, "RPJMD", "RPJMD", 2025, 2029),
    ]


def test_an_adopted_plan_is_changed_by_a_new_version_only(malang_town: Town) -> None:
    made = malang_town.action()
    malang_town.adopt()
    before = JournalEntry.objects.count()
    for change in every_locked_change(malang_town, made):
        with pytest.raises(Locked):
            change()
    assert JournalEntry.objects.count() == before


def test_a_new_version_takes_over_with_money_reports_evidence_and_bodies(malang_town: Town) -> None:
    rini = malang_town.rini
    made = malang_town.action(is_quick_win=True, shares=half("branding", "economy"))
    changes.write_quick_win(
        rini, made.pk, changes.QuickWinDraft("Cerita", {"benefit": "Cepat"}, (("Macet", "Sif"),))
    )
    malang_town.adopt()
    council = changes.write_body(rini, malang_town.plan.pk, "council", chair="Wali Kota")
    changes.record_meeting(rini, council.pk, date(2026, 2, 1), on=TODAY, decisions="Setuju")
    changes.add_fund(rini, made.pk, changes.FundDraft(2026, "csr", 500, 100))
    first = malang_town.verified(made, 20)
    new = changes.new_version(rini, malang_town.plan.pk)
    assert (new.version, new.status, new.supersedes_id) == (2, "draft", malang_town.plan.pk)
    with pytest.raises(Conflict):
        changes.new_version(rini, malang_town.plan.pk)
    copy = Action.objects.get(programme__masterplan=new)
    edited = replace(
        ACTION, shares=half("branding", "economy"), owner=made.owner_id, targets={2026: Decimal(30)}
    )
    changes.edit_action(rini, copy.pk, replace(edited, is_quick_win=True), 1)
    changes.adopt(rini, new.pk, TODAY)
    malang_town.plan.refresh_from_db()
    assert malang_town.plan.status == "superseded"
    story = reads.action(malang_town.cast.visitor, "A1", 2026, TODAY)
    assert (story.row.id, story.row.value, story.row.target, story.row.is_done) == (copy.pk, 20, 30, False)
    assert [(row.is_carried, row.stands) for row in story.reports] == [(True, True)]
    assert [(line.budget, line.spent) for line in story.funds] == [(500, 100)]
    assert story.quick_win is not None
    assert story.quick_win.risks == (reads.Risk("Macet", "Sif"),)
    plan = reads.masterplan(malang_town.cast.visitor)
    assert [meeting.decisions for meeting in plan.bodies[0].meetings] == ["Setuju"]
    assert [row.version for row in plan.versions] == [2, 1]
    # What was said of the old version stays with it, and is reported no more.
    first.refresh_from_db()
    assert first.action_id == made.pk
    with pytest.raises(Locked):
        malang_town.reported(made, 21, period=malang_town.quarter(2))
    assert sum(tally.planned for tally in reads.tallies([2026], reads.realisation_rule(TODAY)).values()) == 1
    assert (promises.illegal_transitions(), promises.nothing_stands()) == (0, 0)


def test_a_report_that_waits_comes_over_and_can_be_verified_there(malang_town: Town) -> None:
    made = malang_town.action()
    malang_town.adopt()
    sent = malang_town.reported(made, 20)
    new = changes.new_version(malang_town.rini, malang_town.plan.pk)
    changes.adopt(malang_town.rini, new.pk, TODAY)
    with pytest.raises(Locked):
        changes.verify_report(malang_town.rini, sent.pk, version=sent.version, at=NOW)
    (waiting,) = reads.verify_queue(malang_town.rini, TODAY)
    done = changes.verify_report(malang_town.rini, waiting.report_id, version=waiting.version, at=NOW)
    assert done.stands
    assert promises.illegal_transitions() == 0


def test_books_and_planning_periods(malang_town: Town) -> None:
    rini, plan = malang_town.rini, malang_town.plan.pk
    link = "https://malangkota.go.id/buku-1.pdf"
    book = changes.add_book(rini, plan, "buku-1", "Analisis Strategis", link=link)
    with pytest.raises(Conflict):
        changes.add_book(rini, plan, "buku-1", "Lagi", link=link)
    with pytest.raises(Invalid):
        changes.add_book(rini, plan, "buku-99", "Tidak ada", link="bukan tautan")
    changes.add_planning_period(rini, plan, "RPJMD", "RPJMD 2025–2029", 2025, 2029)
    with pytest.raises(Conflict):
        changes.add_planning_period(rini, plan, "RPJMD", "RPJMD 2025–2029", 2025, 2029)
    changes.remove_book(rini, book.pk)
    shown = reads.masterplan(rini, plan)
    assert (len(shown.books), [period.document for period in shown.planning_periods]) == (0, ["RPJMD"])
    with pytest.raises(Invalid):
        body = changes.write_body(rini, plan, "forum")
        changes.record_meeting(rini, body.pk, date(2026, 12, 1), on=TODAY)


# -- actions ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("why", "changed", "place"),
    [
        ("half of it counts nowhere", {"shares": half("governance")}, "shares"),
        ("more than the whole", {"shares": (*half("governance", "economy"), *half("living"))}, "shares"),
        ("a dimension twice", {"shares": half("governance", "governance")}, "shares"),
        ("an unknown dimension", {"shares": (changes.ShareDraft("mobility"),)}, "shares"),
        (
            "a part of another dimension",
            {"shares": (changes.ShareDraft("economy", 1, 1, "living.health"),)},
            "sub_dimension",
        ),
        ("a weight of nothing", {"weight": Decimal(0)}, "weight"),
        ("a target outside of the plan", {"targets": {2040: Decimal(1)}}, "target 2040"),
        ("an unknown family", {"family": "lain"}, "family"),
        ("half a place", {"latitude": Decimal("-7.98")}, "latitude"),
        ("a place in another country", {"latitude": Decimal(48), "longitude": Decimal(11)}, "latitude"),
        ("it ends before it begins", {"starts_on": date(2026, 2, 1), "ends_on": date(2026, 1, 1)}, "ends_on"),
        ("a title that is too long", {"title": "x" * 301}, "title"),
    ],
)
def test_a_wrong_action_is_refused_by_its_place(
    malang_town: Town, why: str, changed: dict[str, object], place: str
) -> None:
    with pytest.raises(Invalid) as refused:
        malang_town.action(**changed)
    assert [fault.place for fault in refused.value.faults] == [place], why
    assert not Action.objects.exists()


def test_the_owner_is_an_office_of_the_same_region(malang_town: Town) -> None:
    with pytest.raises(Invalid) as refused:
        malang_town.action(owner=malang_town.cast.regency_kominfo.pk)
    assert [fault.place for fault in refused.value.faults] == ["owner"]


def test_a_code_is_used_once_in_a_plan_whatever_the_programme(malang_town: Town) -> None:
    malang_town.action()
    other = changes.create_programme(malang_town.rini, malang_town.plan.pk, replace(PROGRAMME, code="P2"))
    with pytest.raises(Conflict):
        changes.create_action(malang_town.rini, other.pk, ACTION)
    with pytest.raises(Conflict):
        changes.create_programme(malang_town.rini, malang_town.plan.pk, replace(PROGRAMME, code="P2"))
    with pytest.raises(Conflict):
        changes.remove_programme(malang_town.rini, malang_town.programme.pk)


def test_an_edit_is_journalled_with_old_and_new_and_a_stale_one_is_told(malang_town: Town) -> None:
    made = malang_town.action()
    draft = replace(ACTION, owner=made.owner_id, title="Layanan daring", targets={2026: Decimal(25)})
    assert changes.edit_action(malang_town.rini, made.pk, draft, 1).version == 2
    facts = JournalEntry.objects.get(verb="action.edit").facts
    assert facts["title"] == [ACTION.title, "Layanan daring"]
    assert facts["targets"] == [{"2025": "10.0000", "2026": "20.0000"}, {"2026": "25"}]
    with pytest.raises(Conflict) as refused:
        changes.edit_action(malang_town.rini, made.pk, replace(draft, title="Lain"), 1)
    assert refused.value.changes == {"title": ("Lain", "Layanan daring")}
    changes.remove_action(malang_town.rini, made.pk)
    assert not Action.objects.exists()


def test_a_quick_win_has_the_ten_elements_and_no_others(malang_town: Town) -> None:
    plain, win = (
        malang_town.action(),
        malang_town.action("Q1", is_quick_win=True, shares=half("branding", "economy")),
    )
    for made, draft in (
        (plain, changes.QuickWinDraft("cerita")),
        (win, changes.QuickWinDraft(elements={"lainnya": "x"})),
        (win, changes.QuickWinDraft(risks=((" ", "tanpa risiko"),))),
    ):
        with pytest.raises(Invalid):
            changes.write_quick_win(malang_town.rini, made.pk, draft)
    changes.write_quick_win(
        malang_town.rini, win.pk, changes.QuickWinDraft("Pahlawan Street Center", {"benefit": "Ramai"})
    )
    malang_town.adopt()
    (shown,) = reads.quick_wins(malang_town.cast.visitor, None, 2026, TODAY)
    assert (shown.story, shown.elements, shown.action.dimensions) == (
        "Pahlawan Street Center",
        {"benefit": "Ramai"},
        ("branding", "economy"),
    )


# -- money -----------------------------------------------------------------------------------------


def test_sums_of_money_keep_missing_apart_from_zero_and_kind_apart_from_cash() -> None:
    found = money(
        [
            Line("apbd", 600, 300),
            Line("apbd", 100, 150),
            Line("csr", 300, None),
            Line("partner", 999, 999, is_in_kind=True),
        ]
    )
    assert (found.total.budget, found.total.spent, found.total.unreported) == (1_000, 450, 300)
    assert (found.total.over, found.total.is_over_budget) == (50, True)
    assert found.apbd_share == Fraction(7, 10)
    assert found.by_source["csr"].absorbed is None
    assert found.total.absorbed_percent == Decimal("45.00")
    assert (found.in_kind.budget, found.pledged.budget) == (999, 1_299)


def test_without_money_there_are_no_shares() -> None:
    found = money([])
    assert (found.apbd_share, found.total.spent, found.total.absorbed) == (None, None, None)


def test_a_code_of_an_edition_we_do_not_hold_is_kept_with_a_warning(malang_town: Town) -> None:
    made = malang_town.action()
    malang_town.adopt()
    draft = changes.FundDraft(2026, "apbd", 1_000, code="2.16.03.2.02.0099")
    written = changes.add_fund(malang_town.rini, made.pk, draft)
    assert (written.fund.edition, [warning.place for warning in written.warnings]) == ("", ["code"])
    shown = reads.money(malang_town.cast.visitor, None, 2026)
    assert [line.code for line in shown.unknown_codes] == ["2.16.03.2.02.0099"]
    with pytest.raises(Conflict):
        changes.add_fund(malang_town.rini, made.pk, draft)


@pytest.mark.parametrize(
    ("why", "changed", "place"),
    [
        ("a year outside of the plan", {"year": 2031}, "year"),
        ("less than nothing", {"budget": -1}, "budget"),
        ("a code of the APBD on a gift", {"source": "csr", "code": "2.16.03"}, "code"),
        ("a source nobody knows", {"source": "lotre"}, "source"),
    ],
)
def test_a_wrong_line_of_money_is_refused_by_its_place(
    malang_town: Town, why: str, changed: dict[str, object], place: str
) -> None:
    made = malang_town.action()
    with pytest.raises(Invalid) as refused:
        changes.add_fund(malang_town.rini, made.pk, replace(changes.FundDraft(2026, "apbd", 1), **changed))  # type: ignore[arg-type]
    assert [fault.place for fault in refused.value.faults] == [place], why


def test_a_pledge_is_realised_by_the_owning_office_and_by_no_other(malang_town: Town) -> None:
    made = malang_town.action()
    malang_town.adopt()
    bank = Partner.objects.create(name="Bank Jatim", helix="bank")
    pledge = changes.add_fund(
        malang_town.rini, made.pk, changes.FundDraft(2026, "csr", 500, partner=bank.pk)
    ).fund
    with pytest.raises(Forbidden):
        changes.record_spending(malang_town.agus, pledge.pk, 100)
    with pytest.raises(Forbidden):
        changes.edit_fund(malang_town.budi, pledge.pk, changes.FundDraft(2026, "csr", 900))
    assert changes.record_spending(malang_town.budi, pledge.pk, 300).warnings == ()
    (over,) = changes.record_spending(malang_town.rini, pledge.pk, 600).warnings
    assert over.place == "spent"
    (own,) = reads.money(malang_town.cast.visitor, None, 2026).by_origin
    assert (own.money.pledged.budget, own.money.pledged.spent, own.money.total.over) == (500, 600, 100)
    changes.remove_fund(malang_town.rini, pledge.pk)
    assert not Fund.objects.exists()


def test_money_of_illustrations_stands_apart(malang_town: Town) -> None:
    for code, origin in (("A1", "record"), ("X1", "illustration")):
        made = malang_town.action(code, origin=origin)
        changes.add_fund(malang_town.rini, made.pk, changes.FundDraft(2026, "apbd", 1_000))
    malang_town.adopt()
    shown = reads.money(malang_town.cast.visitor, None, 2026).by_origin
    assert [(own.origin, own.money.total.budget) for own in shown] == [
        ("record", 1_000),
        ("illustration", 1_000),
    ]


# -- out of the plan -------------------------------------------------------------------------------


def test_the_flat_rows_carry_what_the_pages_show(malang_town: Town) -> None:
    made = malang_town.action(shares=half("branding", "economy"))
    malang_town.adopt()
    malang_town.verified(made, 20)
    visitor = malang_town.cast.visitor
    rows = reads.action_table(visitor, None, 2026, TODAY)
    assert [(row["dimension"], row["part"], row["value"], row["is_done"]) for row in rows] == [
        ("branding", "1/2", "20.0000", True),
        ("economy", "1/2", "20.0000", True),
    ]
    figures = reads.realisation_table(
        reads.realisation(visitor, None, 2026, TODAY), reads.figure_kinds(visitor, None, 2026)
    )
    assert {(row["rule"], row["percent"]) for row in figures if not row["dimension"]} == {
        ("pooled", "100.00"),
        ("mean", "100.00"),
        ("weighted", "100.00"),
    }


def test_regions_stand_side_by_side_for_the_nation(malang_town: Town) -> None:
    made = malang_town.action()
    malang_town.adopt()
    malang_town.verified(made, 20)
    putu = malang_town.cast.putu.actor
    with tenancy.scope(NATION, also=["35.73", "35.07"]):
        (row,) = reads.standings(putu, 2026, TODAY)
    assert row.pooled is not None
    assert (row.plan.tenant, row.origin, row.pooled.rounded) == ("35.73", "record", Decimal("100.00"))


def test_a_programme_of_the_nation_is_shared_and_each_region_writes_its_own_part(cast: Cast) -> None:
    putu, rini = cast.putu.actor, cast.rini.actor
    with tenancy.scope(NATION):
        shared = changes.create_shared_programme(
            putu, replace(PROGRAMME, code="BTS", title="Bromo Tengger Semeru")
        )
    with tenancy.scope("35.73", also=[NATION]):
        with pytest.raises(Forbidden):
            changes.create_shared_programme(rini, PROGRAMME)
        with pytest.raises(Forbidden):
            changes.write_shared_part(cast.agus.actor, shared.pk, "Titipan")
        changes.write_shared_part(rini, shared.pk, "Angkutan dari stasiun")
        changes.write_shared_part(rini, shared.pk, "Angkutan dari stasiun Malang")
        (seen,) = reads.shared_programmes(cast.visitor)
        assert [part.part for part in seen.parts] == ["Angkutan dari stasiun Malang"]
    with tenancy.scope(REGENCY, also=[NATION]):
        (seen,) = reads.shared_programmes(cast.joko.actor)
        assert seen.parts == ()
    with tenancy.scope(NATION, also=["35.73", REGENCY]):
        (seen,) = reads.shared_programmes(putu)
        assert [part.tenant for part in seen.parts] == ["35.73"]


def test_a_change_that_is_refused_leaves_no_line_in_the_journal(malang_town: Town) -> None:
    before = JournalEntry.objects.count()
    with pytest.raises(Invalid):
        malang_town.action(weight=Decimal(-1))
    assert (JournalEntry.objects.count(), Masterplan.objects.count(), Report.objects.count()) == (
        before,
        1,
        0,
    )
