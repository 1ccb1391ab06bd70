"""Services for programs: filed, read, moved, said, followed by PIN; and described by themselves."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from tests.cast import MALANG, REGENCY, Person, visitor_at
from tests.world import picture

from balai.base import tenancy
from balai.base.idempotency import IdempotencyKey
from balai.people import changes as people
from balai.services.models import Case
from balai.services.tests.desk import ANSWER, FILED, REPORT, VILLAGE, Desk
from balai.services.tests.schemas import Checker, pointers
from balai.site.api import description as all_of_it

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/services"
CASES = f"{ROOT}/sambat/cases"


@pytest.fixture(autouse=True)
def _in_august() -> Iterator[None]:
    with time_machine.travel(FILED, tick=True):
        yield


def send(client: Client, address: str, body: Any, key: str = "", **headers: str) -> HttpResponse:
    told = {"Idempotency-Key": key or uuid4().hex, **headers}
    answer: HttpResponse = client.post(address, json.dumps(body), "application/json", headers=told)
    return answer


def program(person: Person, *verbs: str) -> Client:
    """A program with a key of somebody, without a session; it is asked for no token."""
    with tenancy.scope(person.tenant):
        until = timezone.localdate() + timedelta(days=9)
        key = people.make_program_key(person.actor, "Aplikasi", verbs, until, at=timezone.now())[1]
    client = visitor_at(person.tenant)
    client.handler.enforce_csrf_checks = True
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    return client


def stranger() -> Client:
    client = visitor_at(MALANG)
    client.handler.enforce_csrf_checks = True
    return client


def filed(client: Client, key: str = "", **more: Any) -> dict[str, Any]:
    answer = send(client, CASES, {"answers": {**REPORT, **more}}, key)
    assert answer.status_code == 201, answer.content
    found: dict[str, Any] = answer.json()
    return found


def move(client: Client, case: str, name: str, version: int, **more: Any) -> HttpResponse:
    ticket = more.pop("ticket", "")
    headers = {"X-Case-Ticket": ticket} if ticket else {}
    return send(client, f"{CASES}/{case}/moves/{name}", {"version": version, **more}, **headers)


def description(client: Client, code: str = "sambat") -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"{ROOT}/{code}/openapi.json").json()
    return found


def fits(document: dict[str, Any], name: str, value: Any) -> list[str]:
    return list(Checker(document).wrong({"$ref": f"#/components/schemas/{name}"}, value))


# The description


@pytest.mark.parametrize("code", ["sambat", "mcc_room"])
def test_the_description_of_a_service_needs_nothing_from_elsewhere(code: str, desk: Desk) -> None:
    found = description(stranger(), code)
    assert found["openapi"] == "3.1.0"
    checker = Checker(found)
    for pointer in pointers(found):
        assert pointer.startswith("#/") and checker.found(pointer), pointer
    names = [one["operationId"] for path in found["paths"].values() for one in path.values()]
    assert len(names) == len(set(names))
    for path, operations in found["paths"].items():
        for operation in operations.values():
            assert operation["summary"] and operation["responses"], path
            said = {one["name"] for one in operation["parameters"] if one.get("in") == "path"}
            assert said == ({"id"} if "{id}" in path else set()), path


def test_the_form_is_described_with_its_limits_choices_and_conditions(desk: Desk) -> None:
    found = description(stranger())
    form = found["components"]["schemas"]["Answers"]
    assert form["required"] == ["class", "category", "title", "description"]
    assert form["properties"]["class"]["enum"] == ["complaint", "aspiration", "information", "oversight"]
    assert form["properties"]["place"]["x-asked-if"] == "form.class != 'information'"
    assert form["properties"]["reporter"]["required"] == ["name", "phone"]
    assert fits(found, "Answers", REPORT) == []
    for wrong in ({"class": "lain"}, {"title": "Oh"}, {"warna": "biru"}, {"photos": "x"}):
        assert fits(found, "Answers", {**REPORT, **wrong}) != [], wrong
    assert fits(found, "Input_answer", {"result": ANSWER}) == []
    assert fits(found, "Input_answer", {}) != []


# The life of a case


def test_a_case_lives_by_the_api_and_every_answer_is_as_described(desk: Desk) -> None:
    cast = desk.cast
    sari, budi, vera = cast.sari.client, cast.budi.client, desk.vera.client
    told = description(sari)
    case = filed(sari)
    assert fits(told, "FiledCase", case) == []
    assert (case["number"], case["state"], len(case["pin"])) == ("ADU-202608-000001", "received", 6)
    read = sari.get(f"{CASES}/{case['id']}").json()
    assert fits(told, "CaseWhole", read) == []
    assert read["is_applicant"] and read["answers"][0]["answers"][2]["value"] == "Jam layanan"
    assert [one["id"] for one in sari.get(f"{CASES}/{case['id']}/moves").json()] == []

    possible = vera.get(f"{CASES}/{case['id']}/moves").json()
    assert fits(told, "PossibleMoves", possible) == []
    assert "assign" in [one["id"] for one in possible if not one["refusal"]]
    after = move(vera, case["id"], "assign", read["version"])
    assert fits(told, "CaseMoved", after.json()) == []
    assert after.json()["case"]["state"] == "assigned"
    assert (after.json()["state"], after.json()["office"]) == ("assigned", "diskominfo")

    # Of two who saw the same version the second is told where it stands.
    again = move(budi, case["id"], "accept", read["version"])
    assert again.status_code == 409
    assert again.json()["changes"] == {"state": {"yours": "Kerjakan", "now": "assigned"}}
    version = move(budi, case["id"], "accept", after.json()["version"]).json()["version"]
    fault = move(budi, case["id"], "answer", version, answers={"result": "Ya."})
    assert (fault.status_code, fault.json()["faults"][0]["place"]) == (422, "Jawaban untuk pelapor")
    version = move(budi, case["id"], "answer", version, answers={"result": ANSWER}).json()["version"]

    page = budi.get(f"{CASES}?which=office").json()
    assert budi.get(f"{CASES}?which=office&state=answered").json() == page
    unknown = budi.get(f"{CASES}?state=zzz")
    assert unknown.status_code == 422 and "assigned" in unknown.json()["faults"][0]["right"]
    assert fits(told, "CasePage", page) == []
    assert [one["number"] for one in page["items"]] == [case["number"]]
    address = f"{CASES}/{case['id']}/comments"
    said = send(budi, address, {"text": "Cek dulu.", "audience": "internal"})
    assert fits(told, "Comments", said.json()) == []
    (heard,) = send(sari, address, {"text": "Terima kasih."}).json()
    assert (heard["text"], heard["by_applicant"]) == ("Terima kasih.", True), (
        "what officers say among them stays"
    )
    assert send(sari, f"{CASES}/{case['id']}/rating", {"score": 5}).status_code == 200
    assert (
        move(sari, case["id"], "accept_answer", version + 1, answers={"rating": 5}).json()["state"]
        == "closed"
    )


def test_faults_are_told_by_field_and_nothing_is_written(desk: Desk) -> None:
    answer = send(desk.cast.sari.client, CASES, {"answers": {"class": "lain", "title": "Oh"}})
    assert answer.status_code == 422
    places = [one["place"] for one in answer.json()["faults"]]
    assert {"Judul", "Ceritakan masalahnya", "Masalahnya tentang apa?"} <= set(places)
    assert send(desk.cast.sari.client, CASES, {"answers": REPORT, "warna": 1}).status_code == 422
    assert not Case.objects.exists()


def test_the_same_key_files_once_and_tells_the_same_even_to_who_lost_the_answer(desk: Desk) -> None:
    for client in (desk.cast.sari.client, stranger()):
        first = filed(client, "kunci-1")
        assert filed(client, "kunci-1") == first
        other = send(client, CASES, {"answers": {**REPORT, "title": "Laporan lain"}}, "kunci-1")
        assert other.status_code == 409
        Case.objects.update(source_key="")
    kept = IdempotencyKey.objects.filter(status=201)
    assert {one.account for one in kept} == {desk.cast.sari.actor.id, "visitor"}
    assert all(list(one.body) == ["sealed"] for one in kept), "a PIN lies in no table as it is"
    assert send(stranger(), CASES, {"answers": REPORT}, " ").status_code == 422


def test_every_read_has_a_tag_and_is_kept_by_its_reader_alone(desk: Desk) -> None:
    upload = SimpleUploadedFile("foto.png", picture(3).getvalue(), "image/png")
    sari = desk.cast.sari.client
    photo = sari.post(f"{ROOT}/sambat/files", {"file": upload}, headers={"Idempotency-Key": "f"}).json()["id"]
    case = filed(sari, photos=[photo])
    wanted = {"name": "Dasbor", "url": "https://example.org/kabar", "events": ["case.filed"]}
    hook = send(desk.vera.client, f"{ROOT}/webhooks", wanted).json()["webhook"]["id"]
    tried = 0
    for path, methods in json.loads(all_of_it())["paths"].items():
        if "get" not in methods or not path.startswith(ROOT):
            continue
        whose = {"{id}": hook if "/webhooks/" in path else case["id"], "{code}": "sambat", "{file}": photo}
        address = path
        for place, value in whose.items():
            address = address.replace(place, value)
        client = desk.vera.client
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "private" in answer["Cache-Control"], address
        if answer.streaming:
            b"".join(answer.streaming_content)
        head = client.head(address)
        assert (head.status_code, head.content, head["ETag"]) == (200, b"", answer["ETag"]), address
        assert client.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304, address
        tried += 1
    assert tried > 10
    seen = stranger().get(f"{CASES}/{case['id']}", headers={"X-Case-Ticket": case["ticket"]})
    assert seen["Cache-Control"] == "private, no-cache" and "Access-Control-Allow-Origin" not in seen


# Who sees what


def test_agus_joko_and_visitors_see_nothing_of_it(desk: Desk) -> None:
    cast = desk.cast
    case = filed(cast.sari.client)
    move(desk.vera.client, case["id"], "assign", 1)
    for client in (cast.agus.client, stranger(), cast.rini.client):
        for rest in ("", "/moves", "/comments", "/files"):
            assert client.get(f"{CASES}/{case['id']}{rest}").status_code == 404
        assert move(client, case["id"], "accept", 2).status_code == 404
        assert send(client, f"{CASES}/{case['id']}/comments", {"text": "x"}).status_code == 404
        assert send(client, f"{CASES}/{case['id']}/rating", {"score": 1}).status_code == 404
    for which in ("own", "mine", "office", "all", "secret"):
        assert cast.agus.client.get(f"{CASES}?which={which}").json() == {"items": [], "next": ""}
    assert stranger().get(CASES).status_code == 401
    joko = cast.joko.client
    assert joko.get(f"{CASES}/{case['id']}").status_code == 404
    assert joko.get(CASES).status_code == 404, "Kabupaten Malang does not offer it"
    assert visitor_at(REGENCY).get(f"{ROOT}/").json() == []
    assert cast.budi.client.get(f"{ROOT}/mcc_room/cases/{case['id']}").status_code == 404


def test_number_and_pin_let_a_visitor_follow_answer_and_say(desk: Desk) -> None:
    case = filed(stranger())
    visitor = stranger()
    wrong = send(visitor, f"{ROOT}/track", {"number": case["number"], "pin": "x"})
    assert wrong.status_code == 404
    found = send(visitor, f"{ROOT}/track", {"number": case["number"], "pin": case["pin"]})
    assert fits(description(visitor), "TrackedCase", found.json()) == []
    ticket = found.json()["ticket"]
    assert ticket == case["ticket"]
    seen = {"X-Case-Ticket": ticket}
    assert visitor.get(f"{CASES}/{case['id']}", headers=seen).json()["is_applicant"]
    question = {"question": "Kantor yang mana maksudnya?"}
    version = move(desk.vera.client, case["id"], "ask_more", 1, answers=question).json()["version"]
    done = move(visitor, case["id"], "complete", version, answers={"reply": "Balai Kota."}, ticket=ticket)
    assert done.json()["state"] == "received"
    other = filed(stranger(), title="Laporan kedua")
    assert visitor.get(f"{CASES}/{other['id']}", headers=seen).status_code == 404


def test_a_program_passes_on_reports_of_others_and_owns_none(desk: Desk) -> None:
    app = program(desk.vera, "services.relay")
    case = filed(app, reporter={**REPORT["reporter"], "phone": "081299990000"})
    row = Case.objects.get()
    assert (row.owner, row.filed_by, row.filed_by_name) == ("", desk.vera.actor.id, "Vera (Aplikasi)")
    for number in range(11):
        phone = f"08120000{number:04}"
        filed(app, reporter={**REPORT["reporter"], "phone": phone}, title=f"Laporan {number} dari aplikasi")
    assert app.get(f"{CASES}/{case['id']}").status_code == 404, "its key may pass on, and read nothing"
    sari = program(desk.cast.sari, "services.follow")
    body = {"answers": REPORT, "for_other": {"name": "Mbah Tik"}}
    assert send(sari, CASES, body).status_code == 403
    assert program(desk.cast.sari, "self.read").get(f"{CASES}").json()["items"] == []


def test_files_are_handed_in_named_in_answers_and_given_back(desk: Desk) -> None:
    sari, key = desk.cast.sari.client, {"Idempotency-Key": "berkas"}
    upload = SimpleUploadedFile("lubang.png", picture(3).getvalue(), "image/png")
    handed = sari.post(f"{ROOT}/sambat/files", {"file": upload}, headers=key)
    assert handed.status_code == 200, handed.content
    photo = handed.json()["id"]
    case = filed(sari, photos=[photo])
    (shown,) = sari.get(f"{CASES}/{case['id']}/files").json()
    assert (shown["id"], shown["name"], shown["media_type"]) == (photo, "lubang.png", "image/png")
    address = f"{CASES}/{case['id']}/files/{photo}"
    found = sari.get(address)
    assert b"".join(found.streaming_content).startswith(b"\x89PNG")
    assert sari.get(address, headers={"If-None-Match": found["ETag"]}).status_code == 304
    assert b"".join(desk.vera.client.get(address).streaming_content)
    assert desk.cast.agus.client.get(address).status_code == 404
    assert send(desk.cast.agus.client, CASES, {"answers": {**REPORT, "photos": [photo]}}).status_code == 422
    more = SimpleUploadedFile("surat.png", picture(5).getvalue(), "image/png")
    added = sari.post(f"{CASES}/{case['id']}/files", {"file": more}, headers={"Idempotency-Key": "kedua"})
    assert added.status_code == 200, added.content
    assert len(sari.get(f"{CASES}/{case['id']}/files").json()) == 2


def test_a_list_goes_on_after_the_last_row_of_the_page_before(desk: Desk) -> None:
    sari, vera = desk.cast.sari.client, desk.vera.client
    numbers = [filed(sari, title=f"Laporan {number}")["number"] for number in range(5)]
    for client, which in ((sari, "own"), (vera, "all")):
        found: list[str] = []
        after = ""
        for _page in range(3):
            page = client.get(CASES, {"which": which, "limit": 2, "after": after}).json()
            found += [one["number"] for one in page["items"]]
            after = page["next"]
        assert after == "" and sorted(found) == numbers, which
    assert vera.get(CASES, {"which": "all", "after": "x"}).status_code == 422
    assert vera.get(CASES, {"which": "all", "state": "assigned"}).json()["items"] == []


def test_an_office_ends_its_part_by_the_api(desk: Desk) -> None:
    cast = desk.cast
    place = {"village": VILLAGE}
    case = filed(cast.sari.client, **{"class": "complaint", "category": "internet", "place": place})
    version = move(desk.vera.client, case["id"], "assign", 1).json()["version"]
    version = move(cast.budi.client, case["id"], "accept", version).json()["version"]
    asked = {"request": "Periksa kabelnya."}
    done = move(cast.budi.client, case["id"], "involve", version, answers=asked, offices=["dinkes"])
    (part,) = done.json()["case"]["tasks"]
    assert (part["task"], part["office"], part["state"]) == ("assist", "dinkes", "open")
    body = {"version": part["version"], "result": "done", "answers": {"done": "Kabel sudah diganti."}}
    address = f"{CASES}/{case['id']}/tasks/{part['id']}"
    assert send(cast.wati.client, address, body).status_code == 404
    ended = send(cast.agus.client, address, body, "selesai").json()
    assert ended["case"]["tasks"][0]["state"] == "done"
    assert send(cast.agus.client, address, body, "selesai").json() == ended
    # Who gives a case away is told that it is done, and does not see it any more.
    reason = {"reason": "Bukan bidang dinas kami."}
    given = move(
        cast.wati.client, case["id"], "reassign", ended["version"], answers=reason, offices=["dinkes"]
    )
    assert (given.status_code, given.json()["office"], given.json()["case"]) == (200, "dinkes", None)
