"""A report that an app posts: who it is from, what it says in the words of our form, filed once."""

import hashlib
import io
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import outgoing, tenancy
from balai.base.actor import Actor
from balai.base.files import store_file
from balai.base.network import address_of
from balai.forms.rules import Field, Type
from balai.people import changes as people_changes
from balai.people import reads as people
from balai.places import reads as places
from balai.places.rules import Level
from balai.services import changes
from balai.services.changes.wording import link_of
from balai.services.faces.open311.answers import Wrong
from balai.services.faces.open311.asked import argument, attributes, degrees
from balai.services.faces.open311.catalogue import YES, Carried, Kind, asked, carried, takes_unnamed
from balai.services.models import Case
from balai.services.rules import texts
from balai.services.rules.definition import Service
from balai.services.rules.particulars import ANONYMOUS, put
from balai.services.verbs import SERVICES_FOLLOW, SERVICES_RELAY

LARGEST_PHOTO = 8_000_000
_KEY = re.compile(r"[\x21-\x7e]{1,64}")


def poster(request: HttpRequest, given: QueryDict) -> Actor:
    """Return who posts, by the program key in `api_key` or as a bearer; a session counts for nothing.

    Raises:
        Wrong: 403, the key is missing, unknown, not in force here, or may not report.
    """
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    key = argument(given, "api_key") or bearer
    if not key:
        raise Wrong(403, _("api_key belum ada. Buat kunci program di /saya/kunci."))
    today = timezone.localdate()
    row = people.program_key_in_force(key, today)
    if row is None:
        raise Wrong(403, _("api_key tidak dikenal di sini, dicabut, atau habis masanya."))
    arrival = people.arrive_by_key(row, today)
    actor = arrival.actor
    if arrival.lacks_second_factor:
        raise Wrong(403, _("Pemilik api_key harus memasang faktor kedua dahulu."))
    if not (actor.may(SERVICES_RELAY) or actor.may(SERVICES_FOLLOW)):
        raise Wrong(403, _("api_key tidak memegang hak services.relay atau services.follow."))
    people_changes.note_use(row, today)
    return actor


def key_of(request: HttpRequest, given: QueryDict, on: date) -> str:
    """Return what tells this report from others: the header, or all it says on this day.

    The standard knows no repetition; an app that lost the answer sends the very same again.
    """
    header = request.headers.get("Idempotency-Key", "")
    if _KEY.fullmatch(header):
        return header
    return hashlib.sha256(said(given) + str(on).encode()).hexdigest()


def said(given: QueryDict) -> bytes:
    """Return all that was posted but the key, in an order of its own."""
    return repr(sorted((name, values) for name, values in given.lists() if name != "api_key")).encode()


def photo_of(given: QueryDict) -> bytes:
    """Fetch the picture of `media_url`, b"" where none is named. Raises Wrong."""
    url = argument(given, "media_url")
    if not url:
        return b""
    try:
        answer = outgoing.fetch("GET", url, max_bytes=LARGEST_PHOTO)
    except (outgoing.NotReachable, outgoing.NoAnswer) as error:
        raise Wrong(400, f"media_url: {error}") from error
    if answer.status != 200:
        raise Wrong(400, _("media_url dijawab HTTP %(status)d.") % {"status": answer.status})
    return answer.body


def file_request(
    request: HttpRequest,
    actor: Actor,
    kind: Kind,
    answers: dict[str, Any],
    photo: bytes,
    key: str,
    now: datetime,
) -> dict[str, Any]:
    """File a report and return it as the standard answers.

    Raises:
        Refused: what it says has faults, or is not taken.
    """
    where = carried(kind.service).photos
    if photo and where:
        stored = store_file(io.BytesIO(photo), "foto", actor)
        put(answers, where, [str(stored.pk)])
    relays = actor.may(SERVICES_RELAY)
    coming = changes.Coming(
        Case.Channel.OPEN311, key, "" if relays else address_of(request), is_relayed=relays
    )
    filed = changes.file(actor, kind.service.code, answers, coming, now)
    notice = _("Pantau di %(link)s") % {"link": link_of(filed.case)}
    if filed.pin:
        notice += " " + _("dengan nomor %(number)s dan PIN %(pin)s.") % {
            "number": filed.case.number,
            "pin": filed.pin,
        }
    return {"service_request_id": filed.case.number, "service_notice": notice, "account_id": None}


def answers_of(kind: Kind, given: QueryDict) -> dict[str, Any]:
    """Return the answers to our form that the arguments of the standard give. Raises Wrong."""
    service, taken = kind.service, carried(kind.service)
    answers: dict[str, Any] = {}
    if kind.topic:
        put(answers, taken.topic, kind.topic)
    for path, value in _own(service, given).items():
        put(answers, path, value)
    story = argument(given, "description")
    if story and taken.story:
        put(answers, taken.story, story)
    fields = dict(service.form.fields())
    for path in taken.titles:
        if story and path not in answers:
            line = " ".join(story.split())
            put(answers, path, texts.shortened(line, int(fields[path].max or 300)))
    _place(taken, given, answers)
    _person(service, taken, given, answers)
    return answers


def _own(service: Service, given: QueryDict) -> dict[str, Any]:
    """Return the answers that attributes give, by path."""
    fields = dict(asked(service))
    found: dict[str, Any] = {}
    for code, values in attributes(given):
        if code not in fields:
            raise Wrong(400, _("attribute[%(code)s] tidak ditanyakan layanan ini.") % {"code": code})
        found[code] = _answer(fields[code], values)
    return found


def _answer(field: Field, values: list[str]) -> Any:
    match field.type:
        case Type.BOOLEAN:
            return values[0] == YES
        case Type.CHOICES:
            return values
        case Type.DATE:
            return values[0][:10]
    return values[0]


def _place(taken: Carried, given: QueryDict, answers: dict[str, Any]) -> None:
    latitude, longitude = degrees(given, "lat", 90), degrees(given, "long", 180)
    if (latitude is None) != (longitude is None):
        raise Wrong(400, _("lat dan long dikirim berdua."))
    if latitude is not None and taken.point:
        put(answers, taken.point, {"latitude": str(latitude), "longitude": str(longitude)})
    address = argument(given, "address_string")
    if address and taken.address:
        put(answers, taken.address, texts.shortened(" ".join(address.split()), 300))
    region = argument(given, "address_id")
    if not region and latitude is None and address:
        region = _village_in(address)
    if region and taken.region:
        put(answers, taken.region, region)


def _village_in(address: str) -> str:
    government = people.government(tenancy.current_tenant())
    known = places.parts(government.region_code, Level.VILLAGE) if government else []
    return texts.village_in(address, {row.code: row.name for row in known}) or ""


def _person(service: Service, taken: Carried, given: QueryDict, answers: dict[str, Any]) -> None:
    names = (argument(given, "first_name"), argument(given, "last_name"))
    known: Mapping[str, str] = {
        taken.name: " ".join(name for name in names if name),
        taken.phone: argument(given, "phone"),
        taken.email: argument(given, "email"),
    }
    sent = {path: value for path, value in known.items() if path and value}
    if not sent and ANONYMOUS not in answers and takes_unnamed(service):
        # An app that sends nothing of a person reports without a name.
        answers[ANONYMOUS] = True
    for path, value in sent.items():
        put(answers, path, value)
