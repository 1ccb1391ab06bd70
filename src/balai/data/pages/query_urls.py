"""Addresses below /data/tanya/."""

from django.urls import path

from balai.data.pages import query, query_files, query_saved

urlpatterns = [
    path("data/tanya/", query.query, name="data-query"),
    path("data/tanya/unduh", query_files.query_file, name="data-query-file"),
    path("data/tanya/simpan", query_saved.keep_query, name="data-query-keep"),
    path("data/tanya/simpanan", query_saved.queries, name="data-queries"),
    path("data/tanya/<slug:slug>/", query_saved.saved, name="data-query-saved"),
    path(
        "data/tanya/<slug:slug>/unduh.<slug:kind>", query_files.saved_query_file, name="data-query-saved-file"
    ),
    path("data/tanya/<slug:slug>/ubah", query_saved.change_saved_query, name="data-query-change"),
    path("data/tanya/<slug:slug>/hapus", query_saved.remove_saved_query, name="data-query-remove"),
]
