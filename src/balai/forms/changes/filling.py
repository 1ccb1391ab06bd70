"""One step of a form as it was sent: files kept, rows added and removed, answers saved and checked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, BinaryIO, Protocol

from django.db import transaction
from django.utils.translation import gettext as _

from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault, Invalid
from balai.base.files import StoredFile, store_file
from balai.forms.changes.keeping import KEPT, hand, sealed_answers
from balai.forms.models import DraftFile, FormDraft
from balai.forms.reads import Held, context, draft, draft_answers, files_of
from balai.forms.reads.drafts import seen
from balai.forms.rules import Checked, Context, Field, FileSeen, Form, Type, validate
from balai.forms.rules.form import Group, Step
from balai.forms.rules.posted import Pressed, Sent, add_row, answers, at_slot, pressed, put, remove_row, slot
from balai.forms.rules.values import Wrong, check_file, fault


class Outcome(StrEnum):
    """What the page does next."""

    SHOW = "show"
    """draw `step` again, with its faults where `with_faults`"""
    MOVE = "move"
    """go to `step`"""
    SAVED = "saved"
    """it was saved to go on later: hand out a code, or point to the account"""
    COMPLETE = "complete"
    """every step is right: show all of it, and let it be sent"""


@dataclass(frozen=True)
class Filled:
    """A draft after a step was sent.

    Attributes:
        answers: as they were typed.
        refused: files that were not taken, by path.
    """

    draft: FormDraft
    outcome: Outcome
    step: str
    checked: Checked
    answers: Mapping[str, Any]
    context: Context
    refused: Mapping[str, tuple[Fault, ...]]
    with_faults: bool = False


class Upload(Protocol):
    """A file as Django hands it over."""

    name: str | None
    size: int | None
    file: Any


class Uploads(Protocol):
    """`request.FILES`."""

    def getlist(self, key: str) -> Sequence[Any]: ...
    def __iter__(self) -> Iterator[str]: ...


def fill(
    actor: Actor,
    held: Held,
    form: Form,
    step: str,
    sent: Sent,
    uploads: Uploads,
    now: datetime,
    today: date,
    *,
    facts: Mapping[str, Any] | None = None,
    variables: Mapping[str, Any] | None = None,
) -> Filled:
    """Take one step of a form as a page sent it, save it, and say what comes next.

    What is wrong is saved too, so that nobody types twice; it is refused when the form is sent.

    Args:
        facts: known facts, from `reads.facts_about` and the caller; never from who sends the page.

    Raises:
        NotFound: the draft is not the actor's, or has no such step.
        Conflict: the draft belongs to another version of the form.
    """
    with transaction.atomic():
        row = draft(actor, held, now, to_change=True)
        check_version(row, form)
        known = files_of(row)
        before = draft_answers(row)

        def surroundings() -> Context:
            return context(row.tenant, today, facts=facts, variables=variables, files=known)

        here = form.step(step) or form.steps[0]
        given = answers(here, sent, before)
        strangers = {name: value for name, value in given.items() if name not in form.items}
        now_answers = {**before, **{name: value for name, value in given.items() if name in form.items}}
        button = pressed(sent)
        refused = _keep_files(actor, row, form, here, uploads, now_answers, known)
        _press(button, form, here, now_answers)
        around = surroundings()
        checked = validate(form, {**now_answers, **strangers}, around)
        outcome, there = _next(button, checked, here, refused)
        row.answers = sealed_answers(now_answers)
        row.step = there
        row.saved_at, row.expires_at = now, now + KEPT
        row.save()
    shows_faults = outcome is Outcome.SHOW and (button.act == "next" or bool(strangers))
    return Filled(row, outcome, there, checked, now_answers, around, refused, shows_faults)


def check_version(row: FormDraft, form: Form) -> None:
    """Raises Conflict where a draft was begun with another form, or another version of it."""
    if (row.form, row.form_version, row.form_sha256) != (form.code, form.version, form.sha256):
        raise Conflict(_("Formulir ini sudah diperbarui. Mulai lagi dengan formulir yang baru."))


def _press(button: Pressed, form: Form, step: Step, now_answers: dict[str, Any]) -> None:
    here = {item.id: item for item in step.items}
    match button.act, button.on:
        case "add", (group,):
            add_row(here.get(group), now_answers)
        case "remove", (group, number):
            remove_row(here.get(group), number, now_answers)
        case "drop", (name, file):
            found = slot(form, name)
            if found and isinstance(kept := at_slot(now_answers, found[1]), list):
                put(now_answers, found[1], [one for one in kept if one != file])


def _next(button: Pressed, checked: Checked, here: Step, refused: Mapping[str, Any]) -> tuple[Outcome, str]:
    steps = checked.steps
    at = steps.index(here.id) if here.id in steps else -1
    if button.act == "back":
        return Outcome.MOVE, steps[max(at - 1, 0)] if steps else here.id
    if button.act == "save":
        return Outcome.SAVED, here.id
    if button.act != "next" or checked.of_step(here.id) or refused:
        return Outcome.SHOW, here.id
    if at + 1 < len(steps):
        return Outcome.MOVE, steps[at + 1]
    if checked.is_valid:
        return Outcome.COMPLETE, here.id
    return Outcome.MOVE, next((step for step in steps if checked.of_step(step)), here.id)


def _keep_files(
    actor: Actor,
    row: FormDraft,
    form: Form,
    step: Step,
    uploads: Uploads,
    now_answers: dict[str, Any],
    known: dict[str, FileSeen],
) -> dict[str, tuple[Fault, ...]]:
    """Store what was uploaded into this step and add it to the answers; return what was refused, by path."""
    refused: dict[str, tuple[Fault, ...]] = {}
    here = {item.id for item in step.items}
    for name in uploads:
        found = slot(form, name)
        if not found or name.partition(".")[0] not in here or found[0].type not in (Type.FILE, Type.IMAGE):
            continue
        field, way = found
        kept = at_slot(now_answers, way)
        ids = list(kept) if isinstance(kept, list) else []
        faults: list[Fault] = []
        for upload in uploads.getlist(name):
            if len(ids) >= field.most_items:
                right = _("Paling banyak %(most)d berkas.") % {"most": field.most_items}
                faults.append(Fault(str(field.label), _("Berkasnya terlalu banyak."), right))
                break
            try:
                stored = _kept(actor, row, field, upload)
            except Invalid as error:
                faults += [
                    Fault(str(field.label), f"{one.place}: {one.wrong}", one.right) for one in error.faults
                ]
                continue
            known |= seen([stored])
            ids.append(str(stored.pk))
        if not put(now_answers, way, ids):
            faults.append(Fault(str(field.label), _("Barisnya sudah tidak ada."), _("Unggah kembali.")))
        if faults:
            refused[_path(form, way)] = tuple(faults)
    return refused


def _path(form: Form, way: tuple[str | int, ...]) -> str:
    item = form.items[str(way[0])]
    if isinstance(item, Group) and item.repeats:
        return f"{way[0]}[{way[1]}].{way[2]}"
    return ".".join(map(str, way))


def _kept(actor: Actor, row: FormDraft, field: Field, upload: Upload) -> StoredFile:
    """Store one file. Raises Invalid; nothing is left of it then."""
    name = upload.name or "berkas"
    content: BinaryIO = upload.file
    with transaction.atomic():
        stored = store_file(content, name, hand(actor, row.filed_by))
        try:
            check_file(field, next(iter(seen([stored]).values())))
        except Wrong as wrong:
            raise Invalid([fault(field, wrong, stored.name)]) from wrong
        DraftFile.objects.create(draft=row, file=stored)
    return stored
