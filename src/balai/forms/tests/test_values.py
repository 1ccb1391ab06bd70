"""Each type takes what is right and refuses the rest, with words."""

import random
import string
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from balai.forms.rules import typed
from balai.forms.rules.posted import in_input
from balai.forms.rules.values import day_of, plain, read
from balai.forms.tests.writing import TODAY, around, asking, check, one_field
from balai.places.rules import Point

CHOICES = "options: [{key: a, label: {id: A, en: A}}, {key: b, label: {id: B, en: B}}]"
NIK, KK, NPWP = "3573014101900001", "3573010203100001", "013121660091000"
TABLE: list[tuple[str, list[tuple[Any, Any]], list[Any]]] = [
    ("type: text, privacy: P0, min: 2, max: 5", [(" ab ", "ab"), ("e\u0301te\u0301", "été")], ["a", "abcdef", 5, "a\x00b", "a\nb", "\ud800a", ["ab"], True]),  # noqa: E501  a row of a table
    ("type: long_text, privacy: P0, max: 9", [("a\r\nb", "a\nb")], ["a" * 10, "a\x07b", "\x00" * 2, {"a": 1}]),  # noqa: E501  a row of a table
    ("type: integer, privacy: P0, min: 0, max: 10", [(3, 3), ("4", 4), ("-0", 0)], [11, -1, "1.5", 1.0, True, "x", "9" * 40, None.__class__]),  # noqa: E501  a row of a table
    ("type: decimal, privacy: P0, min: 0, places: 2", [("2.5", Decimal("2.5")), (2, Decimal(2)), (0.1, Decimal("0.1"))], ["-1", "1.234", "1e9", "NaN", "Infinity", "2,5", True, float("inf"), []]),  # noqa: E501  a row of a table
    ("type: money, privacy: P0, max: 1000", [(1000, 1000), ("12", 12)], [1001, -1, "12.5", 1.5, False]),
    ("type: boolean, privacy: P0", [(True, True)], ["yes", 1, "true", []]),
    (f"type: choice, privacy: P0, {CHOICES}", [("a", "a")], ["c", "A", 1, ["a"], {"a": 1}]),
    (f"type: choices, privacy: P0, {CHOICES}, min_items: 1, max_items: 1", [(["b"], ("b",)), (["b", "b"], ("b",))], [["a", "b"], ["c"], "a", [1], [["a"]], ["a"] * 500]),  # noqa: E501  a row of a table
    ("type: date, privacy: P0, earliest: 2020-01-01, latest: today", [("2026-11-22", date(2026, 11, 22))], ["2026-11-23", "2019-12-31", "2026-02-30", "22-11-2026", "2026-1-1", 20260101, "today"]),  # noqa: E501  a row of a table
    ("type: time, privacy: P0", [("08:30", time(8, 30)), ("8.05", time(8, 5))], ["24:00", "8", "08:60", 830]),
    ("type: nik, privacy: P2", [("3573 0141 0190 0001", NIK)], ["3573017202900001", "123", 3573014101900001, "3573014101900000", "x" * 16]),  # noqa: E501  a row of a table
    ("type: kk, privacy: P2", [(KK, KK)], ["3573014102900001", "abc", {}]),
    ("type: nop, privacy: P1", [("35.73.010.001.002-0123.0", "357301000100201230")], ["357301000100200000", "35730100010020123"]),  # noqa: E501  a row of a table
    ("type: nib, privacy: P1", [("1234567890123", "1234567890123")], ["123", "12345678901234"]),
    ("type: npwp, privacy: P2", [("01.312.166.0-091.000", NPWP)], ["013121661091000", "1"]),
    ("type: phone, privacy: P2", [("0812-3456-7890", "+6281234567890"), ("+62 341 123456", "+62341123456"), ("+65 6123 4567", "+6561234567")], ["12345", "0812abc", "+6200", 812, "0" * 60]),  # noqa: E501  a row of a table
    ("type: email, privacy: P2", [("Sari@Contoh.ID", "Sari@contoh.id")], ["sari", "sari@", "a b@c.id", "x" * 300 + "@c.id", 7]),  # noqa: E501  a row of a table
    ("type: region, privacy: P1, level: village, within: city", [("35.73.02.1004", "35.73.02.1004")], ["35.73.02", "35.07.01.2001", "35.73.99.9999", "x", 3573]),  # noqa: E501  a row of a table
    ("type: point, privacy: P1, within: city", [({"latitude": "-7,9771", "longitude": 112.634}, Point(-7.9771, 112.634))], [{"latitude": 0}, {"latitude": "-7.9", "longitude": "112.6", "x": 1}, {"latitude": 95, "longitude": 1}, {"latitude": "-9", "longitude": "113"}, "-7,112", {"latitude": True, "longitude": 1}, {"latitude": "nan", "longitude": "1"}, [1, 2]]),  # noqa: E501  a row of a table
    ("type: file, privacy: P2, kinds: [pdf], max_items: 2, max_mb: 1", [(["a"], ("a",)), (["a", "a"], ("a",))], [["b"], ["c"], ["big"], "a", [1], ["a", "d", "e"]]),  # noqa: E501  a row of a table
    ("type: image, privacy: P2", [(["b"], ("b",))], [["a"], ["b", "f"]]),
]  # fmt: skip
FILES = {
    "a": ("application/pdf", 10), "b": ("image/jpeg", 10), "d": ("application/pdf", 10),
    "e": ("application/pdf", 10), "f": ("image/png", 10), "big": ("application/pdf", 2_000_000),
}  # fmt: skip


