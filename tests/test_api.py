"""The API: its description, its answers to programs, and the report of progress from draft to verified."""

import io
import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from PIL import Image
from pydantic import TypeAdapter

from balai.base import tenancy
from balai.base.idempotency import IdempotencyKey
from balai.base.journal import JournalEntry
from balai.base.openapi import WITHOUT_KEY
from balai.data import changes as data
from balai.data import reads as data_reads
from balai.data.api.query import Answered
from balai.data.api.rows import DatasetRows
from balai.data.tests import measuring
from balai.data.tests.registry import declared
from balai.evaluation.tests.ring import opened
from balai.people import changes as people
from balai.people.models import Membership, Partner, ProgramKey
from balai.plan import changes
from balai.plan.models import Action, Period, Report
from balai.plan.tests.town import NOW, Town, found
from balai.site.api import api, description
from tests.cast import MALANG, REGENCY, Cast, Person, everybody, someone, visitor_at
from tests.once import once
from tests.world import saved_by, wish_given_to
from tests.world_evaluation import survey_about

ROOT = Path(__file__).resolve().parents[1]
REPORTS = "/api/v1/plan/reports"


@pytest.fixture(autouse=True)
def _in_april() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture(scope="module")
def founded(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Town]:
    with once(django_db_blocker, tmp_path_factory.mktemp("town")):
        with time_machine.travel(NOW, tick=True), tenancy.scope(MALANG):
            town = found(everybody())
            town.action()
            town.adopt()
        yield town


@pytest.fixture
def town(founded: Town, db: None) -> Town:
    """Kota Malang with one action of Budi's office in an adopted plan."""
    return deepcopy(founded)


@pytest.fixture
def cast(town: Town) -> Cast:
    """The cast of the town, whether a test asks for its plan or not."""
    return town.cast


@pytest.fixture
def action(town: Town) -> Action:
    with tenancy.scope(MALANG):
        return Action.objects.get()


@pytest.fixture
def quarter(town: Town) -> Period:
    with tenancy.scope(MALANG):
        return town.quarter()


def send(
    client: Client, address: str, body: Any, key: str | None = None, method: str = "post", **headers: str
) -> HttpResponse:
    key = uuid4().hex if key is None else key
    answer: HttpResponse = getattr(client, method)(
        address, json.dumps(body), "application/json", headers={"Idempotency-Key": key, **headers}
    )
    return answer


def draft(action: Action, quarter: Period, version: int | None = None, **progress: Any) -> dict[str, Any]:
    return {
        "action": str(action.pk),
        "period": str(quarter.pk),
        "version": version,
        "progress": {"value": "12.5", "note": "Tiga layanan baru.", **progress},
    }


@pytest.fixture
def saved(cast: Cast, action: Action, quarter: Period) -> dict[str, Any]:
    """A report Budi has saved and not sent."""
    return send(cast.budi.client, REPORTS, draft(action, quarter)).json()


def key_for(person: Person, *verbs: str) -> str:
    with tenancy.scope(person.tenant):
        tomorrow = timezone.localdate() + timedelta(days=1)
        return people.make_program_key(person.actor, "Dasbor", verbs, tomorrow, at=timezone.now())[1]


def program(key: str, tenant: str = MALANG) -> Client:
    """Return a program at the host of a tenant; it has no session."""
    client = visitor_at(tenant)
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    return client


# The description


def test_the_stored_description_is_the_one_in_force() -> None:
    stored = (ROOT / "docs" / "reference" / "openapi.json").read_text("utf-8")
    assert stored == description(), "run ./balai manage api_page > docs/reference/openapi.json"


@pytest.mark.django_db
def test_the_description_is_served_and_needs_nothing_from_elsewhere(cast: Cast) -> None:
    response = visitor_at(MALANG).get("/api/v1/openapi.json")
    assert response.json()["openapi"] == "3.1.0"
    pointers = re.findall(r'"\$ref": ?"([^"]+)"', response.content.decode())
    assert pointers
    for pointer in pointers:
        part = response.json()
        for step in pointer.removeprefix("#/").split("/"):
            part = part[step]


