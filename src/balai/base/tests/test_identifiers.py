"""Numbers of people and businesses: what is refused, what is only pointed at, what is shown."""

from collections.abc import Callable

import pytest

from balai.base import identifiers
from balai.base.identifiers import Identifier, mask


@pytest.mark.parametrize(
    ("check", "text", "value", "why"),
    [
        (identifiers.nik, "3573010101900001", "3573010101900001", "a man"),
        (identifiers.nik, "3573014101900001", "3573014101900001", "a woman: day and 40"),
        (identifiers.nik, "3573017112990001", "3573017112990001", "a woman born on the 31st"),
        (identifiers.nik, "3573 0141 0190 0001", "3573014101900001", "with spaces"),
        (identifiers.nik, "3573012902000001", "3573012902000001", "29 February 2000; 1900 had none"),
        (identifiers.kk, "3573013112050001", "3573013112050001", "issued on 31 December 2005"),
        (identifiers.nip, "19850101 201001 1 001", "198501012010011001", "as printed on an officer's card"),
        (identifiers.nip, "198501012023211001", "198501012023211001", "PPPK"),
        (identifiers.npwp, "01.312.166.0-091.000", "013121660091000", "15 digits"),
        (identifiers.npwp, "0013121660091000", "0013121660091000", "16 digits from the old 15"),
        (identifiers.npwp, "3573014101900001", "3573014101900001", "16 digits, a NIK"),
        (identifiers.nib, "9120001234567", "9120001234567", "13 digits"),
    ],
)
def test_a_number_of_the_right_form_is_taken(
    check: Callable[[str], Identifier], text: str, value: str, why: str
) -> None:
    assert check(text) == Identifier(value), why


@pytest.mark.parametrize(
    ("check", "text", "word", "why"),
    [
        (identifiers.nik, "", "bukan angka", "nothing"),
        (identifiers.nik, "357301010190000", "15", "one digit short"),
        (identifiers.nik, "35730101019000011", "17", "one digit long"),
        (identifiers.nik, "3573O10101900001", "bukan angka", "a letter O"),
        (identifiers.nik, "３５７３010101900001", "bukan angka", "digits of another width"),
        (identifiers.nik, "3,57301E+15", "lembar kerja", "what a spreadsheet makes of it"),
        (identifiers.nik, "3573013201900001", "3201", "32 January"),
        (identifiers.nik, "3573014001900001", "4001", "40 is neither"),
        (identifiers.nik, "3573017201900001", "7201", "a woman on 32 January"),
        (identifiers.nik, "3573012902010001", "2902", "29 February 2001 and 1901"),
        (identifiers.nik, "3573010113900001", "0113", "month 13"),
        (identifiers.nik, "3573010101900000", "0000", "serial 0000"),
        (identifiers.kk, "3573014101900001", "4101", "a NIK in the place of a KK"),
        (identifiers.kk, "3573010101900000", "0000", "serial 0000"),
        (identifiers.nip, "198513012010011001", "19851301", "born in month 13"),
        (identifiers.nip, "198501012010131001", "13", "appointed in month 13"),
        (identifiers.nip, "198501012010013001", "ke-15", "sex 3"),
        (identifiers.npwp, "01.312.166.1-091.000", "pemeriksa", "a wrong check digit"),
        (identifiers.npwp, "3573013201900001", "3201", "16 digits that are no NIK"),
        (identifiers.npwp, "12345", "5 angka", "too short"),
        (identifiers.nib, "912000123456", "12", "12 digits"),
    ],
)
def test_a_number_of_the_wrong_form_is_refused_with_what_is_right(
    check: Callable[[str], Identifier], text: str, word: str, why: str
) -> None:
    found = check(text)
    assert not found.is_valid, why
    assert word in found.faults[0].wrong, why
    assert found.faults[0].right, why


def test_a_region_nobody_knows_is_a_warning_not_a_refusal() -> None:
    asked = []

    def knows(code: str) -> bool:
        asked.append(code)
        return False

    found = identifiers.nik("3573010101900001", knows_region=knows)
    assert found.is_valid
    assert "35.73.01" in found.warnings[0].wrong
    assert asked == ["35.73.01"]


def test_an_appointment_in_childhood_is_a_warning() -> None:
    found = identifiers.nip("198501011990011001")
    assert found.is_valid
    assert found.warnings


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("3573010101900001", "3573********0001"),
        ("9120001234567", "9120*****4567"),
        ("12345678901", "*" * 11),
        ("", ""),
    ],
)
def test_a_number_on_a_screen_hides_its_middle(value: str, shown: str) -> None:
    assert mask(value) == shown