@pytest.mark.parametrize(("field", "good", "bad"), TABLE, ids=[row[0].split(",")[0][6:] for row in TABLE])
def test_a_type_takes_what_is_right_and_refuses_the_rest(
    field: str, good: list[tuple[Any, Any]], bad: list[Any]
) -> None:
    made = asking(f"id: f, {field}")
    for answer, value in good:
        checked = check(made, {"f": answer}, files=FILES)
        assert (dict(checked.faults), checked.values["f"]) == ({}, value), answer
        assert read(one_field(made), plain(value), around(files=FILES)) == value, "it reads back the same"
        assert check(made, checked.plain(), files=FILES).values == checked.values
    for answer in bad:
        checked = check(made, {"f": answer}, files=FILES)
        assert set(checked.faults) == {"f"}, answer
        assert "f" not in checked.values
        assert checked.faults["f"][0].place == "Isian"


def _noise(dice: random.Random, depth: int = 0) -> Any:
    kind = dice.randrange(9 if depth < 3 else 6)
    if kind < 2:
        return "".join(
            dice.choice(string.printable + "\x00é\u202e\ud83d💥") for _n in range(dice.randrange(40))
        )
    if kind < 6:
        return dice.choice(
            [None, True, False, dice.randrange(-(10**20), 10**20), dice.random() * 1e30, float("nan")]
        )
    if kind == 6:
        return [_noise(dice, depth + 1) for _n in range(dice.randrange(6))]
    return {dice.choice(["latitude", "longitude", "f", "x"]): _noise(dice, depth + 1) for _n in range(4)}


@pytest.mark.parametrize("row", TABLE, ids=[row[0].split(",")[0][6:] for row in TABLE])
def test_noise_is_refused_or_taken_and_never_breaks(row: tuple[str, list[Any], list[Any]]) -> None:
    dice = random.Random(row[0])
    made = asking(f"id: f, {row[0]}")
    for _try in range(150):
        checked = check(made, {"f": _noise(dice)}, files=FILES)
        assert check(made, checked.plain(), files=FILES).values == checked.values


@pytest.mark.parametrize(
    ("field", "said", "answer"),
    [
        ("type: money, privacy: P0", "Rp1.500.000", 1_500_000),
        ("type: money, privacy: P0", "1,5 juta", 1_500_000),
        ("type: integer, privacy: P0", "1.250", "1250"),
        ("type: decimal, privacy: P0", "1.250,50", "1250.5"),
        ("type: decimal, privacy: P0", "12.5", "12.5"),
        ("type: decimal, privacy: P0", "dua", "dua"),
        ("type: date, privacy: P0", "18/3/2026", "2026-03-18"),
        ("type: text, privacy: P0", "1.250", "1.250"),
    ],
)
def test_what_a_person_types_is_read_in_indonesian_writing(field: str, said: str, answer: Any) -> None:
    assert typed(one_field(asking(f"id: f, {field}")), said) == answer


@pytest.mark.parametrize("amount", [0, 7, 1250, 1_500_000, -3])
def test_a_number_in_an_input_reads_back_the_same(amount: int) -> None:
    whole = one_field(asking("id: f, type: integer, privacy: P0"))
    part = one_field(asking("id: f, type: decimal, privacy: P0"))
    assert int(typed(whole, in_input(whole, amount))) == amount
    for text in (str(amount), f"{amount}.25"):
        assert Decimal(typed(part, in_input(part, text))) == Decimal(text)


def test_limits_of_days_are_counted_from_today() -> None:
    assert day_of("today-17y", TODAY) == date(2009, 11, 22)
    assert day_of("today+30d", TODAY) == date(2026, 12, 22)
    assert day_of("today-9m", TODAY) == date(2026, 2, 22)
