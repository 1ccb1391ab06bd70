"""From a package as CKAN's clients write it to a declaration, and the names of its parts in CKAN.

CKAN's own fields say title, notes, owner_org, license_id, tags and private. What our rules ask for and
CKAN has no field for stands beside them or in `extras`: frequency, legal_basis, steward, custodian,
standard, columns, key, and where they are wanted classification, coverage, k, retention.
"""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from balai.base.errors import Invalid
from balai.data.faces.ckan import licences
from balai.data.faces.ckan.asked import Asked
from balai.data.faces.ckan.faults import Wrong, shape
from balai.data.rules.drafting import declaration_of
from balai.data.rules.metadata import Declaration
from balai.people import reads as people

NAMES = {
    "code": "name",
    "description": "notes",
    "producer": "owner_org",
    "licence": "license_id",
    "keywords": "tags",
}
"""Part of a declaration → field of a package."""

_OWN = (
    "frequency",
    "legal_basis",
    "classification",
    "coverage",
    "licence",
    "steward",
    "custodian",
    "standard",
    "key",
    "columns",
    "retention",
    "k",
    "priority",
    "master",
)
_TOLD_ONLY = frozenset({"tenant", "status"})
"""Extras we tell and do not take."""
_READ_ONLY = frozenset(
    {
        "id",
        "url",
        "type",
        "state",
        "isopen",
        "license_title",
        "license_url",
        "author",
        "author_email",
        "maintainer",
        "maintainer_email",
        "version",
        "metadata_created",
        "metadata_modified",
        "creator_user_id",
        "organization",
        "groups",
        "num_tags",
        "num_resources",
        "relationships_as_subject",
        "relationships_as_object",
        "tracking_summary",
        "revision_id",
    }
)
"""Fields of a package that follow from others; what is sent there is not looked at, as in CKAN."""
_TAKEN = frozenset(
    {
        "name",
        "title",
        "title_translated",
        "notes",
        "notes_translated",
        "owner_org",
        "license_id",
        "tags",
        "tag_string",
        "private",
        "extras",
        "resources",
        *_OWN,
    }
)
_MANY_WORDS = ("title", "description", "steward", "custodian")


def declaration(asked: Asked, before: Declaration | None, *, patches: bool) -> Declaration:
    """Return the declaration a package says.

    Args:
        before: what the dataset says now; None of a new one.
        patches: parts that are not given stay as they are.

    Raises:
        Wrong: a field nobody knows, or what is missing, each at CKAN's name of it.
    """
    old = before.written() if before else {}
    given = _given(asked, old)
    written = {**(old if patches else {}), **given}
    written.setdefault("coverage", "tenant")
    if before:
        written["code"] = before.code
    for name in _MANY_WORDS:
        written[name] = _both(written.get(name), old.get(name))
    if isinstance(written.get("standard"), dict):
        was = old.get("standard") or {}
        written["standard"] = {key: _both(text, was.get(key)) for key, text in written["standard"].items()}
    if isinstance(written.get("columns"), list):
        written["columns"] = [_column(each) for each in written["columns"]]
    try:
        return declaration_of({name: value for name, value in written.items() if value is not None})
    except Invalid as error:
        _status, told = shape(error, NAMES)
        wrong = Wrong("")
        wrong.fields = {name: words for name, words in told.items() if name != "__type"}
        raise wrong from None


def _given(asked: Asked, old: Mapping[str, Any]) -> dict[str, Any]:
    data = asked.data
    if strange := sorted(data.keys() - _TAKEN - _READ_ONLY):
        raise Wrong(strange[0][:80], _("Bagian ini tidak dikenal."), _known())
    found = _extras(asked)
    found |= {name: asked.structured(name) for name in _OWN if name in data}
    if "name" in data:
        found["code"] = data["name"]
    if "title" in data or "title_translated" in data:
        found["title"] = _translated(asked, "title", old.get("title"))
    if "notes" in data or "notes_translated" in data:
        found["description"] = _translated(asked, "notes", old.get("description"))
    if data.get("owner_org"):
        found["producer"] = _producer(asked)
    if data.get("license_id"):
        found["licence"] = _licence(str(data["license_id"]), found.get("licence") or old.get("licence"))
    if "tags" in data or "tag_string" in data:
        found["keywords"] = _keywords(asked)
    if "private" in data:
        found["classification"] = _classification(asked, found.get("classification"))
    return found


def _extras(asked: Asked) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in asked.listed("extras"):
        if not isinstance(each, dict) or not isinstance(each.get("key"), str):
            raise Wrong("extras", _("Tulis sebagai daftar {“key”: …, “value”: …}."))
        name = each["key"]
        if name in _TOLD_ONLY:
            continue
        if name not in _OWN:
            raise Wrong("extras", _("“%(name)s” tidak dikenal.") % {"name": name[:80]}, _known())
        found[name] = _structured(each.get("value"))
    return found


def _structured(value: Any) -> Any:
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _known() -> str:
    return _("Yang dikenal: %(names)s.") % {"names": ", ".join(sorted(_TAKEN))}


def _translated(asked: Asked, name: str, before: Any) -> Any:
    """Return both languages of a text; the plain field is the Indonesian one, where the two differ."""
    whole, plain = asked.structured(f"{name}_translated"), asked.data.get(name)
    words = whole if isinstance(whole, dict) else None
    if plain and words and plain != words.get("id"):
        before = before or {}
        return {"id": plain, "en": words["en"] if words.get("en") != before.get("en") else plain}
    return words or plain


def _both(value: Any, before: Any) -> Any:
    """Return a text in both languages: one alone stands for both, unless it says what it said before."""
    if isinstance(value, str) and value:
        return before if before and before.get("id") == value else {"id": value, "en": value}
    return value


def _column(column: Any) -> Any:
    if not isinstance(column, dict):
        return column
    whole = {name: _both(column.get(name), None) for name in ("meaning", "unit") if column.get(name)}
    return {**column, **whole}


def _producer(asked: Asked) -> str:
    key = asked.text("owner_org")
    if key == asked.actor.tenant:
        return ""
    for row in people.all_offices():
        if key in (str(row.pk), row.code):
            return row.code
    raise Wrong("owner_org", _("Tidak ada perangkat daerah ini."), _("Pilih dari organization_list."))


def _licence(key: str, before: Any) -> str:
    known = next((each for each in licences.KNOWN if each.id == licences.of(key).id), None)
    if isinstance(before, str) and licences.of(before) == (known or licences.OTHER):
        # It says the same as the words there are.
        return before if known or key == licences.OTHER.id else key
    return known.title if known else key


def _keywords(asked: Asked) -> list[str]:
    tags = asked.listed("tags")
    names = [str(each.get("name", "")) if isinstance(each, dict) else str(each) for each in tags]
    names += [part.strip() for part in asked.text("tag_string").split(",")]
    return [name for name in dict.fromkeys(names) if name]


def _classification(asked: Asked, given: Any) -> str:
    """Return how closed a package is: `private` says whether, an extra says how far."""
    if not asked.yes("private"):
        return "open"
    return str(given) if given in ("limited", "closed") else "closed"
