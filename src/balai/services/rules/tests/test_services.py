"""Services as files: what makes their hash, what their drawing shows, and that the shipped ones are whole."""

import re
import xml.etree.ElementTree as ET
from datetime import datetime
from pathlib import Path

import pytest

from balai import definitions
from balai.base.errors import Conflict, Forbidden, NotFound
from balai.services.rules import SERVICES, check_text, machine
from balai.services.rules.definition import Service
from balai.services.rules.diagram import diagram, moves_told
from balai.services.rules.examples import shipped_world
from balai.services.rules.machine import Situation, Who

FOLDER = Path(__file__).resolve().parents[5] / "definitions" / "services"
ROOM = (FOLDER / "mcc_room" / "1.yaml").read_text("utf-8")
NOON = datetime.fromisoformat("2026-08-18T12:00+07:00")


@pytest.fixture(scope="module")
def room() -> Service:
    return check_text(ROOM.encode(), "mcc_room", 1)


def test_the_shipped_services_have_no_fault_alone_or_between_them() -> None:
    assert {"sambat/1", "mcc_room/1"} <= set(definitions.load(SERVICES))
    assert [str(fault) for fault in definitions.check() if "services/" in str(fault)] == []


def test_a_comment_does_not_change_the_hash_and_a_word_does(room: Service) -> None:
    assert check_text(f"# Catatan.\n{ROOM}".encode(), "mcc_room", 1).sha256 == room.sha256
    changed = ROOM.replace("Pinjam ruang MCC", "Pinjam ruangan MCC")
    assert check_text(changed.encode(), "mcc_room", 1).sha256 != room.sha256


@pytest.mark.parametrize("key", ["sambat/1", "mcc_room/1"])
def test_the_drawing_shows_every_state_and_tells_every_move(key: str) -> None:
    service = definitions.load(SERVICES)[key].value
    drawn = str(diagram(service))
    ET.fromstring(drawn)  # noqa: S314 - our own drawing
    shown = re.sub(r"<[^>]+>", " ", drawn)
    for state in service.states.values():
        assert str(state.title).split()[0] in shown
    assert len(moves_told(service)) == len(service.moves)
    assert "style=" not in drawn
    assert "href" not in drawn


def test_words_of_a_file_cannot_leave_the_drawing() -> None:
    wild = ROOM.replace("{id: Diajukan, en: Asked for}", '{id: "<b>Diajukan</b>", en: Asked for}')
    assert "<b>" not in str(diagram(check_text(wild.encode(), "mcc_room", 1)))


def test_who_may_not_file_or_move_is_told_why(room: Service) -> None:
    world = shipped_world(room)
    begun = Situation(room.initial, NOON, answers={"room": "studio", "people": 100})
    with pytest.raises(Forbidden):
        machine.file(room, begun, Who(frozenset({"desk"})), world)
    case = machine.file(room, begun, Who(frozenset({"applicant"})), world).situation
    with pytest.raises(NotFound):
        machine.make(room, case, "dance", Who(frozenset({"desk"})), NOON, world)
    with pytest.raises(Conflict, match="dari status"):
        machine.make(room, case, "approve", Who(frozenset({"head"})), NOON, world)
    case = machine.make(room, case, "check", Who(frozenset({"desk"}), "Budi"), NOON, world).situation
    (possible,) = (
        one
        for one in machine.possible(room, case, Who(frozenset({"head"}), "Wati"), NOON, world)
        if one.move.id == "approve"
    )
    assert possible.refusal == "Ruang ini paling banyak untuk 40 orang."
    with pytest.raises(Conflict, match="40 orang"):
        machine.make(room, case, "approve", Who(frozenset({"head"}), "Wati"), NOON, world)


def test_a_later_version_says_where_its_running_cases_go() -> None:
    newer = ROOM.replace("version: 1", "version: 2").replace("checked", "viewed")
    one = definitions.load(SERVICES)["mcc_room/1"]
    two = check_text(newer.encode(), "mcc_room", 2)
    found = {
        "mcc_room/1": one,
        "mcc_room/2": definitions.Definition(
            "services", "mcc_room/2", two, "2.yaml", "", one.layer, one.document
        ),
    }
    assert SERVICES.cross is not None
    (fault,) = SERVICES.cross(found)
    assert "checked" in str(fault)
    mapped = newer.replace("tests:\n", "upgrades: [{version: 1, states: {checked: viewed}}]\n\ntests:\n")
    again = check_text(mapped.encode(), "mcc_room", 2)
    found["mcc_room/2"] = definitions.Definition(
        "services", "mcc_room/2", again, "2.yaml", "", one.layer, one.document
    )
    assert list(SERVICES.cross(found)) == []
