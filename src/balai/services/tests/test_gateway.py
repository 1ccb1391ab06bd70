"""Messages to gateways, and their answers as public documentation has them. No real gateway was asked."""

import hashlib
import hmac
import json

import pytest

from balai.base.outgoing import Answer, NoAnswer
from balai.services.adapters.gateway import Gateway, Message, NotTaken, request, taken_as

MESSAGE = Message(
    "m-1", "628123456789", "sambat_received", "id", "Laporan diterima", "Baris satu.\nBaris dua."
)


def answer(status: int, said: object) -> Answer:
    return Answer("https://x.example/", status, {}, json.dumps(said).encode())


def test_the_cloud_api_is_sent_an_approved_template() -> None:
    headers, body = request(Gateway("https://graph.facebook.com/v23.0/1/messages", "key"), MESSAGE)
    said = json.loads(body)
    assert headers["Authorization"] == "Bearer key"
    assert (said["to"], said["template"]["name"]) == ("628123456789", "sambat_received")
    assert said["template"]["components"][0]["parameters"][1]["text"] == "Baris satu. Baris dua."
    assert said["biz_opaque_callback_data"] == "m-1"


def test_another_gateway_is_sent_signed_json_with_the_message_id() -> None:
    headers, body = request(Gateway("https://sms.example/send", "key"), MESSAGE)
    assert headers["Idempotency-Key"] == "m-1"
    mark = hmac.new(b"key", body, hashlib.sha256).hexdigest()
    assert headers["X-Balai-Signature"] == f"sha256={mark}"


def test_its_answer_says_taken_later_or_never() -> None:
    taken = {"messaging_product": "whatsapp", "messages": [{"id": "wamid.1", "message_status": "accepted"}]}
    assert taken_as(answer(200, taken)) == "wamid.1"
    assert taken_as(Answer("https://x.example/", 202, {}, b"OK")) == ""
    with pytest.raises(NoAnswer):
        taken_as(answer(400, {"error": {"message": "Rate limit hit", "code": 130429}}))
    for status in (429, 500, 503):
        with pytest.raises(NoAnswer):
            taken_as(answer(status, {}))
    with pytest.raises(NotTaken, match="not a valid"):
        taken_as(answer(400, {"error": {"message": "not a valid number", "code": 131026}}))
