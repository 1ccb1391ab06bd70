"""The table of authorisations: each role × each route × own office, other office, other region.

All of it is tried.

How it is made. Nothing of it is written by hand:

- the *routes* come from the resolver and from the API (`tests.test_routes.routes`);
- the *roles* come from `definitions/roles`; beside them stand a visitor, an account
  without a seat, and an officer whose seat ended yesterday;
- the *expected outcome* is asked of the declaration of the route and of `Actor.may`,
  with the verbs and reaches of the role files and with the owner of the thing in the
  address (`tests.world.Thing`);
- the *real outcome* is what the Django test client gets, by every method, as each
  person signed in for real, with seats in the database.

Only which thing stands at a place in an address is said here (`THINGS`): no
machine can know that. A new route whose place is not in it makes the table fail,
so that none is left out.

A thing that is refused may answer 403, or 404 where it must not be known that
there is one; a visitor is taken to sign-in, a program gets 401. What is allowed
may answer anything else: a form with faults (422), a plan that is locked (423),
a redirect to the page after. Whatever is refused must also have written nothing:
it is not rolled back, and at the end the journal is as long as before.
"""

import json
import logging
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.apps import apps
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.test import Client, override_settings

from balai.base import tenancy
from balai.base.actor import Actor
from balai.people import reads as people
from balai.people.models import Membership, Office
from balai.people.rules import Given, Where
from balai.places.models import Region
from balai.plan import changes
from balai.plan.tests.town import NOW, PROGRAMME, TODAY
from balai.site.api import description
from tests.cast import MALANG, REGENCY, govern, someone, visitor_at
from tests.test_routes import METHODS, Route, routes
from tests.world import (
    Thing,
    Things,
    adopt,
    all_powerful,
    found_plan,
    furnish,
    furnish_account,
    furnish_tenant,
    picture,
    plan_actions,
    write_papers,
)
from tests.world_evaluation import judged_by, of_the_nation, of_the_offices, rounds_of

