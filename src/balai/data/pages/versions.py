"""What changed from one version of a dataset to another, row by row."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from balai.base.access import actor_of, needs
from balai.base.errors import Fault, Invalid
from balai.base.kept import kept
from balai.base.twins import FlatRow, as_csv, as_json
from balai.data import reads
from balai.data.pages.words import cell
from balai.data.reads.versions import MOST_ROWS
from balai.data.rules.comparing import Change, Comparison, Difference
from balai.data.rules.differing import differing
from balai.data.rules.metadata import Column, Declaration

SHOWN = 100
IN_FILES = MOST_ROWS


@require_safe
@needs("data.read")
@kept
def compare(request: HttpRequest, code: str) -> HttpResponse:
    """Two versions beside each other: rows added, removed and changed, and what is said otherwise."""
    actor = actor_of(request)
    row = reads.dataset(actor, code)
    versions = reads.versions(actor, code)
    old, new = _asked(request, versions)
    found = None
    if old and new and not (old.is_retired or new.is_retired):
        found = reads.compare(actor, code, old.number, new.number, limit=SHOWN)
    context: dict[str, Any] = {
        "row": row,
        "versions": versions,
        "readable": [each for each in versions if not each.is_retired],
        "old": old,
        "new": new,
        "found": found,
    }
    if old and new:
        context["said"] = differing(old.declaration, new.declaration)
        if found:
            context["names"] = _names(found, new.declaration)
            context["rows"] = [_row(each, found, new.declaration) for each in found.first]
            context["left"] = found.added + found.removed + found.changed - len(found.first)
    return render(request, "data/compare.html", context)


@require_safe
@needs("data.read")
@kept
def compare_json(request: HttpRequest, code: str) -> HttpResponse:
    found, counts = _differences(request, code)
    return as_json(counts=[counts], differences=found)


@require_safe
@needs("data.read")
@kept
def compare_csv(request: HttpRequest, code: str) -> HttpResponse:
    found, counts = _differences(request, code)
    return as_csv(f"{code}-{counts['from']}-{counts['to']}", found)


def _differences(request: HttpRequest, code: str) -> tuple[list[FlatRow], dict[str, object]]:
    """Return each differing cell as a flat row, at most IN_FILES rows' worth, and the counts of all."""
    actor = actor_of(request)
    old, new = _asked(request, reads.versions(actor, code))
    if old is None or new is None:
        wrong = _("Set data ini baru punya satu versi.")
        raise Invalid([Fault("dari", wrong, _("Bandingkan setelah versi berikutnya terbit."))])
    found = reads.compare(actor, code, old.number, new.number, limit=IN_FILES)
    counts: dict[str, object] = {
        "from": old.number,
        "to": new.number,
        "added": found.added,
        "removed": found.removed,
        "changed": found.changed,
        "unchanged": found.unchanged,
    }
    flat: list[FlatRow] = [
        dict(zip(found.key, map(_plain, each.key), strict=True))
        | {
            "change": str(each.change),
            "column": name,
            "before": _plain(each.before.get(name)),
            "after": _plain(each.after.get(name)),
        }
        for each in found.first
        for name in {**each.before, **each.after}
    ]
    return flat, counts


def _asked(
    request: HttpRequest, versions: tuple[reads.VersionRow, ...]
) -> tuple[reads.VersionRow | None, reads.VersionRow | None]:
    """Return the versions of `?dari=` and `?ke=`; the last two where none is named.

    Raises:
        Invalid: there is no such version.
    """
    by_number = {each.number: each for each in versions}
    numbers = [each.number for each in versions if not each.is_retired]
    chosen = []
    for name, usual in (("dari", numbers[1:2]), ("ke", numbers[:1])):
        asked = request.GET.get(name, "")
        if not asked:
            chosen.append(by_number[usual[0]] if usual else None)
        elif asked.isdecimal() and int(asked) in by_number:
            chosen.append(by_number[int(asked)])
        else:
            wrong = _("Tidak ada versi “%(asked)s”.") % {"asked": asked[:20]}
            right = _("Pilih salah satu: %(numbers)s.") % {"numbers": ", ".join(map(str, sorted(by_number)))}
            raise Invalid([Fault(name, wrong, right)])
    return chosen[0], chosen[1]


def _names(found: Comparison, said: Declaration) -> list[tuple[str, str]]:
    """Return the columns that differ somewhere in what is shown: name and meaning."""
    columns = _by_name(said)
    names = dict.fromkeys(name for each in found.first for name in {**each.before, **each.after})
    return [(name, str(columns[name].meaning) if name in columns else "") for name in names]


def _by_name(said: Declaration) -> dict[str, Column]:
    return {column.name: column for column in said.leaving}


def _row(each: Difference, found: Comparison, said: Declaration) -> dict[str, Any]:
    columns = _by_name(said)
    return {
        "tone": {Change.ADDED: "done", Change.REMOVED: "late", Change.CHANGED: "waiting"}[each.change],
        "words": {
            Change.ADDED: _("ditambah"),
            Change.REMOVED: _("dihapus"),
            Change.CHANGED: _("diubah"),
        }[each.change],
        "key": " · ".join(
            cell(value, columns.get(name)) for name, value in zip(found.key, each.key, strict=True)
        ),
        "cells": [
            {
                "name": name,
                "meaning": meaning,
                "differs": name in each.before or name in each.after,
                "before": cell(each.before[name], columns.get(name)) if name in each.before else "",
                "after": cell(each.after[name], columns.get(name)) if name in each.after else "",
            }
            for name, meaning in _names(found, said)
        ],
    }


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, int | float | bool) else str(value)
