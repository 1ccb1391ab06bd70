"""Whole rupiah are read exactly and written as people write them."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from balai.base.errors import Invalid
from balai.base.money import Rupiah, full, parse, short, total


@pytest.mark.parametrize(
    ("text", "amount", "why"),
    [
        ("Rp1.500.000", 1_500_000, "as on a receipt"),
        ("Rp 1.500.000", 1_500_000, "a space after Rp"),
        ("rp. 1.500.000", 1_500_000, "an old habit"),
        ("1500000", 1_500_000, "no grouping"),
        ("1.500", 1_500, "a dot groups, it is no decimal point"),
        ("Rp750.000,00", 750_000, "no sen, written out"),
        ("Rp750.000,-", 750_000, "no sen, as on a shop bill"),
        ("1,5 miliar", 1_500_000_000, "a unit makes the decimals whole"),
        ("0,883 miliar", 883_000_000, "below one unit"),
        ("2 Triliun", 2_000_000_000_000, "capitals do not matter"),
        ("1,5 milyar", 1_500_000_000, "the spelling people use"),
        ("250 ribu", 250_000, "thousands"),
        ("-Rp1.000", -1_000, "taken back"),
        ("0", 0, "zero is an amount"),
    ],
)
def test_an_amount_is_read_exactly(text: str, amount: int, why: str) -> None:
    assert parse(text) == amount, why


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "nothing"),
        ("Rp", "no digits"),
        ("1,500,000", "English grouping would be guessed"),
        ("1.50.000", "groups of three only"),
        ("1500.00", "a dot is no decimal point"),
        ("1,5", "half a rupiah"),
        ("1,2345 ribu", "half a rupiah behind a unit"),
        ("Rp1.500,50", "sen"),
        ("1e9", "a float from a spreadsheet"),
        ("=1+1", "a formula"),
        ("USD 100", "another currency"),
        ("5 lusin", "another unit"),
        ("١٥٠٠", "digits of another script"),
        ("9" * 60, "more money than there is"),
        ("2.000.000 triliun", "more money than there is, in words"),
        ("--5", "two signs"),
    ],
)
def test_what_is_not_whole_rupiah_is_refused_and_named(text: str, why: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse(text, "Pagu 2026")
    (fault,) = refusal.value.faults
    assert fault.place == "Pagu 2026", why
    assert fault.right, why


@given(st.integers(-(10**18), 10**18))
def test_what_is_written_in_full_is_read_back_the_same(amount: int) -> None:
    assert parse(full(Rupiah(amount))) == amount


@pytest.mark.parametrize(
    ("amount", "indonesian", "english"),
    [
        (1_500_000_000, "Rp1,5 miliar", "Rp1.5 billion"),
        (570_000_000_000, "Rp570 miliar", "Rp570 billion"),
        (883_000_000, "Rp883 juta", "Rp883 million"),
        (2_340_000_000_000, "Rp2,3 triliun", "Rp2.3 trillion"),
        (99_950_000_000, "Rp100 miliar", "Rp100 billion"),
        (999_499_999, "Rp999 juta", "Rp999 million"),
        (999_500_000, "Rp1 miliar", "Rp1 billion"),
        (999_999, "Rp999.999", "Rp999,999"),
        (1_049_999_999_999_999, "Rp1.050 triliun", "Rp1,050 trillion"),
        (0, "Rp0", "Rp0"),
        (-1_250_000, "-Rp1,3 juta", "-Rp1.3 million"),
    ],
)
def test_a_headline_amount_is_short_in_both_languages(amount: int, indonesian: str, english: str) -> None:
    with translation.override("id"):
        assert short(Rupiah(amount)) == indonesian
    with translation.override("en"):
        assert short(Rupiah(amount)) == english


def test_the_exact_amount_is_grouped_as_the_reader_groups() -> None:
    with translation.override("en"):
        assert full(Rupiah(1_500_000)) == "Rp1,500,000"


def test_a_sum_of_nothing_is_zero() -> None:
    assert total([]) == 0
    assert total([Rupiah(2**53), Rupiah(1)]) == 2**53 + 1
