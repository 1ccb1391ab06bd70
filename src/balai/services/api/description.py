"""The API of one service, described by itself in OpenAPI 3.1, made from its form and its moves.

The answers of the operations are described by the very types the operations answer with; what
they are sent, by the form's own schema. So a program for one service can be generated, and
somebody who reads it sees the names of that service and no others.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from pydantic import TypeAdapter

from balai.base.answers import PROBLEM
from balai.base.api import Page
from balai.base.openapi import FAULT, IDEMPOTENCY_KEY, PROBLEM_SCHEMA, PROBLEMS
from balai.services.api.asking import SEEN
from balai.services.api.told import (
    CaseAttachment,
    CaseComment,
    CaseMoved,
    CasePossibleMove,
    CaseRow,
    CaseWhole,
)
from balai.services.api.tracking import FiledCase, TrackedCase
from balai.services.rules.definition import Move, Service
from balai.services.rules.schema import schema_of

type Json = dict[str, Any]

_ANSWERS: Mapping[str, Any] = {
    "FiledCase": FiledCase,
    "CasePage": Page[CaseRow],
    "CaseWhole": CaseWhole,
    "CaseMoved": CaseMoved,
    "PossibleMoves": list[CasePossibleMove],
    "Comments": list[CaseComment],
    "Files": list[CaseAttachment],
    "File": CaseAttachment,
    "TrackedCase": TrackedCase,
}
_TEXT: Json = {"type": "string"}
_VERSION: Json = {
    "type": "integer",
    "minimum": 1,
    "description": "of the case as you saw it; when somebody else was first, 409 says so",
}
_AUDIENCE: Json = {"type": "string", "enum": ["internal", "applicant"], "default": "applicant"}
_KEY: Json = {"$ref": "#/components/parameters/IdempotencyKey"}


def describe(service: Service) -> Json:
    """Return the description, in the language in force; it refers to nothing outside of itself."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": str(service.title),
            "version": str(service.version),
            "description": f"{service.summary}\n\n"
            + _(
                "Kirim setiap penulisan dengan Idempotency-Key. Pemohon tanpa akun memakai nomor dan PIN: "
                "hasil pelacakannya dikirim sebagai X-Case-Ticket."
            ),
            "x-definition": service.sha256,
        },
        "servers": [{"url": "/api/v1/services"}],
        "security": [{"programKey": []}, {}],
        "paths": {path: dict(operations) for path, operations in _paths(service)},
        "components": {
            "schemas": _schemas(service),
            "parameters": {"IdempotencyKey": IDEMPOTENCY_KEY, "Ticket": SEEN["parameters"][0]},
            "responses": {
                f"Problem{status}": {
                    "description": words,
                    "content": {PROBLEM: {"schema": _ref("Problem")}},
                }
                for status, words in PROBLEMS.items()
            },
            "securitySchemes": {"programKey": {"type": "http", "scheme": "bearer"}},
        },
    }


def _schemas(service: Service) -> Json:
    found: Json = {
        "Problem": PROBLEM_SCHEMA,
        "Fault": FAULT,
        "Answers": {**schema_of(service.form), "title": str(service.title)},
        "State": {
            "type": "string",
            "enum": list(service.states),
            "x-labels": {state.id: str(state.title) for state in service.states.values()},
        },
    }
    for name, answer in _ANSWERS.items():
        said = TypeAdapter(answer).json_schema(
            mode="serialization", ref_template="#/components/schemas/{model}"
        )
        found |= said.pop("$defs", {})
        found[name] = said
    for move in service.moves.values():
        if move.form is not None:
            found[_input_of(move)] = {**schema_of(move.form), "title": str(move.title)}
    # A case of this service stands in no other state.
    for name in ("CaseRow", "CaseWhole", "CaseMoved", "FiledCase"):
        found[name]["properties"]["state"] = _ref("State")
    return found


