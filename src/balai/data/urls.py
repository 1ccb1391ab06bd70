"""Addresses of the pages of One Data."""

from balai.data.pages import query_urls

urlpatterns = [*query_urls.urlpatterns]
