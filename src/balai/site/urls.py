"""Every address of the product."""

from importlib import import_module

from django.urls import URLPattern, URLResolver, include, path

from balai.site import health
from balai.site.api import api, openapi

handler400 = "balai.base.answers.unreadable"
handler404 = "balai.base.answers.nowhere"
handler500 = "balai.base.answers.broken"


def _of(module: str) -> list[URLPattern | URLResolver]:
    """Return the addresses of a module, to stand among the others.

    Included with nothing before them they would be a table within the table; to look one up in vain costs
    twice as much, since Django hands out what it tried there once more.
    """
    found: list[URLPattern | URLResolver] = import_module(module).urlpatterns
    return found


urlpatterns = [
    path("health", health.health, name="health"),
    path("ready", health.ready, name="ready"),
    path("api/v1/openapi.json", openapi, name="openapi"),
    path("api/v1/", api.urls),
    *_of("balai.data.faces.urls"),
    path("akun/", include("allauth.urls")),
    path("tabel/", include("balai.definitions.urls")),
    *_of("balai.base.urls"),
    *_of("balai.places.urls"),
    *_of("balai.people.urls"),
    *_of("balai.data.urls"),
    *_of("balai.forms.urls"),
    *_of("balai.plan.urls"),
    *_of("balai.services.urls"),
    *_of("balai.evaluation.urls"),
    *_of("balai.dashboard.urls"),
]
