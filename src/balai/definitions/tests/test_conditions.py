"""Conditions: typed when they are read, bounded when they are asked, and never a yes by mistake."""

from decimal import Decimal
from typing import Any

import pytest
from tests.clock import within

from balai.definitions.conditions import (
    MOST_ROWS,
    Condition,
    ConditionFailed,
    ConditionWrong,
    Function,
    Kind,
    Shape,
    Vocabulary,
)

FORM = Shape(
    {
        "topic": Kind.TEXT,
        "count": Kind.INTEGER,
        "area": Kind.DECIMAL,
        "agreed": Kind.YES_NO,
        "needs": Kind.TEXTS,
        "born_on": Kind.TEXT,
        "family": Shape({"age": Kind.INTEGER, "name": Kind.TEXT}, is_list=True),
        "home": Shape({"village": Kind.TEXT}),
    }
)
WORDS = Vocabulary({"form": FORM, "today": Kind.TEXT})
FULL: dict[str, Any] = {
    "topic": "lamp",
    "count": 3,
    "area": Decimal("2.5"),
    "agreed": True,
    "needs": ["chairs"],
    "born_on": "2010-05-01",
    "family": [{"age": 3, "name": "Ani"}],
    "home": {"village": "35.73.02.1004"},
}


def condition(text: str) -> Condition:
    return WORDS.condition(text)


def holds(text: str, form: dict[str, Any]) -> bool:
    return condition(text).holds({"form": form, "today": "2026-11-22"})


@pytest.mark.parametrize(
    ("text", "full", "empty"),
    [
        ("form.topic == 'lamp'", True, False),
        ("form.topic in ['lamp', 'bin']", True, False),
        ("form.agreed", True, False),
        ("!form.agreed", False, True),
        ("'chairs' in form.needs", True, False),
        ("size(form.family) == 0", False, True),
        ("form.family.exists(one, has(one.age) && one.age < 17)", True, False),
        ("has(form.area) && form.area > 2.0", True, False),
        ("form.count == null", False, True),
        ("has(form.count) && form.count * 2 + 1 == 7", True, False),
        ("has(form.born_on) && years(form.born_on, today) == 16", True, False),
        ("has(form.born_on) && days(form.born_on, today) > 6000", True, False),
        ("has(form.home.village) && lies_in(form.home.village, '35.73')", True, False),
        ("has(form.topic) && form.topic.matches('^l[a-z]+$')", True, False),
    ],
)
def test_a_condition_is_answered_with_all_and_with_nothing(text: str, full: bool, empty: bool) -> None:
    assert (holds(text, FULL), holds(text, {})) == (full, empty)


@pytest.mark.parametrize(
    ("text", "letter", "word"),
    [
        ("form.topik == 'lamp'", 5, "topik"),
        ("forn.topic == 'lamp'", 5, "forn"),
        ("form.topic == 5", 12, "Jenis"),
        ("form.area > 2", 11, "Jenis"),
        ("form.topic = 'lamp'", 12, "Bentuk"),
        ("form.count", 1, "ya atau tidak"),
        ("form.topic + 'a' == 'b'", 12, "Jenis"),
        ("form.needs + form.needs == []", 12, "Jenis"),
        ("form.needs.map(n, n) == []", 16, "n"),
        ("form.needs.filter(n, n == 'a') == []", 19, "n"),
        ("dyn(form.topic) == 1", 4, "dyn"),
        ("open('/etc/passwd') == ''", 5, "open"),
        ("[form.topic, 1][0] + [form.topic, 1][0] == 'x'", 1, "mencampur"),
        ("{'a': [1, 'b']}['a'][0] == 1", 1, "mencampur"),
        ("true || " * 80 + "true", 1, "terlalu panjang"),
        ("", 1, ""),
    ],
)
def test_a_wrong_condition_is_refused_when_it_is_read_and_names_the_letter(
    text: str, letter: int, word: str
) -> None:
    with pytest.raises(ConditionWrong) as refused:
        condition(text)
    assert word in refused.value.wrong
    assert refused.value.letter == letter


@pytest.mark.parametrize(
    "text",
    [
        "form.count > 3",
        "years(form.topic, today) > 3",
        "form.family[7].age > 1",
        "1 / (form.count - 3) > 0",
        "9223372036854775807 + form.count > 0",
    ],
)
def test_what_cannot_be_computed_is_an_error_and_no_yes(text: str) -> None:
    with pytest.raises(ConditionFailed):
        holds(text, {} if text == "form.count > 3" else FULL)


def test_nested_questions_over_long_lists_end_soon() -> None:
    asked = condition("form.needs.all(a, form.needs.all(b, form.needs.all(c, a <= c || b == c || true)))")
    with within(2), pytest.raises(ConditionFailed):
        asked.holds({"form": {"needs": ["x" * 4000] * 5000}, "today": "2026-11-22"})


def test_a_list_is_looked_at_up_to_a_hundred_items() -> None:
    assert holds(f"size(form.needs) == {MOST_ROWS}", {"needs": ["x"] * 5000})


def test_a_condition_says_what_it_looks_at_and_texts_do_not_count() -> None:
    found = condition("form.topic == 'form.area' && size(form.family) > 0").refers_to
    assert found == {("form", "topic"), ("form", "family")}


def test_a_caller_may_add_a_function_of_its_own() -> None:
    words = Vocabulary(
        {"at": Kind.TEXT}, (Function("is_late", (Kind.TEXT,), Kind.YES_NO, lambda at: at > "2026"),)
    )
    assert words.condition("is_late(at)").holds({"at": "2027"})
    assert not words.condition("is_late(at)").holds({"at": "2025"})