def _operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in json.loads(description())["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


SUCCEEDS_OTHERWISE = {
    "data_announce": "201",
    "data_append": "204",
    "data_drop": "204",
    "data_wish": "201",
    "services_file_case": "201",
}
"""After tus 1.0 a file begun is told where to go, a part and an end need no words; the others are made."""
WRITES_WITHOUT_KEY = {"data_ask_query", "data_append", "data_drop", "services_track", "services_take"}
"""A question writes nothing; a part is known by its offset; what was given up cannot be given up again;
who follows a case by its PIN changes nothing of it; a text message has an id of its own."""


def test_every_operation_is_described_whole() -> None:
    names = [operation["operationId"] for _path, _method, operation in _operations()]
    assert len(names) == len(set(names))
    for path, method, operation in _operations():
        where = f"{method} {path}"
        assert operation["summary"], where
        assert len(operation["tags"]) == 1 and path.startswith(f"/api/v1/{operation['tags'][0]}/"), where
        assert operation["operationId"].startswith(operation["tags"][0] + "_"), where
        assert {"401", "403", "404", "422"} <= operation["responses"].keys(), where
        (done,) = (status for status in operation["responses"] if status.startswith("2"))
        assert done == SUCCEEDS_OTHERWISE.get(operation["operationId"], "200"), where
        answer = operation["responses"][done].get("content", {})
        assert bool(answer) == (done != "204"), where
        # The bytes of a file are of its own kind; everything else is JSON too.
        assert (
            not answer or (answer.get("application/json") or answer["application/octet-stream"])["schema"]
        ), where
        assert operation["x-access"], where
        key = {"$ref": "#/components/parameters/IdempotencyKey"}
        takes_one = method != "get" and operation["operationId"] not in WRITES_WITHOUT_KEY
        assert (key in operation["parameters"]) == takes_one, where
        assert bool(operation.get(WITHOUT_KEY)) == (operation["operationId"] in WRITES_WITHOUT_KEY), where


def test_no_two_different_types_share_a_name_in_the_description() -> None:
    """The description keeps one type a name; a second one would be described as the first."""
    known: dict[str, Any] = {}
    for router in api._get_bound_routers():
        for view in router.path_operations.values():
            for operation in view.operations:
                # An answer without a body has None.
                for model in filter(None, operation.response_models.values()):
                    parts = model.model_json_schema(mode="serialization").get("$defs", {})
                    for name, part in parts.items():
                        assert known.setdefault(name, part) == part, name


# Reading


def test_visitors_read_the_plan_with_exact_numbers(town: Town, action: Action) -> None:
    with tenancy.scope(MALANG):
        town.verified(action, "12.5", spent=7_000_000)
    counted = visitor_at(MALANG).get("/api/v1/plan/realisation?year=2026").json()[0]
    pooled = counted["pooled"]
    assert (pooled["numerator"], pooled["denominator"], pooled["value"]) == ("0", "1", "0")
    story = visitor_at(MALANG).get(f"/api/v1/plan/actions/{action.code}?year=2026").json()
    assert story["row"]["achievement"] == "5/8"
    assert story["row"]["value"] == "12.5000"
    assert story["reports"][0]["spent"] == 7_000_000
    assert story["reports"][0]["reported_by"] == ""


TOLD_ANEW = ("/api/v1/data/query", "/api/v1/data/queries/{slug}/answer")
"""Answers to questions in SQL: begun before they are known, and timed, so no tag can name them."""
TOLD_BY_TUS = "/api/v1/data/uploads/{upload}"
"""Its HEAD belongs to tus, which asks for the offset and forbids keeping it; its GET has a tag."""


def _plan_asked(town: Town, action: Action) -> dict[str, tuple[Person, str]]:
    rini = town.cast.rini
    sent = town.reported(action, 12)
    partner = Partner.objects.create(name="Universitas", helix="academia")
    stage = changes.freeze_stage(town.rini, town.plan.pk, "Tahap I", 2026, NOW.date(), NOW)
    return {
        "/plan/actions/{code}": (rini, f"/plan/actions/{action.code}"),
        "/plan/reports/{id}": (rini, f"/plan/reports/{sent.pk}"),
        "/plan/stages/{id}": (rini, f"/plan/stages/{stage.pk}"),
        "/plan/search": (rini, "/plan/search?q=layanan"),
        "/people/offices/{id}": (rini, f"/people/offices/{town.cast.kominfo.pk}"),
        "/people/partners/{id}": (rini, f"/people/partners/{partner.pk}"),
    }


def _data_asked(cast: Cast, settings: Any, folder: Path) -> dict[str, tuple[Person, str]]:
    """Two versions of visits with a figure, a draft handed in, a question and a file that is to come."""
    rini, budi = cast.rini, cast.budi
    measuring.written(settings, folder / "definitions")
    measuring.publish([measuring.visit(1)])
    measuring.measured()
    measuring.publish([measuring.visit(1), measuring.visit(2, is_served=False)], corrects=1, reason="Uji")
    figure = data_reads.series(rini.actor, "served", MALANG)[-1]
    row = data.declare(budi.actor, declared())
    data.submit(budi.actor, row.code, version=row.version, at=NOW)
    question = saved_by(budi.account.pk, "public")
    wish = wish_given_to(MALANG, cast.kominfo)
    upload = data.begin_upload(budi.actor, None, "tong.csv", 10, at=NOW)
    visits, served, counted = "/data/datasets/visits", "/data/indicators/served", f"/data/figures/{figure.id}"
    return {
        "/data/datasets/{code}": (rini, visits),
        "/data/datasets/{code}/versions": (rini, f"{visits}/versions"),
        "/data/datasets/{code}/versions/{number}": (rini, f"{visits}/versions/1"),
        "/data/datasets/{code}/differences": (rini, f"{visits}/differences"),
        "/data/datasets/{code}/rows": (rini, f"{visits}/rows"),
        "/data/datasets/{code}/profile": (rini, f"{visits}/profile"),
        "/data/indicators/{code}": (rini, served),
        "/data/indicators/{code}/figures": (rini, f"{served}/figures"),
        "/data/figures/{id}": (rini, counted),
        "/data/figures/{id}/history": (rini, f"{counted}/history"),
        "/data/figures/{id}/rows": (rini, f"{counted}/rows"),
        "/data/drafts": (budi, "/data/drafts"),
        "/data/drafts/{code}": (budi, f"/data/drafts/{row.code}"),
        "/data/drafts-waiting": (someone("Hadi", MALANG, "steward"), "/data/drafts-waiting"),
        "/data/query": (rini, "/data/query?sql=SELECT+count(*)+AS+n+FROM+visits"),
        "/data/queries/{slug}": (rini, f"/data/queries/{question.slug}"),
        "/data/queries/{slug}/answer": (rini, f"/data/queries/{question.slug}/answer"),
        "/data/uploads": (budi, "/data/uploads"),
        "/data/wishes/{wish}": (budi, f"/data/wishes/{wish.pk}"),
        "/data/uploads/{upload}": (budi, f"/data/uploads/{upload.pk}"),
    }


def _evaluation_asked(cast: Cast) -> dict[str, tuple[Person, str]]:
    """A round that Kota Malang has answered, and an assessor with one score in it."""
    ring = opened(cast)
    ring.submit()
    ani = ring.assessors[0]
    assessment = ring.ready(ani)
    ring.score(ani, "1", 3)
    rini, spbe = cast.rini, f"/evaluation/rounds/{ring.round.pk}"
    survey = f"/evaluation/surveys/{survey_about(cast.kominfo, 'tutup', NOW - timedelta(days=1))}"
    return {
        "/evaluation/surveys/{code}/results": (rini, f"{survey}/results"),
        "/evaluation/surveys/{code}/standing": (rini, f"{survey}/standing"),
        "/evaluation/results": (rini, "/evaluation/results?family=spbe&year=2026"),
        "/evaluation/rounds/{id}/standing": (rini, f"{spbe}/standing"),
        "/evaluation/rounds/{id}/results": (rini, f"{spbe}/results"),
        "/evaluation/rounds/{id}/answers": (rini, f"{spbe}/answers"),
        "/evaluation/assessments": (ani, "/evaluation/assessments"),
        "/evaluation/assessments/{id}/scores": (ani, f"/evaluation/assessments/{assessment.pk}/scores"),
    }


type Asked = Callable[[str], tuple[Client, str]]


@pytest.fixture
def asked(module: str, town: Town, action: Action, settings: Any, tmp_path: Path) -> Asked:
    """Furnish what the reads of a module are about; say who asks for one, and at which address."""
    settings.DATA = tmp_path
    with tenancy.scope(MALANG):
        if module == "data":
            known = _data_asked(town.cast, settings, tmp_path)
        elif module == "evaluation":
            known = _evaluation_asked(town.cast)
        else:
            known = _plan_asked(town, action)

    def ask(address: str) -> tuple[Client, str]:
        path = address.removeprefix("/api/v1")
        person, filled = known.get(path, (town.cast.rini, path))
        assert "{" not in filled, "say in one of the functions above what this read is asked for"
        return person.client, f"/api/v1{filled}"

    return ask


def _reads() -> dict[str, list[str]]:
    """Return the addresses of reads by module.

    Regions are read from the reference file, which is not loaded here, and cases need a desk of
    people; their modules ask for them.
    """
    found: dict[str, list[str]] = {}
    for path, method, operation in _operations():
        tag = operation["tags"][0]
        if method == "get" and tag not in ("places", "services") and path not in TOLD_ANEW:
            found.setdefault(tag, []).append(path)
    return found


@pytest.mark.parametrize("module", sorted(_reads()))
def test_every_read_answers_with_a_tag_and_sends_nothing_twice(
    module: str, asked: Asked, subtests: pytest.Subtests
) -> None:
    for address in _reads()[module]:
        with subtests.test(address):
            _is_read_with_a_tag(address, *asked(address))


def _is_read_with_a_tag(address: str, client: Client, filled: str) -> None:
    answer = client.get(filled)
    assert answer.status_code == 200, answer.content
    if address.endswith("/datasets/{code}/rows"):
        # Its rows are JSON already and pass by the description, which is compared here.
        assert len(TypeAdapter(DatasetRows).validate_json(answer.content).rows) == 2
    assert "private" in answer["Cache-Control"]
    head = client.head(filled)
    if address == TOLD_BY_TUS:
        told = (head.status_code, head.content, head["Upload-Offset"], head["Cache-Control"])
        assert told == (200, b"", "0", "no-store")
    else:
        assert (head.status_code, head.content, head["ETag"]) == (200, b"", answer["ETag"])
    assert client.get(filled, headers={"If-None-Match": answer["ETag"]}).status_code == 304


@pytest.mark.parametrize("module", ["data"])
@pytest.mark.parametrize("address", TOLD_ANEW)
def test_an_answer_told_anew_each_time_is_kept_by_nobody(address: str, asked: Asked) -> None:
    client, filled = asked(address)
    answer = client.get(filled)
    assert answer.status_code == 200
    assert len(TypeAdapter(Answered).validate_json(answer.content).rows) == 1
    assert answer["Cache-Control"] == "no-store" and "ETag" not in answer
    head = client.head(filled)
    assert (head.status_code, head.content, head["Cache-Control"]) == (200, b"", "no-store")


def test_what_visitors_read_may_be_read_from_other_sites_and_what_officers_read_not(town: Town) -> None:
    assert visitor_at(MALANG).get("/api/v1/plan/masterplans")["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in town.cast.budi.client.get("/api/v1/plan/masterplans")


def test_a_long_list_comes_in_pages_in_one_order(cast: Cast) -> None:
    client = visitor_at(MALANG)
    names: list[str] = []
    after = ""
    for _page in range(3):
        answer = client.get("/api/v1/people/offices", {"limit": 1, "after": after}).json()
        names += [row["name"] for row in answer["items"]]
        after = answer["next"]
    assert names == sorted(names) and len(names) == 3 and after == ""
    gone = client.get("/api/v1/people/offices", {"after": str(uuid4())})
    assert (gone.status_code, gone.json()["faults"][0]["place"]) == (422, "after")


def test_a_list_of_two_is_a_list(town: Town) -> None:
    """ninja takes a tuple of two for (status, body); a search that found two things answered 500."""
    answer = visitor_at(MALANG).get("/api/v1/plan/search?q=layanan")
    assert (answer.status_code, len(answer.json())) == (200, 2)


def test_contacts_of_partners_are_for_those_who_keep_the_register(cast: Cast) -> None:
    with tenancy.scope(MALANG):
        Partner.objects.create(name="Universitas", helix="academia", contact="rektor@example.id")
    address = "/api/v1/people/partners?helix=academia"
    assert visitor_at(MALANG).get(address).json()["items"][0]["contact"] == ""
    assert cast.agus.client.get(address).json()["items"][0]["contact"] == ""
    assert cast.rini.client.get(address).json()["items"][0]["contact"] == "rektor@example.id"
    assert cast.joko.client.get(address).json()["items"] == []


def test_an_account_reads_what_it_may_do_here(cast: Cast) -> None:
    own = cast.budi.client.get("/api/v1/people/me").json()
    assert own["seats"][0]["office_name"] == cast.kominfo.name
    assert own["verbs"]["plan.report"] == "office"
    assert visitor_at(MALANG).get("/api/v1/people/me").status_code == 401


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("/api/v1/plan/programme?year=99999999999999999999", "year"),
        ("/api/v1/plan/programme?year=tahun", "year"),
        ("/api/v1/plan/search", "q"),
        ("/api/v1/plan/search?q=%00", "q"),
        ("/api/v1/plan/search?q=air&most=0", "most"),
        ("/api/v1/people/partners?helix=alien", "helix"),
        ("/api/v1/people/offices?limit=100000", "limit"),
    ],
)
def test_a_question_that_makes_no_sense_is_told_where(address: str, place: str, town: Town) -> None:
    answer = visitor_at(MALANG).get(address)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert answer.json()["faults"][0]["place"] == place


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/plan/reports/none",
        "/api/v1/plan/stages/1",
        "/api/v1/plan/masterplan?id=x",
        "/api/v1/plan/actions/tidak-ada",
        "/api/v1/people/offices/0",
        "/api/v1/people/partners/0",
        "/api/v1/places/regions/99.99",
    ],
)
def test_an_id_that_is_none_is_not_found(address: str, town: Town) -> None:
    answer = visitor_at(MALANG).get(address)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


