"""Addresses of services."""

from balai.services.faces.open311 import urls as open311_urls
from balai.services.pages import connection_urls, desk_urls, public_urls

urlpatterns = [
    *open311_urls.urlpatterns,
    *connection_urls.urlpatterns,
    *desk_urls.urlpatterns,
    *public_urls.urlpatterns,
]