THINGS = {
    "aksi/<code>": "action",
    "aksi/<key>": "action",
    "angka-terbit/<key>": "figure",
    "angka/<key>": "=0199a3c0-0000-7000-8000-000000000000",
    "angka-terbit/<year>": "=2023",
    "bukti/<key>": "shown evidence",
    "buku/<book>": "book",
    "buku/<key>": "book",
    "dana/<key>": "fund",
    "data/<code>": "published dataset",
    "data/<code>.<form>": "=json",
    "action/<name>": "=package_list",
    "catalog.<form>": "=ttl",
    "collections/<code>": "published dataset",
    "collections/<code>/items/<id>": "=1",
    "ogc/<rest>": "=nowhere",
    "v2/<rest>": "=nowhere.json",
    "dataset/<code>": "published dataset",
    "dataset/<code>.<form>": "=ttl",
    "datasets/<code>": "published dataset",
    "datastore/dump/<id>": "published dataset",
    "drafts/<code>": "draft dataset",
    "drafts/<code>/check": "waiting dataset",
    "drafts/<code>/return": "waiting dataset",
    "ekspor/<what>": "=money",
    "ekspor/<what>.<form>": "=csv",
    "penilaian/hasil/<key>": "=0199a3c0-0000-7000-8000-000000000000",
    "penilaian/instrumen/<code>": "=spbe-2020",
    "meja/penilaian/<key>": "round",
    "meja/penilaian/<key>/soal/<number>": "question",
    "bukti/<evidence>": "answer evidence",
    "daerah/<region>": "=35.73",
    "bukti/<paper>": "answer evidence",
    "rekomendasi/<key>/bukti/<paper>": "advice proof",
    "undangan/<key>": "invitation",
    "penilai/<assessment>": "assessment given",
    "moderasi/<number>": "=1",
    "kunjungan/<visit>": "visit",
    "foto/<picture>": "visit photo",
    "menilai/<key>": "assessment",
    "rekomendasi/<advice>": "assessment advice",
    "rekomendasi/<key>": "advice",
    "evaluation/assessments/<id>": "assessment",
    "evaluation/rounds/<id>": "round",
    "evaluation/surveys/<code>": "survey",
    "evaluation/surveys/<code>/results": "closed survey",
    "meja/survei/<code>": "survey",
    "kode/<number>": "=1",
    "survei/<code>": "survey",
    "survei/<code>/hasil": "closed survey",
    "survei/<code>/hasil.csv": "closed survey",
    "survei/<code>/hasil.json": "closed survey",
    "survei/<code>/hasil.xlsx": "closed survey",
    "figures/<id>": "=0199a3c0-0000-7000-8000-000000000000",
    "gaya/<colour>": "=0a5c36",
    "indicators/<code>": "=population_density",
    "indikator/<code>": "=population_density",
    "jabatan/<key>": "seat",
    "koreksi/<action>": "action",
    "koreksi/<action>/<period>": "period",
    "lapor/<action>": "action",
    "lapor/<action>/<period>": "period",
    "lembaga/<kind>": "=team",
    "masa/<key>": "period",
    "masa/<year>": "=2026",
    "masukan/<key>": "feedback key",
    "permintaan/saya/<key>": "wish key",
    "permintaan-set-data/<key>": "wish",
    "wishes/<wish>": "wish",
    "meja/data/<code>": "draft dataset",
    "meja/masukan/<key>": "feedback",
    "meja/data/<code>/baris": "published dataset",
    "meja/data/<code>/baris/templat.csv": "published dataset",
    "meja/data/<code>/pengambilan": "published dataset",
    "kiriman/<upload>": "upload",
    "pengambilan/<source>": "fetch source",
    "uploads/<upload>": "upload",
    "meja/layanan/<service>": "=sambat",
    "meja/layanan/<service>/<number>": "service case number",
    "meja/layanan/<service>/<number>/langkah/<move>": "=accept",
    "meja/layanan/<service>/<number>/tugas/<task>": "service task",
    "meja/layanan/<service>/<number>/lampiran/<file>": "service file",
    "meja/layanan/gagal/<key>": "=0199a3c0-0000-7000-8000-000000000000",
    "meja/layanan/daftar.<form>": "=csv",
    "meja/layanan/definisi/<code>": "=sambat",
    "layanan/<code>": "=sambat",
    "ajukan/<draft>": "=0199a3c0-0000-7000-8000-000000000000",
    "formulir/<draft>": "=0199a3c0-0000-7000-8000-000000000000",
    "lapor/<point>": "=zzzzzzzz",
    "berkas/<key>": "=0199a3c0-0000-7000-8000-000000000000",
    "berkas/<key>/langkah/<move>": "=complete",
    "berkas/<key>/lampiran/<file>": "=0199a3c0-0000-7000-8000-000000000000",
    "saya/kabar/<key>": "=0199a3c0-0000-7000-8000-000000000000",
    "meja/loket/<code>": "=sambat",
    "meja/loket/<code>/<draft>": "=0199a3c0-0000-7000-8000-000000000000",
    "meja/titik-qr/<key>": "=0199a3c0-0000-7000-8000-000000000000",
    "mitra/<key>": "partner",
    "notula/<key>": "meeting",
    "orang/<key>": "account",
    "people/offices/<id>": "office",
    "people/partners/<id>": "partner",
    "peran/<role>": "=officer",
    "perangkat-daerah/<key>": "office",
    "periksa/<key>": "waiting report",
    "periode/<period>": "planning period",
    "permintaan-data/<key>": "data request",
    "permintaan-peran/<key>": "role request",
    "peta/<name>": "=35.73",
    "places/regions/<code>": "=35.73",
    "plan/actions/<code>": "action",
    "plan/actions/<id>/indicator": "action",
    "plan/evidence/<id>": "kept evidence",
    "plan/reports/<id>": "verified report",
    "plan/reports/<id>/evidence-files": "draft report",
    "plan/reports/<id>/evidence-links": "draft report",
    "plan/reports/<id>/return": "waiting report",
    "plan/reports/<id>/submit": "draft report",
    "plan/reports/<id>/verify": "waiting report",
    "plan/stages/<id>": "stage",
    "program-bersama/<key>": "shared programme",
    "program/<key>": "programme",
    "rapat/<body>": "body",
    "rencana/<key>": "plan",
    "saya/kunci/<key>": "own program key",
    "sambungan/<key>": "=0199a3c0-0000-7000-8000-000000000000",
    "pesan/<message>": "=0199a3c0-0000-7000-8000-000000000000",
    "services/<code>": "=sambat",
    "services/<code>.<form>": "=json",
    "discovery.<form>": "=json",
    "services.<form>": "=json",
    "requests.<form>": "=json",
    "requests/<number>": "=ADU-202608-000001",
    "requests/<number>.<form>": "=json",
    "tokens/<token>": "=0199a3c0-0000-7000-8000-000000000000",
    "tokens/<token>.<form>": "=json",
    "cases/<id>": "=0199a3c0-0000-7000-8000-000000000000",
    "moves/<move>": "=assign",
    "files/<file>": "=0199a3c0-0000-7000-8000-000000000000",
    "tasks/<task>": "=0199a3c0-0000-7000-8000-000000000000",
    "webhooks/<id>": "=0199a3c0-0000-7000-8000-000000000000",
    "messages/<message>": "=0199a3c0-0000-7000-8000-000000000000",
    "saya/permintaan/<key>": "own data request",
    "queries/<slug>": "public question",
    "tabel/<code>": "=freshness",
    "tahap/<key>": "stage",
    "tanya/<slug>": "public question",
    "tanya/<slug>/hapus": "own question",
    "tanya/<slug>/ubah": "own question",
    "unduh.<kind>": "=csv",
    "usulan/<id>": "amendment",
    "usulan/<id>/tarik": "own amendment",
    "versi/<number>": "=1",
    "versi/<number>.<form>": "=json",
    "versions/<number>": "=1",
    "walidata/<code>": "waiting dataset",
    "wilayah/<code>": "=35.73",
}
"""How an address ends at a place → what stands there: a kind of thing, or after "=" a mere word."""

