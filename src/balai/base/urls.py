"""Addresses of `base`: the language, the colour of a city, the style guide."""

from django.urls import path

from balai.base import journal_page, language, look, styleguide

urlpatterns = [
    path("bahasa/", language.choose, name="language"),
    path("gaya/<slug:colour>.css", look.brand_page, name="brand"),
    path("meja/jejak-audit/", journal_page.page, name="journal"),
    path("panduan-tampilan/", styleguide.page, name="styleguide"),
]
