"""A whole service handed over: its cases with answers, history and files, and what they went by."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from balai.base import journal
from balai.base.actor import Actor
from balai.base.errors import NotFound
from balai.base.files import StoredFile
from balai.base.sealing import unseal
from balai.definitions import load
from balai.forms.reads import opened
from balai.forms.rules import joined
from balai.people import reads as people
from balai.services.models import (
    Case,
    CaseClock,
    CaseFile,
    CaseInput,
    CaseMove,
    CaseTask,
    Comment,
    DueChange,
    Notice,
    Rating,
    Route,
)
from balai.services.reads.definitions import version_of
from balai.services.rules.definition import Service
from balai.services.rules.loading import SERVICES
from balai.services.verbs import SERVICES_INSPECT, SERVICES_UPGRADE

_AT_ONCE = 200


def give_out(actor: Actor, code: str, at: datetime) -> Iterator[str]:
    """Note that a service is handed over, and return its cases one by one as lines of JSON.

    Personal answers, contacts and what was said are in it. Secret cases are left out for who may
    not see them. The first line says what the file is.

    Raises:
        Forbidden. NotFound: there is no case of such a service.
    """
    rows = _cases(actor, code)
    count, government = rows.count(), people.government(actor.tenant)
    if not count or government is None:
        raise NotFound(_("Layanan itu tidak ada, atau belum punya berkas."))
    with transaction.atomic():
        journal.write(actor, "services.give_out", government, service=code, cases=count)
    head = {
        "format": "balai-cases/1",
        "service": code,
        "tenant": actor.tenant,
        "made_at": at,
        "cases": count,
        "secret_cases": actor.may(SERVICES_INSPECT),
    }
    return _lines(actor, code, head)


def files_given(actor: Actor, code: str) -> Iterator[StoredFile]:
    """Yield the files of the cases `give_out` gives, each content once. Raises Forbidden."""
    rows = _cases(actor, code)
    held = StoredFile.objects.filter(
        tenant=actor.tenant, pk__in=CaseFile.objects.filter(case__in=rows).values("file")
    )
    last = ""
    for one in held.order_by("sha256", "pk").iterator(chunk_size=_AT_ONCE):
        if one.sha256 != last:
            last = one.sha256
            yield one


def definitions_given(actor: Actor, code: str) -> Iterator[tuple[int, str]]:
    """Yield (version, its file as JSON) of every version the given cases went by. Raises Forbidden."""
    versions = _cases(actor, code).order_by("service_version").values_list("service_version", flat=True)
    for version in versions.distinct():
        known = load(SERVICES).get(f"{code}/{version}")
        if known is not None:
            yield version, known.document.json()


def _cases(actor: Actor, code: str) -> QuerySet[Case]:
    actor.require(SERVICES_UPGRADE)
    rows = Case.objects.filter(tenant=actor.tenant, service=code)
    return rows if actor.may(SERVICES_INSPECT) else rows.filter(is_secret=False)


def _lines(actor: Actor, code: str, head: Mapping[str, Any]) -> Iterator[str]:
    yield _written(head)
    after: str | None = None
    while True:
        rows = _cases(actor, code)
        if after is not None:
            rows = rows.filter(number__gt=after)
        # The number is unique, so the pages of it miss and repeat nothing.
        found = list(rows.select_related("office", "parent", "merged_into").order_by("number")[:_AT_ONCE])
        yield from map(_written, _whole(found))
        if len(found) < _AT_ONCE:
            return
        after = found[-1].number


def _written(value: Mapping[str, Any]) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False) + "\n"


def _whole(cases: list[Case]) -> Iterator[dict[str, Any]]:
    keys = [one.pk for one in cases]
    given = {one.move_id: one for one in CaseInput.objects.filter(move__case__in=keys).select_related("move")}
    moves = _by_case(CaseMove.objects.filter(case__in=keys).select_related("office").order_by("case_version"))
    clocks = _by_case(CaseClock.objects.filter(case__in=keys).order_by("started_at", "pk"))
    comments = _by_case(Comment.objects.filter(case__in=keys).order_by("at", "pk"))
    tasks = _by_case(CaseTask.objects.filter(case__in=keys).select_related("office").order_by("pk"))
    files = _by_case(CaseFile.objects.filter(case__in=keys).select_related("file").order_by("at", "pk"))
    ratings = _by_case(Rating.objects.filter(case__in=keys).order_by("round"))
    routes = _by_case(
        Route.objects.filter(case__in=keys).select_related("from_office", "to_office").order_by("at", "pk")
    )
    changed = _by_case(DueChange.objects.filter(case__in=keys).order_by("at", "pk"))
    notices = _by_case(Notice.objects.filter(case__in=keys).order_by("at", "pk"))
    for row in cases:
        service = version_of(row.service, row.service_version)
        contact = unseal(row.contact, "services.contact", row.tenant)
        yield {
            "number": row.number,
            "service": row.service,
            "version": row.service_version,
            "definition": row.definition_hash,
            "state": row.state,
            "channel": row.channel,
            "office": row.office.code if row.office else None,
            "officer": row.officer_name or None,
            "region": row.region_code or None,
            "longitude": row.longitude,
            "latitude": row.latitude,
            "received_at": row.received_at,
            "due_at": row.due_at,
            "reopens": row.reopens,
            "closed_at": row.closed_at,
            "is_anonymous": row.is_anonymous,
            "is_secret": row.is_secret,
            "parent": row.parent.number if row.parent else None,
            "merged_into": row.merged_into.number if row.merged_into else None,
            "contact": json.loads(contact) if contact else None,
            "answers": opened(service.form, row.answers, row.personal, row.tenant),
            "moves": [_move(service, one, given.get(one.pk)) for one in moves[row.pk]],
            "clocks": [
                {"clock": one.clock, "state": one.state, "limit": one.limit, "unit": one.unit,
                 "used": one.used, "due_at": one.due_at, "events": one.events}
                for one in clocks[row.pk]
            ],
            "tasks": [
                {"task": one.task, "office": one.office.code if one.office else None, "state": one.state,
                 "note": unseal(one.note, "services.task", one.tenant) or None,
                 "opened_at": one.opened_at, "done_at": one.done_at}
                for one in tasks[row.pk]
            ],
            "comments": [
                {"at": one.at, "audience": one.audience, "by_applicant": one.by_applicant,
                 "author": one.author_name, "text": unseal(one.text, "services.comment", one.tenant)}
                for one in comments[row.pk]
            ],
            "files": [
                {"id": one.file_id, "name": one.file.name, "sha256": one.file.sha256, "size": one.file.size,
                 "media_type": one.file.media_type, "field": one.field, "audience": one.audience}
                for one in files[row.pk]
            ],
            "routes": [
                {"at": one.at, "from": one.from_office.code if one.from_office else None,
                 "to": one.to_office.code if one.to_office else None, "rule": one.rule or None,
                 "reason": one.reason, "who": one.actor_name}
                for one in routes[row.pk]
            ],
            "due_changes": [
                {"clock": one.clock, "at": one.at, "before": one.before, "after": one.after,
                 "reason": one.reason}
                for one in changed[row.pk]
            ],
            "notices": [
                {"at": one.at, "template": one.template, "way": one.way, "to_applicant": one.for_applicant,
                 "subject": one.subject, "text": unseal(one.text, "services.notice", one.tenant),
                 "state": one.state, "sent_at": one.sent_at}
                for one in notices[row.pk]
            ],
            "ratings": [
                {"round": one.round, "score": one.score,
                 "text": unseal(one.text, "services.rating", one.tenant) or None}
                for one in ratings[row.pk]
            ],
        }  # fmt: skip


def _by_case(rows: Iterable[Any]) -> Mapping[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.case_id].append(row)
    return found


def _move(service: Service, line: CaseMove, given: CaseInput | None) -> dict[str, Any]:
    known = service.moves.get(line.move)
    told: dict[str, Any] = {}
    if given is not None and known is not None and known.form is not None:
        personal = json.loads(unseal(given.personal, "forms.answers", line.tenant) or "{}")
        told = joined(known.form, given.answers, personal)
    return {
        "move": line.move,
        "from": line.from_state or None,
        "to": line.to_state,
        "at": line.at,
        "who": line.actor_name,
        "office": line.office.code if line.office else None,
        "article": line.legal_article or None,
        "given": told,
    }
