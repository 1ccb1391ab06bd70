"""Addresses of OGC API – Features."""

from django.urls import path

from balai.data.faces.ogc import pages

urlpatterns = [
    path("ogc/", pages.landing, name="ogc"),
    path("ogc/conformance", pages.conformance, name="ogc-conformance"),
    path("ogc/api", pages.api, name="ogc-api"),
    path("ogc/collections", pages.collections, name="ogc-collections"),
    path("ogc/collections/<slug:code>", pages.collection, name="ogc-collection"),
    path("ogc/collections/<slug:code>/items", pages.items, name="ogc-items"),
    path("ogc/collections/<slug:code>/items/<str:id>", pages.item, name="ogc-item"),
    path("ogc/<path:rest>", pages.nowhere, name="ogc-nowhere"),
]
