"""What a service says of itself in words: how long, what it costs, what is asked, who may ask."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balai.forms.rules import Field, Type
from balai.services.pages.desk_words import UNITS
from balai.services.reads.situation import world_of
from balai.services.rules.definition import Limit, Service
from balai.services.rules.machine import World, amount_of

CHANNELS = {
    "web": gettext_lazy("di situs ini"),
    "qr": gettext_lazy("lewat kode QR di tempat"),
    "counter": gettext_lazy("di loket"),
    "sms": gettext_lazy("lewat pesan teks"),
    "api": gettext_lazy("lewat aplikasi lain"),
    "open311": gettext_lazy("lewat aplikasi Open311"),
}
FEE = "fee.amount"
"""The fact by which a form is told what is to be paid."""


@dataclass(frozen=True)
class Promise:
    """A clock the applicant sees: its name, its limits in words, and the law they come from."""

    title: str
    limits: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Question:
    """What the form asks: `rows` where it is asked of each of several."""

    label: str
    is_required: bool
    is_file: bool


@dataclass(frozen=True)
class Asked:
    """One step of the form."""

    title: str
    questions: tuple[Question, ...]


def promises(service: Service, now: datetime) -> tuple[Promise, ...]:
    """Return the clocks whose due dates an applicant sees, with the limits that hold today."""
    world = world_of(service)
    return tuple(
        Promise(
            str(clock.title),
            tuple(sorted(set(_limits(clock.limits, now, world)), key=_amount)),
            "; ".join(dict.fromkeys(_sources(clock.limits, now, world))),
        )
        for clock in service.clocks.values()
        if clock.shown and not _is_of_applicant(service, clock.pauses, clock.id)
    )


def _is_of_applicant(service: Service, pauses: tuple[str, ...], clock: str) -> bool:
    """Tell whether a clock counts the time of the applicant: it runs just while they are waited for."""
    waiting = {state.id for state in service.states.values() if state.waits_for}
    starts = {event.of for event in service.clocks[clock].starts}
    return bool(starts) and starts <= waiting


def _limits(limits: tuple[Limit, ...], now: datetime, world: World) -> Iterator[str]:
    for limit in limits:
        yield f"{amount_of(limit, now, world)} {UNITS[limit.unit.value]}"


def _sources(limits: tuple[Limit, ...], now: datetime, world: World) -> Iterator[str]:
    for limit in limits:
        if limit.law is not None:
            yield f"{limit.law.name} {limit.law.article}".strip()
        elif limit.table is not None:
            row = world.row(limit.table.table, limit.table.row, world.office.local(now).date())
            if row is not None and row.source:
                yield row.source


def longest(service: Service, now: datetime) -> str:
    """Return the promises of a service in one line, "" where it makes none."""
    found = promises(service, now)
    return "; ".join(f"{one.title}: {_range(one.limits)}" for one in found)


def _range(limits: tuple[str, ...]) -> str:
    if len(limits) == 1:
        return limits[0]
    return _("%(first)s sampai %(last)s") % {"first": limits[0], "last": limits[-1]}


def _amount(limit: str) -> int:
    return int(limit.split()[0])


def asked(service: Service) -> tuple[Asked, ...]:
    """Return what the form asks, step by step; what only shows after an answer is not required."""
    return tuple(
        Asked(
            str(step.title),
            tuple(question for item in step.items for question in _questions(item)),
        )
        for step in service.form.steps
    )


def _questions(item: object) -> Iterator[Question]:
    if isinstance(item, Field):
        if item.type is not Type.NOTE:
            is_file = item.type in (Type.FILE, Type.IMAGE)
            yield Question(str(item.label), item.text.required and item.visible_if is None, is_file)
        return
    for field in getattr(item, "fields", ()):
        yield from _questions(field)


def has_fee(service: Service) -> bool:
    """Tell whether the form tells what is to be paid."""
    return any(field.text.prefill == FEE for _path, field in service.form.fields())


def who_may(service: Service) -> str:
    """Return in a sentence who may file."""
    if service.filing.without_account:
        return _("Siapa saja, dengan atau tanpa akun.")
    return _("Siapa saja yang punya akun.")