IN_BODY = {"action": "action", "dataset": "published dataset", "period": "period"}
"""A field of what the API is sent → the thing it names; it is sent even where it may be left out."""
NAMING_NONE = {"api/v1/data/uploads": "data.produce"}
"""Where a body is tried without its thing too, and the verb asked within then: address → verb."""

TRIED = ("GET", "POST", "PUT", "PATCH", "DELETE")
"""The methods of the table. HEAD, OPTIONS, and methods that a route has not, stand apart."""
DEEPER = {
    # Everybody who reports sees the lines of money of their action; to add one is to write the plan.
    ("plan-funds", "POST"): "plan.write",
    # A session counts for nothing there: who reports brings a program key, and nobody here does.
    ("open311-requests", "POST"): "a program key",
}
"""Where a page asks for more than it declares: (name of the route, method) → the verb asked within."""

DECIDED_WITHIN = frozenset({"service-case-file"})
"""Where who passes the declaration may still be refused by the file of a service, which names the roles of
each case; the tests of services try those. Who does not pass must be refused here as everywhere."""

FORM = {"version": 1, "reason": "Uji"}
"""Sent to every page that takes a form, so that it judges the thing and not a field left out."""

AS_PROGRAM = {"Accept": "application/json"}
"""A refusal is told a program in a line, and a person on a page that takes long to draw."""

SIGN_IN = "/akun/login/"
RELATIONS = {
    REGENCY: ("other region", "own office"),
    MALANG: ("own office", "other office", "other region"),
    tenancy.NATIONAL: ("nation", "own office"),
}
"""The things a person of a tenant tries; the first are their own. To the nation all others are one."""


@dataclass(frozen=True)
class Person:
    """Somebody who tries every door: a name for the report, their browser, and who they are here."""

    name: str
    tenant: str
    client: Client
    actor: Actor


@dataclass(frozen=True)
class World:
    """What there is to try the doors with, and the office every seat is in."""

    things: Mapping[str, Things]
    kominfo: Office