# Reporting


def test_a_report_goes_from_draft_to_verified(cast: Cast, saved: dict[str, Any], action: Action) -> None:
    budi, rini = cast.budi.client, cast.rini.client
    address = f"{REPORTS}/{saved['id']}"
    assert (saved["status"], saved["value"], saved["version"]) == ("draft", "12.5000", 1)
    linked = send(budi, f"{address}/evidence-links", {"title": "Foto", "link": "https://example.id/foto"})
    assert linked.json()["evidence"][0]["link"] == "https://example.id/foto"
    sent = send(budi, f"{address}/submit", {"version": 1}).json()
    assert (sent["status"], sent["reported_by"]) == ("submitted", "Budi")
    back = send(rini, f"{address}/return", {"version": sent["version"], "reason": "Lampirkan daftar."}).json()
    assert (back["status"], back["reason"]) == ("returned", "Lampirkan daftar.")
    again = send(budi, f"{address}/submit", {"version": back["version"]}).json()
    done = send(rini, f"{address}/verify", {"version": again["version"]}).json()
    assert (done["status"], done["stands"]) == ("verified", True)
    assert visitor_at(MALANG).get(address).json()["value"] == "12.5000"


def test_a_verified_period_is_corrected_by_a_new_entry(
    cast: Cast, town: Town, action: Action, quarter: Period
) -> None:
    with tenancy.scope(MALANG):
        town.verified(action, 12)
    body = draft(action, quarter, value="13") | {"reason": "Salah hitung."}
    del body["version"]
    entry = send(cast.budi.client, "/api/v1/plan/corrections", body).json()
    assert (entry["entry"], entry["is_correction"], entry["status"]) == (2, True, "draft")


