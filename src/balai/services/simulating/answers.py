"""What an invented applicant answers: a story of the play, a place in the city, and made-up particulars."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from balai.base import tenancy
from balai.forms.rules import Field, Type
from balai.people import reads as people
from balai.places import reads as places
from balai.places.rules import Level, Point
from balai.services.rules.at_point import PLACE, VILLAGE
from balai.services.rules.definition import Service
from balai.services.rules.particulars import ANONYMOUS, first_field, put
from balai.services.simulating.people import MARK
from balai.services.simulating.play import Days, Play, Range, drawn, story

_TRIES = 6
_NEAR = Decimal("0.0004")
"""Degrees, some 45 m: within reach of whoever looks for reports alike."""


class Ground:
    """The villages of the city, and points in them."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        government = people.government(tenancy.current_tenant())
        code = government.region_code if government else tenancy.current_tenant()
        self.villages = [one.code for one in places.parts(code, Level.VILLAGE)]
        self._boxes: dict[str, tuple[float, float, float, float] | None] = {}

    def village(self) -> str:
        return self.chance.choice(self.villages) if self.villages else ""

    def point(self, village: str) -> dict[str, str] | None:
        """Return a point within a village, None where we do not know its outline."""
        if village not in self._boxes:
            self._boxes[village] = places.box_of(village)
        box = self._boxes[village]
        for _try in range(_TRIES if box else 0):
            west, south, east, north = box or (0.0, 0.0, 0.0, 0.0)
            longitude = round(self.chance.uniform(west, east), 5)
            latitude = round(self.chance.uniform(south, north), 5)
            region = places.containing(Point(latitude=latitude, longitude=longitude), Level.VILLAGE)
            if region is not None and region.code == village:
                return {"longitude": f"{longitude:.5f}", "latitude": f"{latitude:.5f}"}
        return None


def answers(
    chance: Random, service: Service, play: Play, ground: Ground, number: int, on: date, *, anonymous: bool
) -> dict[str, Any]:
    """Return the answers of one case, as JSON; the form drops those it does not ask."""
    told = story(chance, play)
    village = ground.village()
    found: dict[str, Any] = {}
    for path, field in service.form.fields():
        if "[]" in path:
            continue
        value = _answer(chance, play, ground, path, field, told, village, number, on)
        if value is not None:
            put(found, path, value)
    if anonymous and ANONYMOUS in service.form.items:
        found[ANONYMOUS] = True
    return found


def _answer(
    chance: Random,
    play: Play,
    ground: Ground,
    path: str,
    field: Field,
    told: Mapping[str, str],
    village: str,
    number: int,
    on: date,
) -> Any:
    if path in play.answers:
        return _told(chance, play, path, field, on)
    if path in told:
        return f"{told[path]} ({MARK})" if field.type is Type.TEXT else told[path]
    match field.type:
        case Type.REGION:
            return village or None
        case Type.POINT:
            return ground.point(village) if chance.randrange(100) < play.points else None
        case Type.PHONE:
            # No real telephone: the number after the prefix was never given out.
            return f"081200{number % 1_000_000:06}"
        case Type.CHOICE if field.text.required and field.options:
            return chance.choice(field.options).key
        case Type.TEXT if path.rpartition(".")[2] == "name":
            return f"{chance.choice(play.names)} ({MARK})"
        case Type.TEXT if field.text.required:
            return f"Isian {MARK}"
        case _:
            return None


def _told(chance: Random, play: Play, path: str, field: Field, on: date) -> Any:
    said = play.answers[path]
    if isinstance(said, Range):
        return chance.randint(said.from_, said.to)
    if isinstance(said, Days):
        return (on + timedelta(days=chance.randint(*said.days))).isoformat()
    value = drawn(chance, said)
    if field.type is Type.BOOLEAN:
        return value == "true"
    return value or None


def near(chance: Random, first: Mapping[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Return answers that tell of the same thing as `first`, some metres off, by somebody else."""
    found = {**first, **{key: own[key] for key in ("reporter", ANONYMOUS) if key in own}}
    place = dict(first.get("place") or {})
    if point := place.get("point"):
        place["point"] = {
            axis: str(Decimal(part) + _NEAR * chance.randint(-10, 10) / 10) for axis, part in point.items()
        }
        found["place"] = place
    return found


def at_point(service: Service, told: dict[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return answers that tell of a QR point: its place, and its village where it is known."""
    found = {**told}
    for path, value in (
        (first_field(service.form, Type.POINT), facts.get(PLACE)),
        (first_field(service.form, Type.REGION), facts.get(VILLAGE)),
    ):
        top = path.partition(".")[0]
        if path and value:
            found[top] = {**found[top]} if isinstance(found.get(top), Mapping) else {}
            put(found, path, value)
    return found


def given(chance: Random, play: Play, move: str, form: Any) -> dict[str, Any]:
    """Return what is typed with a move or a task."""
    found: dict[str, Any] = {}
    for path, field in form.fields() if form is not None else ():
        said = play.input.get(f"{move}.{path}")
        if said is None:
            if field.text.required and field.type in (Type.TEXT, Type.LONG_TEXT):
                found[path] = f"Keterangan {MARK} untuk langkah ini."
            continue
        value = drawn(chance, said)
        if value:
            found[path] = int(value) if field.type is Type.INTEGER else value
    return found
