"""Addresses of the pages of officers: queues, one case, boards, supervision."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
