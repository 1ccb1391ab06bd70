"""The services a city offers, each with its form and moves, and with a description of its own API."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from balai.base.access import public
from balai.base.api import Router, Word
from balai.services import reads
from balai.services.api.description import describe
from balai.services.api.told import ServiceRow, ServiceWhole, service_row, service_whole

router = Router()

OPEN = "what a city offers, by which form and which moves, is open to everybody"


@router.get("/", response=list[ServiceRow], summary="Services of the local government")
@public(OPEN)
def services(request: HttpRequest) -> list[ServiceRow]:
    return [service_row(one) for one in reads.services(timezone.localdate())]


@router.get(
    "/{code}", response=ServiceWhole, summary="One service: its form and its moves, each as JSON Schema"
)
@public(OPEN)
def service(request: HttpRequest, code: Word) -> ServiceWhole:
    """New cases are filed in this version. Running ones keep the version they were filed under."""
    return service_whole(reads.service(code, timezone.localdate()))


@router.get(
    "/{code}/openapi.json",
    response=dict[str, Any],
    summary="The API of one service, described by itself (OpenAPI 3.1)",
)
@public(OPEN)
def service_description(request: HttpRequest, code: Word) -> dict[str, Any]:
    """It needs nothing from elsewhere: a program for one service is made from it."""
    return describe(reads.service(code, timezone.localdate()))
