"""Laws of the arithmetic, for all values."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balai.evaluation import rules

INSTRUMENTS = {code: found.value for code, found in rules.instruments().items()}
SPBE = INSTRUMENTS["spbe-2020"]
SMART = INSTRUMENTS["smartcity-2023-kppn-ikn"]
CITY_CODES = sorted(code for code, each in INSTRUMENTS.items() if each.family == "smartcity")

levels = st.fixed_dictionaries({key: st.integers(1, 5) for key in SPBE.indicator_weights})
hundredths = st.integers(0, 400).map(lambda cents: Decimal(cents) / 100)


def components(code: str) -> st.SearchStrategy[dict[str, Decimal]]:
    return st.fixed_dictionaries(dict.fromkeys(INSTRUMENTS[code].weights, hundredths))


@given(st.decimals(-999, 999, places=4))
def test_half_up_is_the_rounding_of_decimal(value: Decimal) -> None:
    assert rules.half_up(value) == value.quantize(Decimal("0.01"), ROUND_HALF_UP)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=5))
def test_a_question_is_the_mean_of_its_assessors(scores: list[int]) -> None:
    assert rules.question_score(scores) * len(scores) == sum(scores)


@pytest.mark.parametrize("code", CITY_CODES)
@given(data=st.data())
def test_an_index_stays_on_the_scale_and_is_its_own_sum(code: str, data: st.DataObject) -> None:
    values = data.draw(components(code))
    found = rules.index_of_parts(INSTRUMENTS[code], values)
    assert 0 <= found.shown <= 4
    assert abs(found.exact - Fraction(found.shown)) <= Fraction(3, 100)
    assert found.shown == rules.half_up(sum((term.counted for term in found.terms), Fraction()))


@given(levels, st.sampled_from(sorted(SPBE.indicator_weights)))
def test_an_index_never_falls_when_a_level_rises(given_levels: dict[str, int], key: str) -> None:
    if given_levels[key] == 5:
        return
    raised = {**given_levels, key: given_levels[key] + 1}
    before, after = rules.index_of_levels(SPBE, given_levels), rules.index_of_levels(SPBE, raised)
    assert after.exact - before.exact == Fraction(SPBE.indicator_weights[key]) / 100
    assert before.predicate and after.predicate
    assert after.predicate.at_least >= before.predicate.at_least


@given(levels)
def test_levels_and_unrounded_domains_give_the_same_index(given_levels: dict[str, int]) -> None:
    by_domain = rules.index_of_parts(SPBE, rules.domain_values(SPBE, given_levels))
    assert by_domain.exact == rules.index_of_levels(SPBE, given_levels).exact


@given(levels)
def test_the_way_to_the_next_predicate_arrives_there(given_levels: dict[str, int]) -> None:
    way = rules.to_next_band(SPBE, given_levels)
    if way is None:
        assert rules.index_of_levels(SPBE, given_levels).exact >= Fraction("4.2")
        return
    reached = dict(given_levels)
    for step in way.steps:
        reached[step.question.key] += 1
    found = rules.index_of_levels(SPBE, reached)
    assert found.predicate is not None and found.predicate.key == way.band


@pytest.mark.parametrize("missing", ["1", "24", "47"])
def test_a_missing_level_is_not_a_zero(missing: str) -> None:
    given_levels = {key: 3 for key in SPBE.indicator_weights if key != missing}
    with pytest.raises(rules.MissingLevel) as error:
        rules.index_of_levels(SPBE, given_levels)
    assert error.value.missing == (missing,)


def test_a_missing_question_stops_the_component() -> None:
    scores = {question.key: 3 for question in SMART.questions if question.key != "6.4"}
    with pytest.raises(rules.MissingLevel) as error:
        rules.component_scores(SMART, scores)
    assert error.value.missing == ("6.4",)


@pytest.mark.parametrize("level", [0, 6, -1])
def test_a_level_outside_of_the_scale_is_refused(level: int) -> None:
    with pytest.raises(rules.OutOfScale):
        rules.index_of_levels(SPBE, dict.fromkeys(SPBE.indicator_weights, 3) | {"7": level})


def test_assessors_who_disagree_on_a_level_must_agree_first() -> None:
    scores: dict[str, Fraction] = dict.fromkeys(SPBE.indicator_weights, Fraction(3))
    with pytest.raises(rules.OutOfScale, match="12"):
        rules.index_of_scores(SPBE, scores | {"12": Fraction(5, 2)})


@pytest.mark.parametrize(
    ("who", "finals", "expected"),
    [
        ("a tie shares its place", {"a": "3.1", "b": "3.1", "c": "3.0"}, {"a": 1, "b": 1, "c": 3}),
        ("who did not take part has none", {"a": "3.1", "b": None}, {"a": 1}),
        ("a zero that was scored has one", {"a": "3.1", "b": "0"}, {"a": 1, "b": 2}),
        ("nobody", {}, {}),
    ],
)
def test_ranks(who: str, finals: dict[str, str | None], expected: dict[str, int]) -> None:
    values = {key: None if final is None else Decimal(final) for key, final in finals.items()}
    assert rules.ranks(values) == expected


def test_what_if_changes_index_rank_and_predicate_and_leaves_what_was_given() -> None:
    given_levels = dict.fromkeys(SPBE.indicator_weights, 3)
    others = {"x": Decimal("3.50"), "y": Decimal("3.02"), "z": None}
    found = rules.what_if(SPBE, given_levels, {str(key): 5 for key in range(32, 42)}, others)
    assert (found.before.shown, found.after.shown) == (Decimal("3.00"), Decimal("3.55"))
    assert (found.rank_before, found.rank_after) == (3, 1)
    assert [index.predicate.name.id for index in (found.before, found.after) if index.predicate] == [
        "Baik",
        "Sangat Baik",
    ]
    assert set(given_levels.values()) == {3}


def test_what_if_of_a_component() -> None:
    values = dict.fromkeys(SMART.weights, Decimal("2.50"))
    assert rules.what_if(SMART, values, {"outcome": Decimal("3.50")}).difference == Decimal("0.20")
    with pytest.raises(KeyError):
        rules.what_if(SMART, values, {"weather": Decimal(1)})
    with pytest.raises(ValueError, match="scale"):
        rules.what_if(SMART, values, {"outcome": Decimal("4.01")})


def test_gaps_are_a_work_list_with_the_greatest_gain_first() -> None:
    listed = rules.gaps(SPBE, dict.fromkeys(SPBE.indicator_weights, 3) | {"42": 5})
    assert [gap.question.key for gap in listed[:5]] == ["43", "44", "45", "46", "47"]
    assert listed[0].gain == Fraction(3, 100)
    assert listed[0].meaning and listed[0].meaning.name.id == "Kolaborasi"


def test_the_sum_of_2023_is_written_with_one_rounding_at_the_end() -> None:
    values = dict(
        zip(SMART.weights, map(Decimal, ["3.60", "2.29", "3.41", "2.81", "3.13", "2.53"]), strict=True)
    )
    lines = rules.index_of_parts(SMART, values).spelled()
    assert lines[0] == "Baseline: 10 % × 3,6 = 0,36"
    assert lines[-1] == "0,36 + 0,458 + 0,682 + 0,562 + 0,626 + 0,253 = 2,941 → 2,94"


@given(st.lists(levels, max_size=3))
def test_many_indexes_by_levels_at_once_are_those_of_each(many: list[dict[str, int]]) -> None:
    found = rules.finals(SPBE, dict(enumerate(many)))
    for place, one in enumerate(many):
        index = rules.index_of_levels(SPBE, one)
        assert found[place] == rules.Final(index.exact, index.shown)


@pytest.mark.parametrize("code", CITY_CODES)
@given(data=st.data())
def test_many_indexes_by_components_at_once_are_those_of_each(code: str, data: st.DataObject) -> None:
    values = data.draw(components(code))
    index = rules.index_of_parts(INSTRUMENTS[code], values)
    assert rules.finals(INSTRUMENTS[code], {"x": values})["x"] == rules.Final(index.exact, index.shown)


def test_many_at_once_refuse_a_missing_value_too() -> None:
    with pytest.raises(rules.MissingLevel):
        rules.finals(SPBE, {"x": {"1": 3}})
