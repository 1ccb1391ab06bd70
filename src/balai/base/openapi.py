"""Completes the description of an API (OpenAPI 3.1) with what every operation of ours has in common."""

from collections.abc import Collection, Iterator
from typing import Any

from balai.base.access import Access
from balai.base.answers import PROBLEM
from balai.base.api import Api

PROBLEMS = {
    "400": "The body cannot be read.",
    "401": "Sign in first, or the key of the program is unknown, expired or revoked.",
    "403": "The account's roles do not allow this.",
    "404": "There is no such thing, or you may not know of it.",
    "409": "Somebody else was first (`changes` says what differs), or the key was used for something else.",
    "422": "The input has faults; nothing was written.",
    "423": "The thing is closed to change.",
}
_OF_READS = ("401", "403", "404", "422")

_TEXT = {"type": "string"}
FAULT = {
    "type": "object",
    "description": "One thing wrong with an input: where, what was found, what would be right.",
    "properties": {"place": _TEXT, "wrong": _TEXT, "right": _TEXT},
    "required": ["place", "wrong", "right"],
}
PROBLEM_SCHEMA = {
    "type": "object",
    "description": "A refusal (RFC 9457). `title`, `detail` and `advice` are sentences for a person.",
    "properties": {
        "type": {"type": "string", "examples": ["urn:balai:problem:invalid"]},
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "advice": _TEXT,
        "faults": {"type": "array", "items": {"$ref": "#/components/schemas/Fault"}},
        "changes": {
            "type": "object",
            "description": "per field, what you sent and what stands now",
            "additionalProperties": {
                "type": "object",
                "properties": {"yours": {}, "now": {}},
                "required": ["yours", "now"],
            },
        },
    },
    "required": ["type", "title", "status", "detail"],
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "The same key and body get the same answer again, for a week; another body gets 409.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[!-~]+$"},
}
WITHOUT_KEY = "x-without-key"
"""Said in `openapi_extra`: why an operation that is no GET takes no Idempotency-Key."""
_RUPIAH = frozenset({"budget", "spent", "unreported", "over"})
"""Fields that hold money, wherever they stand."""


def describe(api: Api, prefix: str, open_verbs: Collection[str]) -> dict[str, Any]:
    """Return the description of every operation, with who may use it and how it refuses.

    Args:
        prefix: the path the API stands at, with slashes around.
        open_verbs: what visitors may do; such operations need no authentication.
    """
    found: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=prefix))
    access = dict(_declared(api))
    for methods in found["paths"].values():
        methods.pop("head", None)
        for method, operation in methods.items():
            _complete(operation, method, access[operation["operationId"]], open_verbs)
    parts = found["components"]
    parts["schemas"] |= {"Problem": PROBLEM_SCHEMA, "Fault": FAULT}
    parts["parameters"] = {"IdempotencyKey": IDEMPOTENCY_KEY}
    parts["responses"] = {
        f"Problem{status}": {
            "description": words,
            "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, words in PROBLEMS.items()
    }
    for schema in parts["schemas"].values():
        _say_rupiah(schema)
    return found


def _declared(api: Api) -> Iterator[tuple[str, Access]]:
    for router in api._get_bound_routers():
        for view in router.path_operations.values():
            for operation in view.operations:
                access: Access = vars(operation.view_func)["access"]
                yield api.get_openapi_operation_id(operation), access


def _complete(operation: dict[str, Any], method: str, access: Access, open_verbs: Collection[str]) -> None:
    is_read = method == "get"
    if access.public_because or (is_read and access.verb in open_verbs):
        operation["security"] = [*operation.get("security", ()), {}]
    operation["x-access"] = {name: value for name, value in vars(access).items() if value not in ("", False)}
    operation["responses"] = {str(status): answer for status, answer in operation["responses"].items()}
    for status in _OF_READS if is_read else PROBLEMS:
        operation["responses"][status] = {"$ref": f"#/components/responses/Problem{status}"}
    if not is_read and WITHOUT_KEY not in operation:
        operation["parameters"].append({"$ref": "#/components/parameters/IdempotencyKey"})


def _say_rupiah(schema: dict[str, Any]) -> None:
    for name, field in schema.get("properties", {}).items():
        if name in _RUPIAH:
            field["description"] = "whole rupiah (IDR)"