def _input_of(move: Move) -> str:
    return f"Input_{move.id}"


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _paths(service: Service) -> Iterator[tuple[str, Json]]:
    root = f"/{service.code}"
    one = f"{root}/cases/{{id}}"
    filed = {"answers": _ref("Answers"), "for_other": _for_other()}
    yield (
        f"{root}/cases",
        {
            "get": _read("list_cases", _("Berkas yang boleh saya ketahui"), "CasePage", _filters(service)),
            "post": _write(
                "file_case", _("Ajukan"), "FiledCase", _body(filed, "answers"), status="201", on_case=False
            ),
        },
    )
    yield one, {"get": _read("read_case", _("Satu berkas"), "CaseWhole", [_ID, _TICKET])}
    yield (
        f"{one}/moves",
        {"get": _read("possible_moves", _("Langkah saya sekarang"), "PossibleMoves", [_ID, _TICKET])},
    )
    for move in service.moves.values():
        if any(service.roles[role].party != "system" for role in move.by):
            yield f"{one}/moves/{move.id}", {"post": _move(service, move)}
    said = {"text": {**_TEXT, "maxLength": 10_000}, "audience": _AUDIENCE}
    yield (
        f"{one}/comments",
        {
            "get": _read("comments", _("Komentar"), "Comments", [_ID, _TICKET]),
            "post": _write("add_comment", _("Tulis komentar"), "Comments", _body(said, "text")),
        },
    )
    part = {"file": {"type": "string", "format": "binary"}, "audience": _AUDIENCE}
    handed = {"content": {"multipart/form-data": {"schema": _object(part, "file")}}, "required": True}
    yield (
        f"{one}/files",
        {
            "get": _read("files", _("Lampiran"), "Files", [_ID, _TICKET]),
            "post": _write("add_file", _("Tambah lampiran"), "File", handed),
        },
    )
    yield f"{root}/files", {"post": _write("hand_in", _("Unggah berkas"), "File", handed, on_case=False)}
    rated = {"score": {"type": "integer", "minimum": 1, "maximum": 5}, "text": _TEXT}
    yield (
        f"{one}/rating",
        {"post": _write("rate", _("Nilai jawabannya"), None, _body(rated, "score"))},
    )
    tracked = {"number": _TEXT, "pin": _TEXT}
    track = _write("track", _("Lacak dengan nomor dan PIN"), "TrackedCase", _body(tracked, "number", "pin"))
    track["parameters"] = []
    yield "/track", {"post": track}


_ID: Json = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
_TICKET: Json = {"$ref": "#/components/parameters/Ticket"}


def _for_other() -> Json:
    return {
        "anyOf": [_object({"name": _TEXT, "relation": _TEXT}), {"type": "null"}],
        "description": _("Untuk siapa, bila bukan untuk pemilik kunci; perlu hak services.relay."),
    }


def _filters(service: Service) -> list[Json]:
    def asked(name: str, schema: Json) -> Json:
        return {"name": name, "in": "query", "required": False, "schema": schema}

    return [
        asked("which", {"type": "string", "enum": ["own", "mine", "office", "all", "secret"]}),
        asked("state", _ref("State")),
        asked("topic", _TEXT),
        asked("region", _TEXT),
        asked("overdue", {"type": "boolean"}),
        asked("after", _TEXT),
        asked("limit", {"type": "integer", "minimum": 1, "maximum": 500}),
    ]


def _move(service: Service, move: Move) -> Json:
    fields: Json = {"version": _VERSION}
    needed = ["version"]
    if move.form is not None:
        fields["answers"] = _ref(_input_of(move))
        if schema_of(move.form).get("required"):
            needed.append("answers")
    if move.offices:
        most = {"maxItems": 1} if move.offices == "one" else {}
        fields["offices"] = {"type": "array", "items": _TEXT, "minItems": 1, **most}
        needed.append("offices")
    told = _("Dari: %(states)s. Oleh: %(roles)s.") % {
        "states": ", ".join(str(service.states[one].title) for one in move.sources),
        "roles": ", ".join(str(service.roles[role].title) for role in move.by),
    }
    if move.because is not None:
        told += f" {move.because}"
    operation = _write(f"move_{move.id}", str(move.title), "CaseMoved", _body(fields, *needed))
    return {**operation, "description": told}


def _object(fields: Json, *needed: str) -> Json:
    found: Json = {"type": "object", "properties": fields, "additionalProperties": False}
    return {**found, "required": list(needed)} if needed else found


def _body(fields: Json, *needed: str) -> Json:
    return {"content": {"application/json": {"schema": _object(fields, *needed)}}, "required": True}


def _read(name: str, summary: str, answer: str, parameters: list[Json]) -> Json:
    return {
        "operationId": name,
        "summary": summary,
        "parameters": parameters,
        "responses": _responses("200", answer, ("401", "403", "404", "422")),
    }


def _write(
    name: str, summary: str, answer: str | None, body: Json, *, status: str = "200", on_case: bool = True
) -> Json:
    return {
        "operationId": name,
        "summary": summary,
        "parameters": [_ID, _TICKET, _KEY] if on_case else [_KEY],
        "requestBody": body,
        "responses": _responses(status, answer, tuple(PROBLEMS)),
    }


def _responses(status: str, answer: str | None, refusals: tuple[str, ...]) -> Json:
    schema = _ref(answer) if answer else {"type": "object"}
    done = {"description": _("Berhasil."), "content": {"application/json": {"schema": schema}}}
    return {status: done, **{one: {"$ref": f"#/components/responses/Problem{one}"} for one in refusals}}
