"""Addresses of Satu Data Indonesia for programs."""

from django.urls import path

from balai.data.faces.sdi import pages

urlpatterns = [
    path("api/sdi/v1/", pages.root, name="sdi"),
    path("api/sdi/v1/daftar-data", pages.datasets, name="sdi-daftar-data"),
    path("api/sdi/v1/data-prioritas", pages.priorities, name="sdi-data-prioritas"),
    path("api/sdi/v1/data-induk", pages.masters, name="sdi-data-induk"),
    path("api/sdi/v1/standar-data", pages.standards, name="sdi-standar-data"),
    path("api/sdi/v1/kode-referensi", pages.references, name="sdi-kode-referensi"),
    path("api/sdi/v1/metadata/kegiatan", pages.activities, name="sdi-metadata-kegiatan"),
    path("api/sdi/v1/metadata/variabel", pages.variables, name="sdi-metadata-variabel"),
    path("api/sdi/v1/metadata/indikator", pages.indicators, name="sdi-metadata-indikator"),
    path("api/sdi/v1/pemeriksaan", pages.findings, name="sdi-pemeriksaan"),
    path("api/sdi/v1/jadwal-rilis", pages.releases, name="sdi-jadwal-rilis"),
]
