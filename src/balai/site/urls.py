"""Every address of the product."""

from django.urls import include, path

from balai.site import health
from balai.site.api import api, openapi

handler400 = "balai.base.answers.unreadable"
handler404 = "balai.base.answers.nowhere"
handler500 = "balai.base.answers.broken"

urlpatterns = [
    path("health", health.health, name="health"),
    path("ready", health.ready, name="ready"),
    path("api/v1/openapi.json", openapi, name="openapi"),
    path("api/v1/", api.urls),
    path("", include("balai.data.faces.urls")),
    path("akun/", include("allauth.urls")),
    path("tabel/", include("balai.definitions.urls")),
    path("", include("balai.base.urls")),
    path("", include("balai.places.urls")),
    path("", include("balai.people.urls")),
    path("", include("balai.data.urls")),
    path("", include("balai.forms.urls")),
    path("", include("balai.plan.urls")),
    path("", include("balai.services.urls")),
    path("", include("balai.evaluation.urls")),
    path("", include("balai.dashboard.urls")),
]