def picture(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(out, "PNG")
    return out.getvalue()


def test_evidence_is_handed_in_as_a_file_once(
    cast: Cast, saved: dict[str, Any], tmp_path: Path, settings: Any
) -> None:
    settings.DATA = tmp_path
    address = f"{REPORTS}/{saved['id']}/evidence-files"

    def hand_in(content: bytes) -> Any:
        # The test client draws a boundary of its own, as programs do.
        file = SimpleUploadedFile("bukti.png", content, "image/png")
        body = {"title": "Daftar layanan", "dated_on": "2026-03-31", "file": file}
        return cast.budi.client.post(address, body, headers={"Idempotency-Key": "berkas-1"})

    first = hand_in(picture("red"))
    assert first.status_code == 200, first.content
    assert [(row["title"], row["has_file"]) for row in first.json()["evidence"]] == [("Daftar layanan", True)]
    assert hand_in(picture("red")).json() == first.json()
    assert hand_in(picture("blue")).status_code == 409
    removed = send(
        cast.budi.client, f"/api/v1/plan/evidence/{first.json()['evidence'][0]['id']}", None, method="delete"
    )
    assert removed.status_code == 200
    assert cast.budi.client.get(f"{REPORTS}/{saved['id']}").json()["evidence"] == []


def test_the_same_key_and_body_get_the_same_answer_and_one_report(
    cast: Cast, action: Action, quarter: Period
) -> None:
    body = draft(action, quarter)
    first = send(cast.budi.client, REPORTS, body, key="satu")
    assert send(cast.budi.client, REPORTS, body, key="satu").json() == first.json()
    with tenancy.scope(MALANG):
        assert Report.objects.count() == 1
    other = send(cast.budi.client, REPORTS, draft(action, quarter, value="14"), key="satu")
    assert (other.status_code, other["Content-Type"]) == (409, "application/problem+json")
    elsewhere = send(cast.budi.client, f"{REPORTS}/{first.json()['id']}/submit", body, key="satu")
    assert elsewhere.status_code in (409, 422)


def test_a_write_without_a_key_is_refused_and_writes_nothing(
    cast: Cast, action: Action, quarter: Period
) -> None:
    answer = send(cast.budi.client, REPORTS, draft(action, quarter), key="")
    assert (answer.status_code, answer.json()["faults"][0]["place"]) == (422, "Idempotency-Key")
    with tenancy.scope(MALANG):
        assert not Report.objects.exists() and not IdempotencyKey.objects.exists()


def test_the_second_of_two_sees_what_the_first_wrote(
    cast: Cast, saved: dict[str, Any], action: Action, quarter: Period
) -> None:
    send(cast.budi.client, REPORTS, draft(action, quarter, version=1, value="13"))
    late = send(cast.wati.client, REPORTS, draft(action, quarter, version=1, value="14"))
    assert (late.status_code, late["Content-Type"]) == (409, "application/problem+json")
    assert late.json()["changes"] == {"value": {"yours": "14", "now": "13.0000"}}


def test_two_persons_verify(cast: Cast, town: Town, action: Action, quarter: Period) -> None:
    row = send(cast.rini.client, REPORTS, draft(action, quarter)).json()
    row = send(cast.rini.client, f"{REPORTS}/{row['id']}/submit", {"version": row["version"]}).json()
    own = send(cast.rini.client, f"{REPORTS}/{row['id']}/verify", {"version": row["version"]})
    assert own.status_code == 403


@pytest.mark.parametrize("name", ["agus", "joko", "sari", "dewi"])
def test_a_stranger_to_the_office_reports_nothing(
    name: str, cast: Cast, saved: dict[str, Any], action: Action, quarter: Period
) -> None:
    client = getattr(cast, name).client
    assert send(client, REPORTS, draft(action, quarter, version=1)).status_code in (403, 404)
    assert send(client, f"{REPORTS}/{saved['id']}/submit", {"version": 1}).status_code in (403, 404)
    assert client.get(f"{REPORTS}/{saved['id']}").status_code == 404


def test_a_sent_report_takes_no_more_evidence(cast: Cast, saved: dict[str, Any]) -> None:
    address = f"{REPORTS}/{saved['id']}"
    send(cast.budi.client, f"{address}/submit", {"version": 1})
    late = send(
        cast.budi.client, f"{address}/evidence-links", {"title": "Foto", "link": "https://example.id"}
    )
    assert late.status_code == 423


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("id", "x", "id"),
        ("tenant", REGENCY, "tenant"),
        ("status", "verified", "status"),
        ("progress.stands", True, "progress.stands"),
        ("progress.reported_by", "Wati", "progress.reported_by"),
        ("progress.value", "dua belas", "progress.value"),
        ("progress.value", "NaN", "progress.value"),
        ("progress.value", "1e30", "value"),
        ("progress.spent", -1, "spent"),
        ("progress.spent", 1.5, "progress.spent"),
        ("progress.spent", "7000000", "progress.spent"),
        ("progress.physical_percent", 101, "physical_percent"),
        ("progress.note", "\0", "progress.note"),
        ("progress.note", "a" * 10_001, "progress.note"),
        ("version", 0, "version"),
        ("version", 2**40, "version"),
        ("version", True, "version"),
        ("action", 7, "action"),
    ],
)
def test_a_body_with_more_or_other_than_is_asked_for_is_refused(
    path: str, value: Any, place: str, cast: Cast, action: Action, quarter: Period
) -> None:
    body = draft(action, quarter)
    *above, last = path.split(".")
    target = body
    for step in above:
        target = target[step]
    target[last] = value
    answer = send(cast.budi.client, REPORTS, body)
    assert answer.status_code == 422, answer.content
    assert [fault["place"] for fault in answer.json()["faults"]] == [place]
    with tenancy.scope(MALANG):
        assert not Report.objects.exists()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"null", b"\xff\xfe", b'{"action": {"pk": 1}}'])
