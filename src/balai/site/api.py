"""The API of the product: `/api/v1/<module>/…`, described at `/api/v1/openapi.json`."""

import json
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from balai.base.access import public
from balai.base.api import make
from balai.base.openapi import describe
from balai.data.api import router as data
from balai.evaluation.api import router as evaluation
from balai.people.api import ProgramKeyBearer
from balai.people.api import router as people
from balai.people.reads import roles
from balai.people.rules import Given
from balai.places.api import router as places
from balai.plan.api import router as plan
from balai.services.api import router as services

api = make(
    title="Balai",
    version="1",
    description=(
        "The smart-city programme of a local government: the same figures as its pages. "
        "The host name says which local government is meant. Visitors read what is public; "
        "a program acts for an account with a key made at /saya/kunci. "
        "Fractions and decimals are text, money is whole rupiah, times carry their zone, "
        "ids are opaque text. "
        "A long list is `items` and `next`; send `next` as `after`. "
        "A refusal is a problem document (RFC 9457). Every write needs an Idempotency-Key."
    ),
    programs=ProgramKeyBearer(),
)
api.add_router("/places", places)
api.add_router("/people", people)
api.add_router("/data", data)
api.add_router("/plan", plan)
api.add_router("/services", services)
api.add_router("/evaluation", evaluation)


@cache
def description() -> str:
    """Return the OpenAPI description as text, stable from one call to the next."""
    everybody = (role for role in roles().values() if role.given is Given.EVERYONE)
    found = describe(api, "/api/v1/", {verb for role in everybody for verb in role.verbs})
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


@require_safe
@public("the description of the API holds no data")
def openapi(request: HttpRequest) -> HttpResponse:
    return HttpResponse(description(), content_type="application/json")
