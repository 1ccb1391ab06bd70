"""Addresses of wishes for datasets that are missing."""

from django.urls import path

from balai.data.pages import asked

urlpatterns = [
    path("data/permintaan/", asked.wishes, name="data-asked"),
    path("data/permintaan/baru/", asked.give, name="data-asked-new"),
    path("data/permintaan/saya/<slug:key>/", asked.own, name="data-asked-own"),
    path("meja/permintaan-set-data/", asked.waiting, name="data-asked-desk"),
    path("meja/permintaan-set-data/<uuid:key>/", asked.answer, name="data-asked-one"),
]
