"""Addresses of the pages that only read."""

from django.urls import path

from balai.dashboard import pages

urlpatterns = [
    path("", pages.portal, name="portal"),
    path("cari/", pages.search, name="search"),
    path("peta-program/", pages.action_map, name="portal-map"),
    path("peta-program/tempat.geojson", pages.action_places, name="portal-places"),
    path("pimpinan/", pages.executive, name="executive"),
    path("nasional/", pages.regions, name="nation"),
    path("nasional/daerah.json", pages.regions_json, name="nation-json"),
    path("nasional/peta.json", pages.region_values, name="nation-values"),
]
