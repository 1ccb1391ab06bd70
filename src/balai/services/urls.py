"""Addresses of services."""

from balai.services.faces.open311 import urls as open311_urls
from balai.services.pages import desk_urls, public_urls

urlpatterns = [
    *open311_urls.urlpatterns,
    *desk_urls.urlpatterns,
    *public_urls.urlpatterns,
]
