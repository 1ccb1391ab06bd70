"""A round of the smart city: three assessors, means, last year's index as published, figures of the plan."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from tests.cast import MALANG, REGENCY, Cast

from balai.base import tenancy
from balai.base.errors import Forbidden, Locked
from balai.evaluation import changes, reads, rules
from balai.evaluation.changes.keeping import kept_instrument
from balai.evaluation.models import PublishedResult
from balai.evaluation.rules.rounds import Given, lacks
from balai.evaluation.tests.ring import ANSWERING, DRAFT, FREEZING, SCORING, Ring, opened
from balai.plan.tests.town import found

LAST_YEAR = ("3.35", "2.39", "3.09", "2.94", "3.02")
"""Kota Malang 2022, first phase: published 2.95, each term rounded; rounded once 2.94."""


@pytest.fixture
def ring(cast: Cast) -> Ring:
    made = opened(cast, code="kota-2023", year=2023, instrument="smartcity-2023-kppn-ikn")
    with tenancy.scope(tenancy.NATIONAL):
        kept = kept_instrument("smartcity-2022-first-phase")
        PublishedResult.objects.create(
            instrument=kept,
            family="smartcity",
            year=2022,
            group="KPPN_IKN_first_phase",
            unit="Kota Malang",
            unit_key="kotamalang",
            region_code="35.73",
            values=dict(zip(rules.Instrument.kept(kept.written).weights, LAST_YEAR, strict=True)),
            total=Decimal("2.95"),
            source="Surat menteri",
            imported_by="Putu",
            imported_at=SCORING,
        )
    return made


def judged(ring: Ring, values: tuple[int, ...] = (3, 3, 4)) -> None:
    ring.submit()
    for person in ring.assessors:
        ring.ready(person)
    for person, value in zip(ring.assessors, values, strict=True):
        ring.judge(person, value)


def test_means_components_index_and_change_are_frozen_as_reckoned(ring: Ring) -> None:
    judged(ring)
    with tenancy.scope(tenancy.NATIONAL):
        (standing,) = reads.provisional(ring.cast.putu.actor, ring.round.pk)
        assert standing.final and standing.final.shown == Decimal("3.33")
    (malang,) = [row for row in ring.freeze() if row.region_tenant == MALANG]
    assert malang.content["questions"]["1.1"] == str(Fraction(10, 3))
    assert malang.content["parts"]["impact"] == str(Fraction("3.33"))
    assert (malang.final, malang.change, malang.predicate) == (Decimal("3.33"), Decimal("0.39"), "")
    with tenancy.scope(MALANG):
        report = reads.report(ring.cast.rini.actor, ring.round.pk)
    assert report.before_year == 2022
    assert report.parts_before["baseline"] == Fraction("3.35")
    assert "collaboration" not in report.parts_before


def test_a_settled_question_stands_before_the_mean_in_both_ways_of_reckoning(ring: Ring) -> None:
    judged(ring)
    ring.moderate("6.1", 1)
    with tenancy.scope(tenancy.NATIONAL):
        (standing,) = reads.provisional(ring.cast.putu.actor, ring.round.pk)
        assert reads.moderation(ring.cast.putu.actor, ring.invitation().pk)[-6].settled == 1
    (malang,) = [row for row in ring.freeze() if row.region_tenant == MALANG]
    assert standing.final and standing.final.shown == malang.final
    assert Fraction(malang.content["parts"]["collaboration"]) == Fraction("2.94")


def test_nobody_but_the_nation_sees_how_regions_stand_and_only_when_all_have_scored(ring: Ring) -> None:
    ring.submit()
    for person in ring.assessors:
        ring.ready(person)
    ring.judge(ring.assessors[0])
    with tenancy.scope(tenancy.NATIONAL):
        assert reads.provisional(ring.cast.putu.actor, ring.round.pk) == ()
        with pytest.raises(Forbidden):
            reads.provisional(ring.assessors[0].actor, ring.round.pk)
        told = {
            row.invitation.region_tenant: (row.answered, row.is_submitted, row.assessors, row.finished)
            for row in reads.standing(ring.cast.putu.actor, ring.round.pk)
        }
    assert told == {MALANG: (117, True, 3, 1), REGENCY: (0, False, 0, 0)}
    for person in (ring.cast.rini, ring.cast.agus, ring.cast.joko):
        with tenancy.scope(person.tenant):
            with pytest.raises(Forbidden):
                reads.provisional(person.actor, ring.round.pk)
            seen = reads.standing(person.actor, ring.round.pk)
            assert [row.invitation.region_tenant for row in seen] == [person.tenant]


def test_a_withdrawn_assessor_no_longer_counts(ring: Ring) -> None:
    judged(ring, (3, 3, 1))
    third = ring.assessments["Citra", MALANG]
    with tenancy.scope(tenancy.NATIONAL):
        changes.withdraw(ring.cast.putu.actor, third.pk, "Sakit", FREEZING)
        assert reads.moderation(ring.cast.putu.actor, ring.invitation().pk)[0].given == (3, 3)


def test_a_survey_s_raw_results_prove_every_question_of_the_survey(ring: Ring) -> None:
    instrument = ring.instrument
    given = {
        each.key: Given(
            has_answer=True,
            has_level=False,
            evidence=() if each.part == "impact" and each.key != "4.1.1.1" else each.evidence[:1],
        )
        for each in instrument.questions
    }
    assert lacks(instrument, given) == ()
    given["4.1.1.1"] = replace(given["4.1.1.1"], evidence=())
    assert len(lacks(instrument, given)) == 54


def test_figures_of_the_plan_are_offered_with_where_they_come_from(ring: Ring) -> None:
    with tenancy.scope(MALANG):
        town = found(ring.cast)
        for number in range(3):
            town.action(f"A{number}")
        town.adopt()
        offered = reads.figures(ring.cast.rini.actor, ring.instrument, 2026, "35.73", date(2026, 9, 20))
        assert (offered["1.4"].value, offered["1.5"].value) == (1, 3)
        assert offered["1.5"].source == "Rencana Induk Kota Cerdas"
        saved = changes.save_answer(
            ring.cast.rini.actor,
            ring.round.pk,
            "1.5",
            changes.AnswerDraft(value=offered["1.5"].value, figure=offered["1.5"].told()),
            version=None,
            at=ANSWERING,
        )
        assert saved.figure["reference"] == str(town.plan.pk)
    with tenancy.scope(REGENCY):
        assert reads.figures(ring.cast.joko.actor, ring.instrument, 2026, "35.07", date(2026, 9, 20)) == {}


def test_the_region_that_still_has_time_keeps_the_round_open(ring: Ring) -> None:
    judged(ring)
    with tenancy.scope(tenancy.NATIONAL):
        changes.extend(
            ring.cast.putu.actor, ring.invitation(REGENCY).pk, SCORING, "Gempa", DRAFT.answers_due_at
        )
        with pytest.raises(Locked):
            changes.freeze(ring.cast.putu.actor, ring.round.pk, SCORING)
