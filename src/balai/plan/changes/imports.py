"""Many rows at once: what a confirmed workbook brings, in one transaction, each row with its journal line.

The pages' own changes write one thing at a time; a workbook of a thousand rows
written so would take a minute and lock everybody out. The same constraints of
the database hold here.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from balai.base import journal
from balai.base.actor import Actor
from balai.base.errors import Conflict
from balai.plan.models import (
    Action,
    DimensionShare,
    Fund,
    Masterplan,
    Programme,
    QuickWin,
    Support,
    Target,
)
from balai.plan.nomenclature import Answer, find_codes
from balai.plan.sheets.check import Change
from balai.plan.sheets.standing import Key, Standing

VERB = "plan.import"


def write_workbook(actor: Actor, now: Standing, changes: Sequence[Change], file_hash: str) -> int:
    """Write checked rows and return how many.

    Args:
        now: the plan as it stood when the rows were checked, read in this same transaction.
        changes: rows without fault (`sheets.check.compare` found none).
        file_hash: SHA-256 of the file, kept in the journal.

    Raises:
        Forbidden: the actor may not import into this plan.
        RuntimeError: no transaction is open.
        Conflict: a new version of the plan was adopted in between.
    """
    actor.require(VERB, now.plan)
    plan = Masterplan.objects.select_for_update().get(pk=now.plan.pk)
    if plan.status != now.plan.status:
        raise Conflict(_("Rencana berubah sejak berkas ini diperiksa. Periksa lagi, lalu setujui."))
    with transaction.atomic():
        return _Writing(actor, now, file_hash).write(changes)


def answers(changes: Iterable[Change]) -> dict[tuple[str, int], Answer]:
    """Return what the nomenclature says of each (code, year) of new lines of money."""
    years: dict[int, set[str]] = defaultdict(set)
    for change in changes:
        if change.sheet == "fund" and change.is_new and change.key[4]:
            years[change.key[2]].add(change.key[4])
    return {
        (code, year): answer
        for year, codes in years.items()
        for code, answer in find_codes(codes, year).items()
    }


class _Writing:
    """Writes sheet after sheet, in the order in which rows refer to each other."""

    def __init__(self, actor: Actor, now: Standing, file_hash: str) -> None:
        self.actor, self.now, self.file_hash = actor, now, file_hash
        self.programmes = {key[0]: known for key, known in now.ids.get("programme", {}).items()}
        self.actions: dict[Key, UUID] = dict(now.ids.get("action", {}))
        self.editions: dict[tuple[str, int], str] = {}
        self.acts: list[journal.Act] = []

    def write(self, changes: Sequence[Change]) -> int:
        by_sheet: dict[str, list[Change]] = defaultdict(list)
        for change in changes:
            by_sheet[change.sheet].append(change)
        self._programmes(by_sheet["programme"])
        self._actions(by_sheet["action"])
        self._plain(Target, "target", by_sheet["target"], self._target)
        self.editions = {asked: answer.edition for asked, answer in answers(by_sheet["fund"]).items()}
        self._plain(Fund, "fund", by_sheet["fund"], self._fund)
        self._plain(Support, "support", by_sheet["support"], self._support)
        self._quick_wins(by_sheet["quick_win"], by_sheet["risk"])
        journal.write_all(self.actor, self.acts)
        return len(changes)

    def _programmes(self, changes: Sequence[Change]) -> None:
        new = []
        for change in changes:
            if change.is_new:
                row = Programme(masterplan=self.now.plan, code=change.key[0], **change.fields)
                self.programmes[change.key[0]] = row.pk
                new.append(row)
                self._note(row, change)
        Programme.objects.bulk_create(new, batch_size=200)
        self._update(Programme, "programme", changes)

    def _actions(self, changes: Sequence[Change]) -> None:
        new, shares = [], []
        for change in changes:
            parts, fields = _apart(change.fields)
            if change.is_new:
                row = Action(
                    programme_id=self.programmes[change.key[0]], code=change.key[1], **self._owned(fields)
                )
                self.actions[change.key] = row.pk
                new.append(row)
                self._note(row, change)
                shares.extend(_shares(row.pk, parts, fields_of=change.fields))
        Action.objects.bulk_create(new, batch_size=200)
        DimensionShare.objects.bulk_create(shares, batch_size=500)
        self._change_actions([change for change in changes if not change.is_new])

    def _change_actions(self, changes: Sequence[Change]) -> None:
        for change in changes:
            parts, fields = _apart(change.fields)
            key = self.actions[change.key]
            owned = self._owned(fields)
            Action.objects.filter(pk=key).update(**owned, version=F("version") + 1)
            if parts or "sub_dimensions" in change.fields:
                whole = {**self.now.rows["action"][change.key], **change.fields}
                DimensionShare.objects.filter(action_id=key).delete()
                DimensionShare.objects.bulk_create(_shares(key, _apart(whole)[0], fields_of=whole))
            self._note(Action(pk=key), change)

    def _plain(self, model: Any, sheet: str, changes: Sequence[Change], naming: Any) -> None:
        new = []
        for change in changes:
            if change.is_new:
                row = model(action_id=self.actions[change.key[:2]], **naming(change.key), **change.fields)
                new.append(row)
                self._note(row, change)
        model.objects.bulk_create(new, batch_size=500)
        self._update(model, sheet, changes)

    def _target(self, key: Key) -> dict[str, Any]:
        return {"year": key[2]}

    def _fund(self, key: Key) -> dict[str, Any]:
        _programme, _action, year, source, code, partner = key
        partner_id = self.now.partners[partner] if partner else None
        return {
            "year": year,
            "source": source,
            "code": code,
            "edition": self.editions.get((code, year), ""),
            "partner_id": partner_id,
        }

    def _support(self, key: Key) -> dict[str, Any]:
        office, partner = key[2:]
        if office:
            return {"office_id": self.now.offices[office]}
        return {"partner_id": self.now.partners[partner]}

    def _quick_wins(self, stories: Sequence[Change], risks: Sequence[Change]) -> None:
        new: dict[Key, QuickWin] = {}
        for change in stories:
            if change.is_new:
                row = QuickWin(action_id=self.actions[change.key], story=change.fields["story"])
                row.elements = _elements({}, change.fields)
                new[change.key] = row
                self._note(row, change)
        changed = {
            self.now.ids["quick_win"][change.key[:2]]: change.key[:2]
            for change in (*stories, *risks)
            if change.key[:2] not in new
        }
        held = {changed[row.pk]: row for row in QuickWin.objects.filter(pk__in=changed)}
        for change in stories:
            if not change.is_new:
                row = held[change.key]
                row.story = change.fields.get("story", row.story)
                row.elements = _elements(row.elements, change.fields)
                self._note(row, change)
        for change in sorted(risks, key=lambda one: one.key):
            row = new.get(change.key[:2]) or held[change.key[:2]]
            row.risks = _risks(row.risks, change.key[2], change.fields)
            self._note(row, change)
        QuickWin.objects.bulk_create(new.values(), batch_size=200)
        QuickWin.objects.bulk_update(held.values(), ["story", "elements", "risks"], batch_size=200)

    def _update(self, model: Any, sheet: str, changes: Iterable[Change]) -> None:
        for change in changes:
            if not change.is_new:
                key = self.now.ids[sheet][change.key]
                model.objects.filter(pk=key).update(**change.fields)
                self._note(model(pk=key), change)

    def _owned(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        made = {name: value for name, value in fields.items() if name != "owner"}
        if "owner" in fields:
            made["owner_id"] = self.now.offices[fields["owner"]] if fields["owner"] else None
        return made

    def _note(self, row: models.Model, change: Change) -> None:
        facts: dict[str, Any] = {"file": self.file_hash, "sheet": change.title, "row": change.number}
        if not change.is_new:
            facts |= {name: [_text(change.before[name]), _text(new)] for name, new in change.fields.items()}
        self.acts.append(journal.Act(f"{change.sheet}.{'create' if change.is_new else 'edit'}", row, facts))


def _apart(fields: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the shares of dimensions and the columns of the table itself."""
    parts = {key.partition(":")[2]: value for key, value in fields.items() if key.startswith("share:")}
    own = {key: value for key, value in fields.items() if ":" not in key and key != "sub_dimensions"}
    return parts, own


def _shares(action: UUID, parts: Mapping[str, Any], fields_of: Mapping[str, Any]) -> list[DimensionShare]:
    subs = {key.partition(".")[0]: key for key in fields_of.get("sub_dimensions", "").split("; ") if key}
    return [
        DimensionShare(
            action_id=action,
            dimension=dimension,
            sub_dimension=subs.get(dimension, ""),
            numerator=part.numerator,
            denominator=part.denominator,
        )
        for dimension, part in parts.items()
        if part
    ]


def _elements(before: Mapping[str, str], fields: Mapping[str, Any]) -> dict[str, str]:
    given = {key.partition(":")[2]: text for key, text in fields.items() if key.startswith("element:")}
    return {key: text for key, text in {**before, **given}.items() if text}


def _risks(before: list[dict[str, str]], number: int, fields: Mapping[str, Any]) -> list[dict[str, str]]:
    listed = [dict(risk) for risk in before]
    while len(listed) < number:
        listed.append({"risk": "", "mitigation": ""})
    listed[number - 1] |= fields
    return listed


def _text(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | str) else str(value)
