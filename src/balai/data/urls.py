"""Addresses of the pages of One Data."""

from django.urls import path

from balai.data.faces.ckan import urls as ckan_urls
from balai.data.faces.dcat import urls as dcat_urls
from balai.data.faces.ogc import urls as ogc_urls
from balai.data.faces.sdi import urls as sdi_urls
from balai.data.pages import dataset_urls, files, indicators_urls, query_urls

urlpatterns = [
    *ckan_urls.urlpatterns,
    *indicators_urls.urlpatterns,
    path("data/<slug:code>.csv", files.whole_csv, name="data_csv"),
    *query_urls.urlpatterns,
    *dcat_urls.urlpatterns,
    *ogc_urls.urlpatterns,
    *sdi_urls.urlpatterns,
    *dataset_urls.urlpatterns,  # last, for there the code of a dataset stands behind /data/
]
