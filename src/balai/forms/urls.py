"""Addresses of forms: the style guide alone; each service has pages of its own."""

from django.urls import path

from balai.forms import pages

urlpatterns = [path("panduan-tampilan/formulir/", pages.form_guide, name="form-guide")]
