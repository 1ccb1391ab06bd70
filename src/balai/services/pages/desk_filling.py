"""What a move or a task asks of who makes it: drawn by the module of forms, read back, its files kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from balai.base.actor import Actor
from balai.base.errors import Fault, Invalid
from balai.base.files import store_file
from balai.forms import reads as forms
from balai.forms.rules import Form, Type, validate
from balai.forms.rules.posted import add_row, answers, at_slot, pressed, put, remove_row, slot
from balai.services.changes.moving import files_of

KEPT = "_kept."
"""Begins the hidden names under which files that were handed in already come along."""
_OURS = ("token", "csrfmiddlewaretoken")


@dataclass(frozen=True)
class Filling:
    """A form as it stands: what was given, how it is drawn, and whether it was meant to be sent.

    Attributes:
        kept: (hidden name, id) of files that were handed in.
        shown: None where nothing is asked.
    """

    given: Mapping[str, Any]
    kept: tuple[tuple[str, str], ...]
    shown: forms.Shown | None
    is_sent: bool
    is_whole: bool


def begun(actor: Actor, form: Form | None, now: datetime, start: Mapping[str, Any]) -> Filling:
    """Return a form nothing was given to yet but `start`, answers by their name."""
    if form is None:
        return Filling({}, (), None, is_sent=False, is_whole=True)
    given = {name: value for name, value in start.items() if name in form.items and value}
    return _filling(actor, form, given, now, is_sent=False, more={})


def sent(request: HttpRequest, actor: Actor, form: Form | None, now: datetime) -> Filling:
    """Return what was sent; its files are kept at once, so that a fault elsewhere does not lose them."""
    if form is None:
        return Filling({}, (), None, is_sent=True, is_whole=True)
    said = request.POST.copy()
    for name in _OURS:
        said.pop(name, None)
    before: dict[str, Any] = {}
    for name in said:
        if name.startswith(KEPT) and (found := slot(form, name.removeprefix(KEPT))):
            put(before, found[1], [str(one) for one in said.getlist(name)][: found[0].most_items])
    given = answers(form.steps[0], said, before)
    button = pressed(said)
    if button.act == "add":
        add_row(form.items.get(button.on[0]), given)
    elif button.act == "remove":
        remove_row(form.items.get(button.on[0]), button.on[1], given)
    elif button.act == "drop" and (found := slot(form, button.on[0])):
        left = [one for one in at_slot(given, found[1]) or [] if one != button.on[1]]
        put(given, found[1], left)
    refused = _take(request, actor, form, given)
    return _filling(actor, form, given, now, is_sent=button.act == "next", more=refused)


def _take(
    request: HttpRequest, actor: Actor, form: Form, given: dict[str, Any]
) -> dict[str, tuple[Fault, ...]]:
    refused: dict[str, tuple[Fault, ...]] = {}
    for name in request.FILES:
        found = slot(form, name)
        if found is None or found[0].type not in (Type.FILE, Type.IMAGE):
            continue
        there = list(at_slot(given, found[1]) or [])
        for upload in request.FILES.getlist(name)[: max(found[0].most_items - len(there), 0)]:
            try:
                stored = store_file(upload, upload.name or "", actor)  # type: ignore[arg-type]
            except Invalid as error:
                refused[name] = (*refused.get(name, ()), *error.faults)
            else:
                there.append(str(stored.pk))
        put(given, found[1], there)
    return refused


def _filling(
    actor: Actor,
    form: Form,
    given: Mapping[str, Any],
    now: datetime,
    *,
    is_sent: bool,
    more: Mapping[str, tuple[Fault, ...]],
) -> Filling:
    files = files_of(actor, given)
    around = forms.context(actor.tenant, timezone.localtime(now).date(), files=files)
    known = {name: value for name, value in given.items() if name in form.items}
    checked = validate(form, dict(given), around)
    shown = forms.show(checked, form.steps[0].id, known, around, with_faults=is_sent, more_faults=more)
    return Filling(
        given, tuple(_kept(form, known)), shown, is_sent=is_sent, is_whole=checked.is_valid and not more
    )


def _kept(form: Form, given: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = []
    for path, field in form.fields():
        if field.type in (Type.FILE, Type.IMAGE) and "[" not in path:
            way = slot(form, path)
            for one in (at_slot(given, way[1]) if way else None) or []:
                if isinstance(one, str) and _is_id(one):
                    found.append((f"{KEPT}{path}", one))
    return found


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
