"""Addresses of the pages of One Data."""

from django.urls import path

from balai.data.pages import dataset_urls, files, indicators_urls, query_urls

urlpatterns = [
    *indicators_urls.urlpatterns,
    path("data/<slug:code>.csv", files.whole_csv, name="data_csv"),
    *query_urls.urlpatterns,
    *dataset_urls.urlpatterns,  # last, for there the code of a dataset stands behind /data/
]