def test_a_body_that_is_no_report_is_refused(body: bytes, cast: Cast, action: Action) -> None:
    answer = cast.budi.client.post(REPORTS, body, "application/json", headers={"Idempotency-Key": "x"})
    assert answer.status_code in (400, 422)
    assert answer["Content-Type"] == "application/problem+json"


def test_a_browser_writes_only_with_the_token_of_its_session(
    cast: Cast, action: Action, quarter: Period
) -> None:
    client = Client(enforce_csrf_checks=True, HTTP_HOST="kota-malang.localhost")
    client.force_login(cast.budi.account)
    answer = send(client, REPORTS, draft(action, quarter))
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
    with tenancy.scope(MALANG):
        assert not Report.objects.exists()


# Programs


def test_a_program_reports_with_a_key_and_is_named_in_the_journal(
    cast: Cast, action: Action, quarter: Period
) -> None:
    client = program(key_for(cast.budi, "plan.report"))
    client.handler.enforce_csrf_checks = True
    answer = send(client, REPORTS, draft(action, quarter))
    assert answer.status_code == 200, answer.content
    with tenancy.scope(MALANG):
        line = JournalEntry.objects.filter(kind="plan.report").get()
        assert (line.actor_id_text, line.actor_name) == (str(cast.budi.account.pk), "Budi (Dasbor)")
        assert ProgramKey.objects.get().last_used_on == timezone.localdate()


