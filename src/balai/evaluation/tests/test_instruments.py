"""Instruments as files: what they say, and what is refused with its line."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from balai import definitions
from balai.base.errors import Invalid
from balai.definitions.reader import FileFault
from balai.evaluation import rules
from balai.evaluation.rules.loading import INSTRUMENTS


@pytest.fixture
def own(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """A folder of the installation's own instruments, with copies of the shipped ones."""
    folder = tmp_path / "instruments"
    shutil.copytree(settings.ROOT / "definitions" / "instruments", folder)
    settings.OPTIONS = replace(settings.OPTIONS, definitions=str(tmp_path))
    yield folder


def changed(file: Path, old: str, new: str) -> FileFault:
    """Change a file and return the one fault it then has."""
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(Invalid) as error:
        definitions.load(INSTRUMENTS)
    fault = error.value.faults[0]
    assert isinstance(fault, FileFault)
    return fault


@pytest.mark.parametrize(
    ("code", "weights", "questions"),
    [
        ("smartcity-2022-regular", [10, 20, 30, 20, 20], 109),
        ("smartcity-2022-first-phase", [10, 20, 30, 10, 30], 59),
        ("smartcity-2023-regular", [10, 20, 30, 20, 20], 111),
        ("smartcity-2023-kppn-ikn", [10, 20, 20, 20, 20, 10], 117),
        ("spbe-2020", [13, 25, Decimal("16.5"), Decimal("45.5")], 47),
    ],
)
def test_the_instruments_are_as_the_sources_say(code: str, weights: list[object], questions: int) -> None:
    found = rules.instrument(code).value
    assert list(found.weights.values()) == weights
    assert len(found.questions) == questions
    assert rules.Instrument.kept(found.written()) == found


def test_no_instrument_of_the_smart_city_invents_a_predicate() -> None:
    assert [each.code for each in rules.instruments().values() if each.value.bands] == ["spbe-2020"]


def test_weights_that_do_not_add_up_are_refused_with_file_and_line(own: Path) -> None:
    """A newspaper printed 10/20/40/30/20 for 2022: 120."""
    file = own / "smartcity-2022-regular.yaml"
    text = file.read_text("utf-8")
    for key, old, new in [("outcome", 30, 40), ("impact", 20, 30)]:
        before, _, after = text.partition(f"- key: {key}")
        text = before + f"- key: {key}" + after.replace(f"weight: {old}", f"weight: {new}", 1)
    file.write_text(text, "utf-8")
    with pytest.raises(Invalid) as error:
        definitions.load(INSTRUMENTS)
    (fault,) = error.value.faults
    assert isinstance(fault, FileFault)
    line = text.splitlines().index("parts:") + 1
    assert (fault.file, fault.line) == ("instruments/smartcity-2022-regular.yaml", line)
    assert "120" in fault.wrong and "10 + 20 + 40 + 30 + 20" in fault.wrong


def test_indicators_that_do_not_make_their_domain_are_refused(own: Path) -> None:
    """A report printed 3.50 for the indicators 42 to 47, which would make 103."""
    csv = own / "spbe-2020-indicators.csv"
    fault = changed(csv, ",3.00,service", ",3.50,service")
    assert fault.file == "instruments/spbe-2020.yaml" and "46" in fault.wrong


@pytest.mark.parametrize(
    ("what", "name", "old", "new", "said"),
    [
        ("a question is missing", "spbe-2020.yaml", "questions: 16", "questions: 17", "17"),
        ("bands out of order", "spbe-2020.yaml", "at_least: 4.2", "at_least: 3.4", "berurutan"),
        ("an unknown method", "spbe-2020.yaml", "method: levels", "method: guess", "guess"),
        ("a word nobody knows", "spbe-2020.yaml", "family: spbe", "family: spbe\ncolour: red", "colour"),
        ("unknown evidence", "smartcity-questions.csv", ",regulation,", ",rumour,", "rumour"),
        ("the same question twice", "smartcity-questions.csv", "\n1.2,", "\n1.1,", "dua kali"),
        ("assessors upside down", "smartcity-2023-regular.yaml", "least: 3", "least: 6", "penilai"),
        ("ends before it begins", "spbe-2020.yaml", "valid_to: 2025", "valid_to: 2020", "mendahului"),
    ],
)
def test_a_faulty_instrument_is_refused(
    own: Path, what: str, name: str, old: str, new: str, said: str
) -> None:
    fault = changed(own / name, old, new)
    assert said in f"{fault.wrong} {fault.right}"
    assert fault.line >= 1


def test_two_instruments_for_one_year_and_group_are_a_fault(own: Path) -> None:
    text = (own / "smartcity-2023-regular.yaml").read_text("utf-8")
    (own / "smartcity-2023-other.yaml").write_text(
        text.replace("code: smartcity-2023-regular", "code: smartcity-2023-other"), "utf-8"
    )
    assert any("smartcity-2023-other" in fault.wrong for fault in definitions.check())
