"""The API of the product: `/api/v1/<module>/…`, described at `/api/v1/openapi.json`."""

import json

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from balai.base.access import public
from balai.base.api import make
from balai.places.api import router as places
from balai.plan.api import router as plan

api = make(
    title="Balai",
    version="1",
    description=(
        "The smart-city programme of a local government: the same figures as its pages. "
        "The host name says which local government is meant. A refusal is a problem document "
        "(RFC 9457). Every write needs an Idempotency-Key: the same key and body get the same "
        "answer, another body gets 409."
    ),
)
api.add_router("/places", places)
api.add_router("/plan", plan)


def description() -> str:
    """Return the OpenAPI description as text, stable from one call to the next."""
    return json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), indent=1, ensure_ascii=False) + "\n"


@require_GET
@public("the description of the API holds no data")
def openapi(request: HttpRequest) -> HttpResponse:
    return HttpResponse(description(), content_type="application/json")