def test_a_key_may_what_it_names_and_no_more_than_its_account(cast: Cast, saved: dict[str, Any]) -> None:
    client = program(key_for(cast.budi, "plan.export"))
    assert client.get("/api/v1/plan/due").status_code == 403
    assert client.get("/api/v1/plan/masterplans").status_code == 200
    for_everybody = {verb: reach.value for verb, reach in cast.visitor.verbs.items()}
    assert client.get("/api/v1/people/me").json()["verbs"] == {**for_everybody, "plan.export": "office"}
    agus = program(key_for(cast.agus, "plan.report"))
    assert send(agus, f"{REPORTS}/{saved['id']}/submit", {"version": 1}).status_code in (403, 404)


def test_a_key_of_one_tenant_is_refused_at_the_host_of_another(cast: Cast) -> None:
    key = key_for(cast.budi, "plan.report")
    assert program(key).get("/api/v1/plan/due").status_code == 200
    for tenant in (REGENCY, tenancy.NATIONAL):
        answer = program(key, tenant).get("/api/v1/plan/masterplans")
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="balai"')


@pytest.mark.parametrize("key", ["", "x", "balai_", "balai_" + "a" * 43, "\u00e9", "a b"])
def test_an_unknown_key_is_refused_even_where_visitors_are_welcome(key: str, cast: Cast) -> None:
    """A program with a mistyped key should hear of it, not read as a visitor."""
    answer = program(key).get("/api/v1/people/governments")
    assert answer.status_code == 401 or key == ""


