"""Addresses of Open311 GeoReport v2; `form` is json or xml."""

from django.urls import path

from balai.services.faces.open311 import views

urlpatterns = [
    path("open311/v2/discovery.<slug:form>", views.discovery, name="open311-discovery"),
    path("open311/v2/services.<slug:form>", views.services, name="open311-services"),
    path("open311/v2/services/<slug:code>.<slug:form>", views.service, name="open311-service"),
    path("open311/v2/requests.<slug:form>", views.service_requests, name="open311-requests"),
    path("open311/v2/requests/<slug:number>.<slug:form>", views.service_request, name="open311-request"),
    path("open311/v2/tokens/<slug:token>.<slug:form>", views.token, name="open311-token"),
    path("open311/v2/<path:rest>", views.nowhere, name="open311-nowhere"),
]
