"""Published figures: what a printed total can and cannot be, and claims kept apart from counts."""

from decimal import Decimal
from fractions import Fraction

import pytest
from tests.cast import REGENCY, Cast

from balai.base import tenancy
from balai.base.errors import Conflict, Forbidden, Invalid, NotFound
from balai.plan import changes, reads
from balai.plan.models import PublishedFigure
from balai.plan.rules.published import Printed, explain
from balai.plan.tests.town import TODAY

MALANG_2023 = {
    "governance": Decimal(100),
    "branding": Decimal(89),
    "economy": Decimal(86),
    "living": Decimal(100),
    "society": Decimal(100),
    "environment": Decimal(100),
}
"""Kota Malang, Tahap II 2023, and its total of 96.2.
Source: https://malangkota.go.id/2023/11/09/evaluasi-tahap-ii-program-smart-city-kota-malang-terealisasi-962/"""


def test_the_96_2_of_kota_malang_cannot_be_the_mean_of_its_six_dimensions() -> None:
    found = explain(MALANG_2023, Decimal("96.2"))
    assert found.mean_of_printed == Decimal("95.83")
    assert found.mean_high == 96
    assert not found.mean_is_possible


def test_pooled_over_actions_it_can_be_with_these_numbers_of_actions_and_no_others() -> None:
    families = explain(MALANG_2023, Decimal("96.2")).families
    assert {family.misses: family.denominators for family in families} == {
        2: (52, 53),
        3: (78, 79),
        4: (104, 105, 106),
    }


def test_the_smallest_family_has_8_of_9_and_6_of_7_and_36_in_the_other_four() -> None:
    smallest = explain(MALANG_2023, Decimal("96.2")).families[0].smallest
    assert (smallest["branding"], smallest["economy"]) == ((8, 9), (6, 7))
    assert sum(planned for _done, planned in smallest.values()) == 52
    assert all(Printed(value).holds(Fraction(*smallest[key])) for key, value in MALANG_2023.items())


def test_a_weighting_is_neither_excluded_nor_shown() -> None:
    assert explain(MALANG_2023, Decimal("96.2")).weighting_is_possible
    assert not explain(MALANG_2023, Decimal("80.0")).weighting_is_possible


@pytest.mark.parametrize(
    ("why", "printed", "total", "possible"),
    [
        ("the plain mean, to the digit", ["90", "80"], "85.0", True),
        ("within what rounding hides", ["90", "80"], "85.4", True),
        ("at the open upper end", ["90", "80"], "85.6", False),
        ("below everything rounding hides", ["90", "80"], "84.4", False),
        ("all full and the total full", ["100", "100"], "100.0", True),
        ("all full and the total not", ["100", "100"], "99.0", False),
    ],
)
def test_when_a_mean_is_possible(why: str, printed: list[str], total: str, possible: bool) -> None:
    values = {str(n): Decimal(text) for n, text in enumerate(printed)}
    assert explain(values, Decimal(total)).mean_is_possible is possible, why


def test_every_family_found_does_print_as_published() -> None:
    printed = {"a": Decimal(67), "b": Decimal(50), "c": Decimal(100)}
    for family in explain(printed, Decimal("71.4"), most_misses=6).families:
        done = sum(d for d, _p in family.smallest.values())
        planned = sum(p for _d, p in family.smallest.values())
        assert planned - done == family.misses
        assert Printed(Decimal("71.4")).holds(Fraction(done, planned))
        assert all(Printed(printed[key]).holds(Fraction(*pair)) for key, pair in family.smallest.items())


def test_a_percentage_above_100_is_no_percentage() -> None:
    with pytest.raises(ValueError, match="between 0 and 100"):
        explain({"a": Decimal(101)}, Decimal(90))
    with pytest.raises(ValueError, match="none is given"):
        explain({}, Decimal(90))


def claim(dimension: str, value: Decimal) -> changes.PublishedDraft:
    return changes.PublishedDraft(
        reads.REALISATION,
        "Realisasi",
        2023,
        "percent",
        "https://malangkota.go.id/2023/11/09/",
        "verified",
        dimension=dimension,
        value=value,
    )


def test_a_published_total_is_explained_from_the_claims_of_its_source(cast: Cast) -> None:
    national = cast.putu
    with tenancy.scope(tenancy.NATIONAL):
        for key, value in (MALANG_2023 | {"": Decimal("96.2")}).items():
            changes.record_published_figure(national.actor, claim(key, value))
        total = reads.published_total(national.actor, 2023)
        assert total.explanation.mean_of_printed == Decimal("95.83")
        assert total.explanation.families[0].denominators == (52, 53)
        # Nothing of it enters a count.
        assert reads.tallies([2023], reads.realisation_rule(TODAY)) == {}
        with pytest.raises(NotFound):
            reads.published_total(national.actor, 2022)
    with tenancy.scope(REGENCY):
        assert reads.published(cast.joko.actor) == ()
        assert reads.published_table(cast.joko.actor) == ()


def test_a_claim_has_a_source_a_number_and_is_written_once(cast: Cast) -> None:
    national = cast.putu.actor
    with tenancy.scope(tenancy.NATIONAL):
        empty = changes.PublishedDraft(reads.REALISATION, "Realisasi", 2023, "percent", "", "verified")
        with pytest.raises(Invalid) as refused:
            changes.record_published_figure(national, empty)
        assert {fault.place for fault in refused.value.faults} == {"source", "value"}
        row = changes.record_published_figure(national, claim("", Decimal("96.2")))
        with pytest.raises(Conflict):
            changes.record_published_figure(national, claim("", Decimal("96.2")))
        changes.remove_published_figure(national, row.pk)
        assert not PublishedFigure.objects.exists()


def test_an_officer_does_not_record_published_figures(cast: Cast, malang: tenancy.Scope) -> None:
    for person in (cast.budi, cast.agus, cast.sari):
        with pytest.raises(Forbidden):
            changes.record_published_figure(person.actor, claim("", Decimal("96.2")))
