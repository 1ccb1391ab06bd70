"""Addresses of the catalogue, of datasets, and of the desks where they are made.

Words that stand where the code of a dataset does are in `rules.metadata.RESERVED`.
"""

from django.urls import path

from balai.data.pages import (
    asked_urls,
    catalogue,
    datasets,
    downloads,
    feedback_urls,
    producing,
    rows,
    steward,
    uploads_urls,
    versions,
)

urlpatterns = [
    *asked_urls.urlpatterns,
    *feedback_urls.urlpatterns,
    path("data/", catalogue.catalogue, name="data"),
    path("data.json", catalogue.catalogue_json, name="data-json"),
    path("data.csv", catalogue.catalogue_csv, name="data-csv"),
    path("data/<slug:code>/", datasets.dataset, name="dataset"),
    path("data/<slug:code>/metadata.json", datasets.metadata_json, name="dataset-metadata"),
    path("data/<slug:code>.<slug:form>", downloads.dataset_file, name="dataset-file"),
    path("data/<slug:code>/versi/<int:number>/", datasets.version, name="dataset-version"),
    path(
        "data/<slug:code>/versi/<int:number>.<slug:form>",
        downloads.version_file,
        name="dataset-version-file",
    ),
    path("data/<slug:code>/bandingkan/", versions.compare, name="dataset-compare"),
    path("data/<slug:code>/bandingkan.json", versions.compare_json, name="dataset-compare-json"),
    path("data/<slug:code>/bandingkan.csv", versions.compare_csv, name="dataset-compare-csv"),
    path("meja/data/", producing.own, name="data-own"),
    path("meja/data/baru/", producing.create, name="data-own-new"),
    path("meja/data/<slug:code>/", producing.one, name="data-own-one"),
    path("meja/data/<slug:code>/ubah/", producing.edit, name="data-own-edit"),
    path("meja/data/<slug:code>/ajukan/", producing.submit, name="data-own-submit"),
    path("meja/data/<slug:code>/baris/", rows.rows, name="data-rows"),
    path("meja/data/<slug:code>/baris/templat.csv", rows.template, name="data-rows-template"),
    *uploads_urls.urlpatterns,
    path("meja/walidata/", steward.queue, name="data-steward"),
    path("meja/walidata/<slug:code>/", steward.one, name="data-steward-one"),
    path("meja/walidata/<slug:code>/terima/", steward.accept, name="data-accept"),
    path("meja/walidata/<slug:code>/kembalikan/", steward.send_back, name="data-send-back"),
]
