"""The tutorial builds the booking of rooms: its pieces are the shipped file, and its mistakes are refused."""

import re
from pathlib import Path

import pytest

from balai.base.errors import Invalid
from balai.services.rules import check_text

ROOT = Path(__file__).resolve().parents[4]
PAGE = (ROOT / "docs" / "tutorial" / "membuat-layanan.md").read_text("utf-8")
WRITTEN = "\n\n".join(re.findall(r"```yaml\n(.*?)\n```", PAGE, re.DOTALL)) + "\n"
MISTAKES = re.findall(r"^\| `([^`]+)` \| (?:`([^`]+)`|\(hapus\)) \| (.+) \|$", PAGE, re.MULTILINE)


def test_the_pieces_of_the_tutorial_are_the_service_that_is_shipped() -> None:
    shipped = (ROOT / "definitions" / "services" / "mcc_room" / "1.yaml").read_bytes()
    written = check_text(WRITTEN.encode(), "mcc_room", 1)
    assert written.sha256 == check_text(shipped, "mcc_room", 1).sha256
    assert len(written.tests) == 2


@pytest.mark.parametrize(("right", "wrong", "said"), MISTAKES, ids=[one[0] for one in MISTAKES])
def test_each_mistake_of_the_tutorial_is_refused_in_its_words(right: str, wrong: str, said: str) -> None:
    assert WRITTEN.count(right) >= 1
    with pytest.raises(Invalid) as refused:
        check_text(WRITTEN.replace(right, wrong, 1).encode(), "mcc_room", 1)
    (fault,) = refused.value.faults
    assert said in str(fault)
    assert "baris" in fault.place


def test_there_are_mistakes_to_try() -> None:
    assert len(MISTAKES) == 4
