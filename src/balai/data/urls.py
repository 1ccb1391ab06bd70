"""Addresses of the pages of One Data."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
