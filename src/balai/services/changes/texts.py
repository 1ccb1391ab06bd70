"""Text messages of residents: filed as cases, asked about, or answered with how it is done.

Every message gets an answer in plain words. The same message handed in again gets the same one.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor, system
from balai.base.errors import Conflict, Forbidden, Invalid, NotFound
from balai.base.writing import day
from balai.definitions import reads as tables
from balai.definitions.rules import Row
from balai.forms.rules import Field, Type
from balai.people import reads as people
from balai.places import reads as places
from balai.places.rules import Level
from balai.services.changes.filing import Channel, Coming, Filed, file, suggested
from balai.services.changes.pins import unlock
from balai.services.reads.definitions import service as service_on
from balai.services.reads.definitions import service_of
from balai.services.reads.provisional import due_day
from balai.services.reads.whole import track
from balai.services.rules import texts as rules
from balai.services.rules.definition import Service
from balai.services.rules.particulars import first_field, put
from balai.services.verbs import SERVICES_IMPORT

WORDS = "text_words"


@dataclass(frozen=True)
class Text:
    """A message of a telephone; `id` is the gateway's own and tells a repetition."""

    id: str
    phone: str
    text: str


def gateway_actor() -> Actor:
    """Return who acts when a gateway that proved itself hands in a message."""
    return system("services.gateway", tenancy.current_tenant(), SERVICES_IMPORT)


def take_text(actor: Actor, message: Text, now: datetime) -> str:
    """Do what a message asks for, and return what is written back.

    Raises:
        Forbidden: the actor is no gateway of this installation.
    """
    actor.require(SERVICES_IMPORT)
    said = rules.apart(message.text)
    known = tables.all_in_force(WORDS, timezone.localtime(now).date())
    row = known.get(said.word)
    match str(row.values["does"]) if row else "":
        case "file" if row:
            return _filed(actor, row, said, message, now)
        case "track":
            return _tracked(actor, said, message, now)
    return _helped(said, is_asked=row is not None or not said.word)


def _helped(said: rules.Said, *, is_asked: bool) -> str:
    how = _(
        "Tulis LAPOR lalu masalahnya dan kelurahannya, misalnya: LAPOR lampu jalan mati tiga malam di depan "
        "balai RW 2 Kelurahan Kauman. USUL untuk usul, TANYA untuk bertanya, STATUS nomor PIN untuk memantau."
    )
    if is_asked:
        return how
    return _("“%(word)s” tidak kami kenal. %(how)s") % {"word": said.word[:20], "how": how}


def _filed(actor: Actor, row: Row, said: rules.Said, message: Text, now: datetime) -> str:
    code = str(row.values["service"] or "")
    try:
        service = service_on(code, timezone.localtime(now).date())
        village = _village(said.rest)
        answers = _answers(service, row, said.rest, message.phone, village, now)
        done = file(actor, code, answers, Coming(Channel.SMS, message.id), now)
    except Invalid as error:
        wrong = "; ".join(str(fault) for fault in error.faults[:3])
        return _("Laporan belum kami terima. %(wrong)s. Perbaiki lalu kirim lagi.") % {
            "wrong": wrong.rstrip(".")
        }
    except (Forbidden, NotFound, Conflict) as error:
        return str(error)
    return _received(done)


def _received(done: Filed) -> str:
    row = done.case
    due = due_day(service_of(row), row.due_at) if row.due_at else ""
    told = _("Laporan Anda kami terima dengan nomor %(number)s.") % {"number": row.number}
    if due:
        told += " " + _("Kami memeriksanya paling lambat %(due)s.") % {"due": due}
    if done.pin:
        told += " " + _(
            "PIN %(pin)s: simpan, jangan beri tahu siapa pun; kami tidak dapat mengirimnya lagi. "
            "Pantau dengan STATUS %(number)s PIN."
        ) % {"pin": done.pin, "number": row.number}
    return told


def _village(text: str) -> str:
    """Return the code of the village a message names, "" for none. Raises Conflict for several."""
    government = people.government(tenancy.current_tenant())
    if government is None:
        return ""
    known = places.parts(government.region_code, Level.VILLAGE)
    found = rules.village_in(text, {row.code: row.name for row in known})
    if found is None:
        raise Conflict(
            _(
                "Pesan Anda menyebut beberapa kelurahan. Tulis “Kelurahan” di depan yang Anda maksud, "
                "lalu kirim lagi."
            )
        )
    return found


def _answers(
    service: Service, row: Row, text: str, phone: str, village: str, now: datetime
) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    story = service.suggest.text if service.suggest else ()
    for path in story or (first_field(service.form, Type.LONG_TEXT, Type.TEXT),):
        put(answers, path, _fitting(service, path, text))
    if field := str(row.values["field"] or ""):
        put(answers, field, str(row.values["value"] or ""))
    if service.suggest:
        topic = suggested(service, text, now) or str(row.values["topic"] or "")
        put(answers, service.suggest.field, topic)
    given = [
        (first_field(service.form, Type.PHONE), phone),
        (first_field(service.form, Type.REGION), village),
    ]
    # Nothing is known of who writes but their number, so they are called by it.
    named = (
        path for path, one in service.form.fields() if one.is_personal and path.rpartition(".")[2] == "name"
    )
    given.append((next(named, ""), phone))
    for path, value in given:
        if path and value:
            put(answers, path, value)
    return answers


def _fitting(service: Service, path: str, text: str) -> str:
    item = service.form.items.get(path)
    if isinstance(item, Field) and item.type is Type.TEXT:
        return rules.shortened(text, int(item.max or 300))
    return text


def _tracked(actor: Actor, said: rules.Said, message: Text, now: datetime) -> str:
    number, pin = rules.number_and_pin(said.rest)
    if not pin:
        return _("Tulis STATUS, nomor laporan, lalu PIN. Misalnya: STATUS ADU-202608-000001 123456.")
    try:
        # Wrong tries are counted by telephone, as those on pages are by network.
        ticket = unlock(actor, number, pin, f"tel:{message.phone}", now)
        found = track(actor, ticket.case, now, ticket)
    except (Forbidden, NotFound) as error:
        return str(error)
    told = _("%(number)s: %(state)s.") % {"number": found.number, "state": found.state}
    if found.office:
        told += " " + _("Ditangani %(office)s.") % {"office": found.office}
    if found.due_at:
        told += " " + _("Jatuh tempo %(due)s.") % {"due": day(timezone.localtime(found.due_at).date())}
        told += f" {found.provisional}" if found.provisional else ""
    return told
