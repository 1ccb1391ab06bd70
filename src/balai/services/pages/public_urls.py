"""Addresses of the pages of residents: what there is, filing, following, the open map."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
