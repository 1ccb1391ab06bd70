"""Addresses of the faces; programs ask them most, so they are looked for before those of the pages."""

from balai.data.faces.ckan import urls as ckan_urls
from balai.data.faces.dcat import urls as dcat_urls
from balai.data.faces.ogc import urls as ogc_urls
from balai.data.faces.sdi import urls as sdi_urls

urlpatterns = [
    *ckan_urls.urlpatterns,
    *dcat_urls.urlpatterns,
    *ogc_urls.urlpatterns,
    *sdi_urls.urlpatterns,
]
