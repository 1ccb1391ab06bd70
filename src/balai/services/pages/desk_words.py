"""Names beside the keys of cases: services, states, topics, offices, places; each kind asked once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache, cached_property
from typing import NamedTuple
from urllib.parse import quote

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from balai.base.actor import Actor
from balai.places import reads as places
from balai.services.reads import versions
from balai.services.reads.lists import ClosedLine, Queue
from balai.services.reads.provisional import Provisional
from balai.services.reads.queues import Line
from balai.services.rules.definition import Service
from balai.services.rules.particulars import topic_field

QUEUES: Mapping[Queue, object] = {
    Queue.INTAKE: _("Baru masuk"),
    Queue.MINE: _("Antrean saya"),
    Queue.OFFICE: _("Antrean kantor"),
    Queue.ALL: _("Semua yang terbuka"),
    Queue.SECRET: _("Rahasia"),
    Queue.CLOSED: _("Sudah selesai"),
}
_MARK = "00000000"
UNITS = {
    "working_days": _("hari kerja"),
    "working_hours": _("jam kerja"),
    "clock_hours": _("jam"),
    "calendar_days": _("hari kalender"),
}


class Row(NamedTuple):
    """A line of a list as it is shown, in words."""

    line: Line
    href: str
    service: str
    state: str
    topic: str
    office: str
    region: str
    is_overdue: bool
    closed: ClosedLine | None = None
    is_provisional: bool = False


class Words:
    """What keys of cases are called, for one page."""

    def __init__(self, actor: Actor) -> None:
        self.services: Mapping[str, Service] = {one.code: one for one in versions.known_services(actor)}

    def service(self, code: str) -> str:
        return str(self.services[code].title) if code in self.services else code

    def state(self, service: str, state: str) -> str:
        return self._states.get(service, {}).get(state, state)

    def topic(self, service: str, topic: str) -> str:
        return self._topics.get(service, {}).get(topic, topic)

    def topics(self, service: str) -> Mapping[str, str]:
        return self._topics.get(service, {})

    @cached_property
    def _states(self) -> Mapping[str, Mapping[str, str]]:
        return {
            code: {key: str(state.title) for key, state in service.states.items()}
            for code, service in self.services.items()
        }

    @cached_property
    def _topics(self) -> Mapping[str, Mapping[str, str]]:
        found = {}
        for code, service in self.services.items():
            field = topic_field(service)
            found[code] = {one.key: str(one.label) for one in field.options} if field else {}
        return found

    def rows(self, lines: Sequence[Line], now: datetime, closed: Iterable[ClosedLine] = ()) -> list[Row]:
        """Return lines in words; one query, however many they are, and none while their places are known."""
        regions = places.kept_names({one.region_code for one in lines if one.region_code})
        ended = {one.line.id: one for one in closed}
        address, provisional = case_addresses(), Provisional()
        return [
            Row(
                one,
                address(one.service, one.number),
                self.service(one.service),
                self.state(one.service, one.state),
                self.topic(one.service, one.topic),
                one.office_name or "",
                regions.get(one.region_code, one.region_code),
                one.is_overdue(now) and one.id not in ended,
                ended.get(one.id),
                provisional.year(self.services.get(one.service), one.due_at) is not None,
            )
            for one in lines
        ]


def case_address(service: str, number: str) -> str:
    """Return where a case stands on the desk."""
    return reverse("service-case", args=[service, number])


def case_addresses() -> Callable[[str, str], str]:
    """Return what tells where a case stands on the desk, for many of them: each service is looked up once."""

    @cache
    def around(service: str) -> tuple[str, str]:
        before, _mark, after = case_address(service, _MARK).rpartition(_MARK)
        return before, after

    def address(service: str, number: str) -> str:
        before, after = around(service)
        return f"{before}{quote(number)}{after}"

    return address