def test_a_key_ends_by_its_day_by_being_revoked_and_with_its_account(cast: Cast) -> None:
    client = program(key_for(cast.budi, "plan.report"))
    with time_machine.travel(NOW + timedelta(days=2)):
        assert client.get("/api/v1/plan/due").status_code == 401
    with tenancy.scope(MALANG):
        people.revoke_program_key(cast.budi.actor, ProgramKey.objects.get().pk, at=timezone.now())
    assert client.get("/api/v1/plan/due").status_code == 401
    leaver = program(key_for(cast.wati, "plan.report"))
    assert leaver.get("/api/v1/plan/due").status_code == 200
    with tenancy.scope(MALANG):
        people.leave(cast.tono.actor, cast.wati.account, reason="Pensiun")
    assert leaver.get("/api/v1/plan/due").status_code == 403
    cast.wati.account.is_active = False
    cast.wati.account.save()
    assert leaver.get("/api/v1/plan/masterplans").status_code == 401


def test_a_key_of_an_officer_without_a_second_factor_is_refused(cast: Cast) -> None:
    client = program(key_for(cast.budi, "plan.report"))
    Authenticator.objects.filter(user=cast.budi.account).delete()
    assert client.get("/api/v1/plan/due").status_code == 403


def test_only_the_hash_of_a_key_is_kept_and_the_key_is_shown_once(cast: Cast) -> None:
    client = cast.budi.client
    form = {"name": "Dasbor", "verbs": ["plan.report"], "expires_on": "2026-05-01"}
    page = client.post("/saya/kunci/baru", form).content.decode()
    key = re.search(r"balai_[\w-]{43}", page)
    assert key
    assert program(key[0]).get("/api/v1/plan/due").status_code == 200
    with tenancy.scope(MALANG):
        row = ProgramKey.objects.get()
    assert key[0] not in str(vars(row))
    listed = client.get("/saya/kunci").content.decode()
    assert "Dasbor" in listed and key[0] not in listed
    assert cast.agus.client.post(f"/saya/kunci/{row.pk}/cabut").status_code == 404
    assert client.post(f"/saya/kunci/{row.pk}/cabut").status_code == 302
    assert program(key[0]).get("/api/v1/plan/due").status_code == 401


@pytest.mark.parametrize(
    "changed",
    [
        {"verbs": ["plan.verify"]},
        {"verbs": []},
        {"name": " "},
        {"expires_on": "2028-01-01"},
        {"expires_on": "2026-04-19"},
    ],
)
def test_a_key_is_made_only_for_what_the_account_may_and_for_a_year(
    changed: dict[str, Any], cast: Cast
) -> None:
    form = {"name": "Dasbor", "verbs": ["plan.report"], "expires_on": "2026-05-01"} | changed
    assert cast.budi.client.post("/saya/kunci/baru", form).status_code == 422
    with tenancy.scope(MALANG):
        assert not ProgramKey.objects.exists()


def test_a_seat_that_ended_is_worth_nothing_to_a_program(cast: Cast) -> None:
    client = program(key_for(cast.budi, "plan.report"))
    with tenancy.scope(MALANG):
        Membership.objects.filter(account=cast.budi.account).update(to_on=NOW.date() - timedelta(days=1))
    assert client.get("/api/v1/plan/due").status_code == 403