@pytest.fixture(scope="module")
def furnished(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[World]:
    """Kota Malang with one of everything in two offices, Kabupaten Malang with one of everything.

    Made once for a file of tests, for that takes longer than most of them; each test takes back
    what it did, and the file everything.
    """
    own = override_settings(
        DATA=tmp_path_factory.mktemp("world"), SESSION_ENGINE="django.contrib.sessions.backends.cache"
    )
    with django_db_blocker.unblock(), own, time_machine.travel(NOW, tick=True), transaction.atomic():
        yield _founded()
        transaction.set_rollback(True)


@pytest.fixture
def world(furnished: World, db: None) -> Iterator[World]:
    """The world as it was made."""
    # Thousands of requests are logged to nobody.
    logging.disable()
    yield furnished
    logging.disable(logging.NOTSET)


def _founded() -> World:
    govern()
    Region.objects.create(
        code=MALANG, name="Malang", level="regency", parent="35", kind="kota", search_key=" malang "
    )
    with tenancy.scope(tenancy.NATIONAL):
        nation = furnish_tenant(tenancy.NATIONAL, None)
        shared = changes.create_shared_programme(
            all_powerful("writer", tenancy.NATIONAL), replace(PROGRAMME, code="BTS")
        )
    everybodys = {"shared programme": Thing(str(shared.pk))}
    with tenancy.scope(MALANG):
        kominfo = Office.objects.create(code="diskominfo", name="Dinas Komunikasi dan Informatika")
        health = Office.objects.create(code="dinkes", name="Dinas Kesehatan")
        common, (own, other) = _furnished(MALANG, kominfo, health)
    with tenancy.scope(REGENCY):
        office = Office.objects.create(code="diskominfo", name="Dinas Komunikasi dan Informatika")
        beside, (there,) = _furnished(REGENCY, office)
    rounds = {tenant: rounds_of(tenant) for tenant in (MALANG, REGENCY)}
    with tenancy.scope(MALANG):
        judged, judged_beside = of_the_offices(MALANG, (kominfo, health), rounds[MALANG])
    with tenancy.scope(REGENCY):
        (judged_there,) = of_the_offices(REGENCY, (office,), rounds[REGENCY])
    seen = of_the_nation(rounds[MALANG], "")
    return World(
        {
            "own office": {**common, **own, **seen, **judged, **everybodys},
            "other office": {**common, **other, **seen, **judged_beside, **everybodys},
            "other region": {
                **beside,
                **there,
                **of_the_nation(rounds[REGENCY], REGENCY),
                **judged_there,
                **everybodys,
            },
            "nation": {**nation, **seen, **everybodys},
        },
        kominfo,
    )


def _furnished(tenant: str, *offices: Office) -> tuple[Things, list[Things]]:
    plan = found_plan(tenant)
    actions = [plan_actions(tenant, plan, office) for office in offices]
    write_papers(tenant, plan)
    adopt(tenant, plan)
    common = furnish_tenant(tenant, plan)
    return common, [furnish(tenant, plan, *pair) for pair in zip(offices, actions, strict=True)]


# Who tries

WITHOUT_SEAT = ("visitor", "resident", "former officer")
SEATED = tuple(code for code, role in people.roles().items() if role.given is Given.SEAT)


def arrive(name: str, world: World) -> Person:
    """Sign somebody in: a role of the files by its code, or one of those who have no seat."""
    if name == "visitor":
        return Person(name, MALANG, visitor_at(MALANG), people.visitor(MALANG))
    role = people.roles().get(name)
    tenant = tenancy.NATIONAL if role and role.where is Where.NATIONAL else MALANG
    codes = {"resident": (), "former officer": ("officer",)}.get(name, (name,))
    office = None if tenant == tenancy.NATIONAL else world.kominfo
    somebody = someone(name.replace(" ", "-"), tenant, *codes, office=office)
    if name == "former officer":
        with tenancy.scope(tenant):
            Membership.objects.filter(account=somebody.account).update(to_on=TODAY - timedelta(days=1))
    return Person(name, tenant, somebody.client, somebody.actor)


# What is tried


@dataclass(frozen=True)
class Try:
    """One line of the table: a route by one method, with the things that stand in its address."""

    route: Route
    method: str
    relation: str
    address: str
    things: tuple[Thing, ...]
    values: Mapping[str, str]


def places(route: Route) -> dict[str, str]:
    """Return parameter → what stands there, in the address of a route.

    Raises:
        LookupError: `THINGS` does not say it of some place.
    """
    plain = re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", route.address).rstrip("/")
    at = {match[1]: plain[: match.end()] for match in re.finditer(r"<(\w+)>", plain)}
    # What is done to a thing may ask for one in another state; then the whole address says which.
    whole = _said_of(plain) if at else None
    found = {name: _said_of(place) for name, place in at.items()}
    if whole:
        found[[*at][-1]] = whole
    for name, place in at.items():
        if found[name] is None:
            raise LookupError(f"THINGS does not say what stands at /{place}")
    return {name: kind for name, kind in found.items() if kind}


def _said_of(place: str) -> str | None:
    ends = [end for end in THINGS if place == end or place.endswith("/" + end)]
    return THINGS[max(ends, key=len)] if ends else None


def tries(person: Person, world: World) -> Iterator[Try]:
    """Yield every line of the table for a person; a route that names no thing stands in it once."""
    home, *others = RELATIONS[person.tenant]
    things_of = dict(world.things)
    if person.actor.is_signed_in:
        with tenancy.scope(person.tenant):
            things_of[home] = things_of[home] | furnish_account(person.tenant, UUID(person.actor.id))
            if person.tenant == tenancy.NATIONAL:
                things_of[home] = things_of[home] | judged_by(UUID(person.actor.id))
    for route in (route for route in routes() if route.access):
        at, sent = places(route), named_in_body(route)
        yield from _lines(route, at, at | sent, things_of, (home, *others))
        if sent and route.address in NAMING_NONE:
            yield from _lines(route, at, at, things_of, (home,))


def _lines(
    route: Route,
    at: Mapping[str, str],
    kinds: Mapping[str, str],
    things_of: Mapping[str, Things],
    relations: tuple[str, ...],
) -> Iterator[Try]:
    named = {name: kind for name, kind in kinds.items() if not kind.startswith("=")}
    for relation in relations if named else relations[:1]:
        here = things_of[relation]
        # The nation has no plan of its own, so some things are there in the regions only.
        if not here.keys() >= set(named.values()):
            continue
        values = {name: kind[1:] for name, kind in at.items()} | {
            name: here[kind].key for name, kind in named.items()
        }
        address = "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda match, by=values: by[match[1]], route.address)
        things = tuple(here[kind] for kind in named.values())
        for method in (method for method in TRIED if method in route.methods):
            yield Try(route, method, relation, address, things, values)


# What the API is sent, made from its own description


@cache
def _described() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(description())
    return found


def _body_of(route: Route) -> tuple[str, dict[str, Any]]:
    """Return content type and schema of what an operation is sent, {} where that is nothing."""
    path = "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.address)
    methods = [method.lower() for method in route.methods - {"GET", "HEAD"}] if route.is_operation else []
    operation = _described()["paths"][path][methods[0]] if methods else {}
    content = operation.get("requestBody", {}).get("content", {})
    return next(((kind, said["schema"]) for kind, said in content.items()), ("", {}))


def _followed(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = _described()["components"]["schemas"][name] if name else schema
    return found


def named_in_body(route: Route) -> dict[str, str]:
    """Return field → the thing that a body names there: an action or a period by id, a dataset by code."""
    schema = _followed(_body_of(route)[1])
    # A period that may be left out is a word: what the file is about.
    words = {"period"} - set(schema.get("required", ()))
    return {name: IN_BODY[name] for name in schema.get("properties", {}) if name in IN_BODY.keys() - words}


def filled(name: str, schema: dict[str, Any], values: Mapping[str, str]) -> Any:
    """Return something that fits a schema: the ids in `values`, and the least of everything else."""
    schema = _followed(schema)
    if name in values:
        return values[name]
    if name == "link":
        return "https://example.id/bukti"
    match schema.get("type"):
        case "object":
            needed = schema.get("required", ())
            fields = schema.get("properties", {}).items()
            return {
                field: filled(field, part, values)
                for field, part in fields
                if field in needed or (field in IN_BODY and field in values)
            }
        case "integer":
            return max(1, schema.get("minimum", 1))
        case "string":
            return "2026-06-01T09:00:00+07:00" if schema.get("format") == "date-time" else "Uji"
    return None


def ask(person: Person, line: Try) -> HttpResponse:
    """Send the request: to the API what its description asks for, to a page an empty form."""
    kind, schema = _body_of(line.route)
    headers = {"Idempotency-Key": uuid4().hex, **AS_PROGRAM}
    body = filled("", schema, line.values) if schema else {}
    if kind == "multipart/form-data":
        return person.client.post(line.address, body | {"file": picture(7)}, headers=headers)
    if kind:
        text = json.dumps(body)
        return person.client.generic(line.method, line.address, text, "application/json", headers=headers)
    if line.method == "POST":
        return person.client.post(line.address, FORM, headers=headers)
    return person.client.generic(line.method, line.address, headers=headers)


# How it ends


def is_allowed(person: Person, line: Try) -> bool:
    """Tell what the declaration of the route and the role files say, for the things in the address."""
    access = line.route.access
    assert access
    if access.signed_in and not person.actor.is_signed_in:
        return False
    deeper = DEEPER.get((line.route.pattern.name, line.method))
    if named_in_body(line.route) and not line.things:
        deeper = NAMING_NONE[line.route.address]
    verbs = [verb for verb in (access.verb, deeper) if verb]
    if not all(person.actor.may(verb) for verb in verbs):
        return False
    if not all(_is_within_reach(person, thing) for thing in line.things):
        return False
    # A period is everybody's in its tenant; whose report it is says the action beside it.
    owned = [thing for thing in line.things if thing.owner_offices] or line.things
    judged = [thing for thing in owned if thing.tenant and not thing.owner_account]
    return all(person.actor.may(verb, thing) for verb in verbs for thing in judged)


def _is_within_reach(person: Person, thing: Thing) -> bool:
    """Tell whether a thing is on the person's side of the walls between tenants and between accounts."""
    # The wall between local governments stands before any right, that of the nation included.
    if thing.tenant and thing.tenant != person.tenant:
        return False
    return not thing.owner_account or thing.owner_account == person.actor.id


def is_refused(answer: HttpResponse, line: Try) -> bool:
    """Tell whether the door was shut: sign in, may not, or, where a thing was named, no such thing."""
    if answer.status_code == 302:
        return answer["Location"].startswith(SIGN_IN)
    named = any(thing.tenant for thing in line.things)
    return answer.status_code in ((401, 403, 404) if named else (401, 403))


def is_whole(answer: HttpResponse) -> bool:
    """Tell whether nothing broke; 503 is how /ready says that something is not in place, as here."""
    return answer.status_code < 500 or answer.status_code == 503


def told(person: Person, line: Try, answer: HttpResponse) -> str:
    asked = line.route.access.verb if line.route.access else ""
    what = f"{line.method} /{line.route.address} ({asked}, {line.relation})"
    return f"{person.name}: {what} → {answer.status_code}"


def rows() -> dict[str, int]:
    """Return how many rows each of our tables holds, of all tenants."""
    ours = (model for model in apps.get_models() if model.__module__.startswith("balai."))
    return {model._meta.label: QuerySet(model).count() for model in ours}


def read_out(answer: Any) -> None:
    """Read a streamed answer to its end, where the test client closes it; the others are closed already.

    Closed by hand it would end the request a second time, and with it the connection of the test.
    """
    if answer.streaming:
        b"".join(answer.streaming_content)


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def opened() -> set[tuple[str, str, str]]:
    """Doors that opened for somebody: address, method and whose thing it was."""
    return set()


@pytest.mark.parametrize("name", [*WITHOUT_SEAT, *SEATED])
def test_each_role_gets_just_where_the_declarations_say(
    name: str,
    world: World,
    opened: set[tuple[str, str, str]],
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whatever is refused is tried by everybody; what is allowed by the first, by all in the long run."""
    person = arrive(name, world)
    lines = list(tries(person, world))
    wrong, counted, before = [], Counter[str](), rows()
    is_long = "not long" not in request.config.getoption("markexpr")
    for line in lines:
        allowed = is_allowed(person, line)
        door = (str(line.route), line.method, line.relation)
        if allowed and door in opened and not is_long:
            counted["allowed, as to others"] += 1
            continue
        if allowed:
            opened.add(door)
        # What was refused is not taken back: it must have written nothing.
        with taken_back() if allowed else nullcontext():
            answer = ask(person, line)
        read_out(answer)
        counted["allowed" if allowed else "refused"] += 1
        is_free = allowed and line.route.pattern.name in DECIDED_WITHIN
        if not is_whole(answer) or (is_refused(answer, line) == allowed and not is_free):
            wrong.append(told(person, line, answer))
    if request.config.get_verbosity() > 0:
        with capsys.disabled():
            print(f"\n{name}: {len(lines)} tried, {counted}")  # noqa: T201 - asked for by -v
    assert wrong == []
    assert rows() == before, "something was refused and yet wrote"
    assert counted["refused"] > 100 and sum(counted.values()) - counted["refused"] > 40, counted


def everybody_at_once(world: World, host: str) -> Person:
    """Return an account that holds every role of a city in Kota Malang, at the host of some tenant."""
    cities = [code for code in SEATED if people.roles()[code].where is not Where.NATIONAL]
    somebody = someone("Semua", MALANG, *cities, office=world.kominfo)
    client = visitor_at(host)
    client.force_login(somebody.account)
    return Person(f"all roles at {host}", host, client, somebody.actor_in(host))


def test_who_may_everything_here_may_nothing_at_the_host_of_another(world: World) -> None:
    person = everybody_at_once(world, REGENCY)
    lines = [line for line in tries(person, world) if not is_allowed(person, line)]
    assert len(lines) > 150
    answers = [(line, ask(person, line)) for line in lines]
    assert [told(person, line, answer) for line, answer in answers if not is_refused(answer, line)] == []


@pytest.mark.parametrize("name", [pytest.param("visitor", marks=pytest.mark.long), "all roles"])
def test_no_other_method_opens_what_a_route_does_not_answer(name: str, world: World) -> None:
    person = everybody_at_once(world, MALANG) if name == "all roles" else arrive(name, world)
    lines = list(tries(person, world))
    # Of two operations at one address each has its own line.
    answered: dict[str, frozenset[str]] = {}
    for line in lines:
        answered[line.route.address] = answered.get(line.route.address, frozenset()) | line.route.methods
    wrong, before = [], rows()
    # Whose thing it is says nothing of a method that is not there.
    for line in {line.route.address: line for line in lines}.values():
        for method in METHODS - answered[line.route.address] | {"TRACE"}:
            answer = person.client.generic(method, line.address, headers=AS_PROGRAM)
            # A browser asks from another site who may ask, and is told that alone.
            is_preflight = (method, answer.status_code, answer.content) == ("OPTIONS", 204, b"")
            if answer.status_code not in (401, 403, 404, 405) and not (
                is_preflight or is_refused(answer, line)
            ):
                wrong.append(told(person, replace(line, method=method), answer))
            read_out(answer)
    assert wrong == []
    assert rows() == before


@pytest.mark.parametrize("name", ["visitor", pytest.param("officer", marks=pytest.mark.long)])
def test_to_ask_by_head_tells_no_more_than_to_read(name: str, world: World) -> None:
    person, wrong = arrive(name, world), []
    for line in list(tries(person, world)):
        if line.method != "GET" or "HEAD" not in line.route.methods:
            continue
        head = person.client.head(line.address, headers=AS_PROGRAM)
        if head.content if not head.streaming else b"".join(head.streaming_content):
            wrong.append(told(person, line, head) + " with a body")
        allowed = is_allowed(person, line)
        is_free = allowed and line.route.pattern.name in DECIDED_WITHIN
        if not is_whole(head) or (is_refused(head, line) == allowed and not is_free):
            wrong.append(told(person, replace(line, method="HEAD"), head))
    assert wrong == []
