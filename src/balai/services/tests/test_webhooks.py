"""Programs elsewhere are told of cases, signed and once each, and gateways hand in text messages."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.conf import LazySettings
from django.core import mail
from django.utils import timezone
from tests.cast import MALANG

from balai.base import outbox, tenancy, worker
from balai.base.actor import system
from balai.base.errors import Forbidden, Invalid, Locked, NotFound
from balai.base.jobs import QueuedJob
from balai.base.journal import JournalEntry
from balai.base.sealing import seal
from balai.services import changes as cases
from balai.services import reads as cases_read
from balai.services.changes import webhooks as changes
from balai.services.changes.texts import Text, take_text
from balai.services.models import Case, Notice, Webhook, WebhookDelivery
from balai.services.reads import webhooks as reads
from balai.services.tests.desk import ANSWER, FILED, VILLAGE, Desk, at, filed, moved

pytestmark = pytest.mark.django_db
ALL = ("case.filed", "case.moved", "case.closed", "case.reopened")


class Receiver(ThreadingHTTPServer):
    """Somebody who is told; `answers` are the statuses to come, the last of them for ever."""

    daemon_threads = True

    def __init__(self) -> None:
        self.answers = [200]
        self.taken: list[tuple[dict[str, str], str]] = []
        super().__init__(("127.0.0.1", 0), _Taking)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/kabar"


class _Taking(BaseHTTPRequestHandler):
    server: Receiver

    def log_message(self, *args: object) -> None:
        pass

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.taken.append(({name.lower(): value for name, value in self.headers.items()}, body))
        answers = self.server.answers
        self.send_response(answers.pop(0) if len(answers) > 1 else answers[0])
        self.send_header("Content-Length", "0")
        self.end_headers()


@pytest.fixture
def receiver(settings: LazySettings) -> Iterator[Receiver]:
    """A receiver on this machine, which the operator allowed."""
    server = Receiver()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    port = server.server_address[1]
    settings.OPTIONS = replace(settings.OPTIONS, outgoing_allow=f"127.0.0.1:{port}")
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def subscribe(desk: Desk) -> Callable[..., tuple[Webhook, str]]:
    def made(url: str, *events: str, **more: Any) -> tuple[Webhook, str]:
        wanted = changes.Wanted("Dasbor", url, events or ALL, **more)
        return changes.subscribe(desk.vera.actor, wanted, FILED)

    return made


def told(receiver: Receiver) -> list[dict[str, Any]]:
    return [json.loads(body) for _headers, body in receiver.taken]


def test_each_step_is_told_once_and_signed(desk: Desk, receiver: Receiver, subscribe: Any) -> None:
    hook, secret = subscribe(receiver.url)
    complaint = {"class": "complaint", "category": "road", "place": {"village": VILLAGE}}
    row = filed(desk.cast.sari.actor, **complaint).case
    row = moved(desk.vera.actor, row, "assign_to", at("2026-08-19 09:00"), offices=("diskominfo",))
    row = moved(desk.cast.budi.actor, row, "accept", at("2026-08-19 10:00"))
    row = moved(desk.cast.budi.actor, row, "answer", at("2026-08-20 09:00"), given={"result": ANSWER})
    row = moved(desk.cast.sari.actor, row, "accept_answer", at("2026-08-21 09:00"), given={"rating": 2})
    row = moved(desk.cast.sari.actor, row, "reopen", at("2026-08-24 09:00"), given={"reason": "Rusak lagi."})
    worker.drain()
    said = told(receiver)
    assert sorted(one["type"] for one in said) == [
        "case.closed", "case.filed", *["case.moved"] * 5, "case.reopened",
    ]  # fmt: skip
    by_move = {one["data"]["move"]: one for one in said if one["type"] in ("case.filed", "case.moved")}
    assert by_move["assign_to"]["data"] == {
        "tenant": "35.73",
        "service": "sambat",
        "service_version": 1,
        "case": str(row.pk),
        "number": row.number,
        "case_version": 2,
        "move": "assign_to",
        "from_state": "received",
        "state": "assigned",
        "kind": "open",
        "outcome": None,
        "office": "diskominfo",
        "received_at": FILED.isoformat(),
        "is_public": True,
        "public": {"category": "road", "point": None},
    }
    assert by_move["assign_to"]["timestamp"] == at("2026-08-19 09:00").isoformat()
    assert by_move["accept_answer"]["data"]["outcome"] == "done"
    ids = set()
    for headers, body in receiver.taken:
        ids.add(headers["webhook-id"])
        stamp = headers["webhook-timestamp"]
        assert abs(int(stamp) - timezone.now().timestamp()) < 60
        # As a receiver checks it, by the published rule and not by our function.
        key = base64.b64decode(secret.removeprefix("whsec_"))
        mark = hmac.new(key, f"{headers['webhook-id']}.{stamp}.{body}".encode(), hashlib.sha256).digest()
        assert headers["webhook-signature"] == f"v1,{base64.b64encode(mark).decode()}"
        for personal in ("Sari", "0812", "warga.example", ANSWER, "Rusak lagi", "Jam layanan"):
            assert personal not in body
    assert len(ids) == len(said)
    assert {one.state for one in reads.deliveries(desk.vera.actor, hook.pk)} == {"sent"}
    assert secret not in str(vars(hook)) and secret not in str(list(QueuedJob.objects.values()))


def test_of_a_comment_and_of_lateness_is_told_that_they_are_there(
    desk: Desk, receiver: Receiver, subscribe: Any
) -> None:
    subscribe(receiver.url, "case.commented", "case.late")
    row = filed(desk.cast.sari.actor).case
    cases.comment(desk.cast.sari.actor, row.pk, "Kapan dijawab?", "applicant", FILED)
    cases.comment(desk.vera.actor, row.pk, "Tunggu Budi pulang.", "internal", FILED)
    secret = {"class": "oversight", "category": "conduct", "place": {"village": VILLAGE}}
    hidden = filed(desk.cast.sari.actor, "k2", **secret).case
    cases.comment(desk.ines.actor, hidden.pk, "Siapa saksinya?", "applicant", FILED)
    for _again in range(2):
        for each in (row, hidden):
            cases.ring(system("services.clock", MALANG), str(each.pk), at("2026-08-24 08:00"))
    worker.drain()
    by_type = {one["type"]: one for one in told(receiver)}
    assert len(told(receiver)) == len(by_type) == 2
    assert by_type["case.commented"]["data"]["by_applicant"] is True
    late = by_type["case.late"]["data"]
    assert (late["clock"], late["due_at"], late["state"]) == (
        "verify",
        "2026-08-21T16:00:00+07:00",
        "received",
    )
    for _headers, body in receiver.taken:
        assert "Kapan dijawab" not in body and "Sari" not in body


def test_a_message_whose_last_try_ended_with_its_worker_is_dead_and_sent_again(
    desk: Desk, receiver: Receiver, subscribe: Any
) -> None:
    hook, _secret = subscribe(receiver.url, "case.filed")
    row = filed(desk.cast.sari.actor).case
    waiting = Notice.objects.create(
        case=row, key="k", way="email", template="received", at=FILED,
        address=seal("sari@warga.example", "services.address"),
        subject="Laporan", text=seal("Isi", "services.notice"),
    )  # fmt: skip
    outbox.send("services.notice", key=str(waiting.pk), notice=str(waiting.pk))
    worker.drain()
    # As the worker leaves them when it is killed in the last try: nobody is left to say what became of it.
    Notice.objects.filter(pk=waiting.pk).update(state="waiting")
    WebhookDelivery.objects.update(state="waiting")
    QueuedJob.objects.filter(name__startswith="outbox.").update(
        state="failed", ended_at=timezone.now(), last_error="the worker w stopped in the middle of attempt 13"
    )
    assert changes.bury(timezone.now()) == 1
    (dead,) = reads.deliveries(desk.vera.actor, hook.pk, "dead")
    assert "stopped in the middle" in dead.last_error
    (lost,) = cases_read.unsent(desk.vera.actor)
    assert lost.number == row.number
    assert lost.subject == f"Laporan {row.number} kami terima"
    assert "paling lambat …" in lost.text, "what was put in for the case is left out"
    assert [one.is_dead for one in cases_read.deliveries(desk.vera.actor, row) if one.id == lost.id] == [True]
    page = desk.vera.client.get(f"/meja/layanan/sambat/{row.number}/").content.decode()
    assert f"/meja/layanan/gagal/{lost.id}/" in page
    for other in (desk.cast.agus, desk.cast.joko):
        assert cases_read.unsent(other.actor) == ()
        assert other.client.post(f"/meja/layanan/gagal/{lost.id}/").status_code == 404
    assert row.number in desk.vera.client.get("/meja/layanan/gagal/").content.decode()
    mail.outbox.clear()
    assert desk.vera.client.post(f"/meja/layanan/gagal/{lost.id}/").status_code == 302
    assert desk.vera.client.post(f"/meja/layanan/gagal/{lost.id}/").status_code == 423
    worker.drain()
    assert [one.to for one in mail.outbox] == [["sari@warga.example"]]
    assert cases_read.unsent(desk.vera.actor) == ()


def test_of_hidden_cases_no_answer_and_of_secret_ones_nothing_is_told(
    desk: Desk, receiver: Receiver, subscribe: Any
) -> None:
    subscribe(receiver.url, "case.filed", services=("sambat",))
    subscribe(receiver.url, "case.filed", services=("mcc_room",))
    subscribe(receiver.url, "case.closed")
    place = {"place": {"village": VILLAGE}}
    filed(desk.cast.sari.actor, "k1", secret=True, **{"class": "complaint", "category": "road", **place})
    filed(desk.cast.sari.actor, "k2", **{"class": "oversight", "category": "conduct", **place})
    worker.drain()
    (only,) = told(receiver)
    assert (only["data"]["is_public"], only["data"]["public"]) == (False, {})


def test_what_is_not_taken_is_tried_again_with_growing_pauses_and_then_given_up(
    desk: Desk, receiver: Receiver, subscribe: Any
) -> None:
    hook, _secret = subscribe(receiver.url, "case.filed")
    receiver.answers = [500]
    with time_machine.travel(FILED, tick=False) as clock:
        filed(desk.cast.sari.actor)
        waits = []
        for _round in range(outbox.RETRIES + 5):
            worker.drain()
            job = QueuedJob.objects.get(name="outbox.services.webhook")
            if job.state != QueuedJob.State.WAITING or job.run_after is None:
                break
            waits.append((job.run_after - timezone.now()).total_seconds())
            clock.move_to(job.run_after + timedelta(seconds=1))
    assert waits[:4] == [30, 60, 120, 240] and waits == sorted(waits) and len(waits) == outbox.RETRIES
    assert max(waits) == 6 * 3600
    (dead,) = reads.deliveries(desk.vera.actor, hook.pk, "dead")
    assert (dead.tries, dead.last_status, dead.last_error) == (outbox.RETRIES + 1, 500, "HTTP 500")
    assert reads.webhook(desk.vera.actor, hook.pk).dead == 1

    receiver.answers = [204]
    changes.send_again(desk.vera.actor, dead.id)
    worker.drain()
    assert reads.deliveries(desk.vera.actor, hook.pk)[0].state == "sent"
    assert {headers["webhook-id"] for headers, _body in receiver.taken} == {str(dead.id)}
    assert len({body for _headers, body in receiver.taken}) == 1, "letter for letter the same"
    with pytest.raises(Locked):
        changes.send_again(desk.vera.actor, dead.id)
    outbox_job = WebhookDelivery.objects.get()
    changes.deliver("x", str(outbox_job.pk), outbox_job.round)
    assert len(receiver.taken) == outbox.RETRIES + 2, "what was taken is not sent again"


def test_a_receiver_that_is_gone_is_not_told_any_more(desk: Desk, receiver: Receiver, subscribe: Any) -> None:
    hook, _secret = subscribe(receiver.url)
    receiver.answers = [410]
    filed(desk.cast.sari.actor, "k1")
    worker.drain()
    filed(desk.cast.sari.actor, "k2", title="Laporan kedua")
    worker.drain()
    assert len(receiver.taken) == 1
    seen = reads.webhook(desk.vera.actor, hook.pk)
    assert seen.stopped_at is not None and "410" in seen.stopped_because
    with pytest.raises(Locked):
        changes.ping(desk.vera.actor, hook.pk, FILED)


def test_addresses_inside_our_network_are_refused_when_made_and_when_sent(
    desk: Desk, receiver: Receiver, subscribe: Any, settings: LazySettings
) -> None:
    for url in (
        "http://169.254.169.254/",
        "http://localhost/",
        "ftp://example.org/",
        "x",
        "https://a:b@127.1/",
    ):
        with pytest.raises(Invalid):
            subscribe(url)
    hook, _secret = subscribe(receiver.url, "case.filed")
    settings.OPTIONS = replace(settings.OPTIONS, outgoing_allow="")
    filed(desk.cast.sari.actor)
    worker.drain()
    (dead,) = reads.deliveries(desk.vera.actor, hook.pk)
    assert (dead.state, dead.tries, receiver.taken) == ("dead", 1, [])
    assert "tidak boleh dibuka" in dead.last_error


def test_faults_of_a_subscription_are_told_by_place(desk: Desk) -> None:
    wanted = changes.Wanted(" ", "https://example.org/", ("case.eaten",), ("taxi",))
    with pytest.raises(Invalid) as refused:
        changes.subscribe(desk.vera.actor, wanted, FILED)
    assert [fault.place for fault in refused.value.faults] == ["name", "events", "services"]


def test_only_who_connects_systems_sees_and_changes_them(
    desk: Desk, receiver: Receiver, subscribe: Any
) -> None:
    hook, _secret = subscribe(receiver.url)
    cast = desk.cast
    for actor in (cast.agus.actor, cast.budi.actor, cast.sari.actor, cast.visitor, desk.seto.actor):
        for refused in (
            lambda who=actor: reads.webhooks(who),
            lambda who=actor: reads.deliveries(who, hook.pk),
            lambda who=actor: changes.stop(who, hook.pk, version=1, at=FILED),
            lambda who=actor: changes.replace_secret(who, hook.pk, version=1),
            lambda who=actor: changes.ping(who, hook.pk, FILED),
            lambda who=actor: changes.send_again(who, uuid4()),
        ):
            with pytest.raises(Forbidden):
                refused()
    joko = replace(cast.joko.actor, verbs=desk.vera.actor.verbs)
    with tenancy.scope(joko.tenant):
        assert reads.webhooks(joko) == ()
        with pytest.raises(NotFound):
            changes.stop(joko, hook.pk, version=1, at=FILED)


def test_a_subscription_is_made_tried_and_ended_on_a_page(desk: Desk, receiver: Receiver) -> None:
    vera, page = desk.vera.client, "/meja/sambungan/"
    assert "Belum ada sambungan" in vera.get(page).content.decode()
    bad = vera.post(page, {"name": "Dasbor", "url": "http://localhost/", "events": ["case.filed"]})
    assert bad.status_code == 422 and "tidak boleh dibuka" in bad.content.decode()
    made = vera.post(page, {"name": "Dasbor", "url": receiver.url, "events": ["case.filed"]})
    assert "whsec_" in made.content.decode()
    hook = Webhook.objects.get()
    one = f"{page}{hook.pk}/"
    assert "whsec_" not in vera.get(one).content.decode() and "Dasbor" in vera.get(page).content.decode()
    assert vera.post(f"{one}coba").status_code == 302
    receiver.answers = [503, 200]
    worker.drain()
    shown = vera.get(one).content.decode()
    assert "HTTP 503" in shown and "Kirim lagi" in shown
    again = WebhookDelivery.objects.get()
    assert vera.post(f"{one}pesan/{again.pk}/lagi").status_code == 302
    worker.drain()
    assert "terkirim" in vera.get(one).content.decode()
    assert "whsec_" in vera.post(f"{one}rahasia", {"version": 1}).content.decode()
    assert vera.post(f"{one}hentikan", {"version": 1}).status_code == 409
    assert vera.post(f"{one}hentikan", {"version": 2}).status_code == 302
    assert "dihentikan" in vera.get(one).content.decode()
    for person in (desk.cast.agus, desk.cast.joko):
        assert person.client.get(page).status_code == 403
    kinds = JournalEntry.objects.filter(kind="services.webhook").values_list("verb", flat=True)
    assert {"services.webhook_made", "services.webhook_secret", "services.webhook_stopped"} <= set(kinds)


def test_a_subscription_is_made_tried_and_ended_by_the_api(desk: Desk, receiver: Receiver) -> None:
    root, vera = "/api/v1/services/webhooks", desk.vera.client

    def send(path: str, body: Any = None, who: Any = vera) -> Any:
        headers = {"Idempotency-Key": uuid4().hex}
        return who.post(f"{root}{path}", json.dumps(body or {}), "application/json", headers=headers)

    wanted = {"name": "Dasbor", "url": receiver.url, "events": ["case.filed"]}
    assert send("", wanted, desk.cast.budi.client).status_code == 403
    assert send("", {**wanted, "url": "http://localhost/"}).json()["faults"][0]["place"] == "url"
    made = send("", wanted).json()
    one = f"/{made['webhook']['id']}"
    receiver.answers = [500, 200]
    assert send(f"{one}/ping").json()["waiting"] == 1
    worker.drain()
    (message,) = vera.get(f"{root}{one}/messages?state=waiting").json()
    assert (message["event"], message["last_error"]) == ("ping", "HTTP 500")
    send(f"{one}/messages/{message['id']}/again")
    worker.drain()
    assert vera.get(f"{root}{one}/messages").json()[0]["state"] == "sent"
    changed = send(f"{one}/secret", {"version": 1}).json()
    assert changed["secret"] != made["secret"] and "secret" not in changed["webhook"]
    assert send(f"{one}/stop", {"version": 1}).status_code == 409
    assert send(f"{one}/stop", {"version": 2}).json()["stopped_at"]


# Text messages in


SECRET = "rahasia gerbang"


@pytest.fixture
def gateway(settings: LazySettings, tmp_path: Any) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    settings.OPTIONS = replace(settings.OPTIONS, gateway_secret_file=str(file))


def text(desk: Desk, said: str, message_id: str = "", secret: str = SECRET) -> Any:
    body = json.dumps({"id": message_id or uuid4().hex, "from": "081234567890", "text": said})
    mark = hmac.new(secret.encode(), body.encode(), hashlib.sha256).hexdigest()
    client = desk.cast.sari.client.__class__(HTTP_HOST="kota-malang.localhost", enforce_csrf_checks=True)
    with time_machine.travel(FILED, tick=True):
        return client.post(
            "/api/v1/services/texts",
            body,
            "application/json",
            headers={"X-Balai-Signature": f"sha256={mark}"},
        )


def test_a_text_message_becomes_a_report_that_its_sender_follows(desk: Desk, gateway: None) -> None:
    said = "LAPOR banjir dan genangan di depan pasar Kelurahan Kidul Dalem sejak pagi"
    first = text(desk, said, "m-1")
    assert first.status_code == 200, first.content
    row = Case.objects.get()
    assert (row.channel, row.topic, row.region_code, row.owner) == ("sms", "drain", VILLAGE, "")
    assert row.answers["description"] == said.removeprefix("LAPOR ")
    reply = first.json()["text"]
    assert row.number in reply and "PIN" in reply
    pin = reply.partition("PIN ")[2][:6]
    assert text(desk, said, "m-1").json() == first.json(), "sent again it is the same report and answer"
    assert text(desk, "LAPOR lain sekali", "m-1").status_code == 409
    assert Case.objects.count() == 1
    asked = text(desk, f"status {row.number} {pin}").json()["text"]
    assert asked.startswith(f"{row.number}: Diterima.") and "Jatuh tempo" in asked
    assert "tidak cocok" in text(desk, f"STATUS {row.number} 000000x").json()["text"]
    question = text(desk, "TANYA jam berapa kantor kelurahan buka pada hari Sabtu?").json()["text"]
    assert "kami terima" in question and Case.objects.filter(answers__class="information").exists()


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("Halo", "“halo” tidak kami kenal"),
        ("", "LAPOR"),
        ("bantuan", "Tulis LAPOR"),
        ("LAPOR banjir", "Paling sedikit"),
        ("LAPOR lampu jalan mati di depan rumah sejak Senin", "Kelurahan"),
        ("STATUS", "Misalnya"),
    ],
)
def test_what_cannot_be_done_is_answered_with_how_it_is(
    desk: Desk, gateway: None, said: str, reply: str
) -> None:
    answer = text(desk, said)
    assert answer.status_code == 200 and reply in answer.json()["text"]
    assert not Case.objects.exists()


def test_only_the_gateway_hands_in_text_messages(desk: Desk, settings: LazySettings, tmp_path: Any) -> None:
    assert text(desk, "LAPOR x").status_code == 404, "no gateway is set"
    file = tmp_path / "secret"
    file.write_text(SECRET)
    settings.OPTIONS = replace(settings.OPTIONS, gateway_secret_file=str(file))
    assert text(desk, "LAPOR x", secret="lain").status_code == 403
    with pytest.raises(Forbidden):
        take_text(desk.cast.sari.actor, Text("m", "0812345678", "LAPOR x"), FILED)
