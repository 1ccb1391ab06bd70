"""Addresses of what readers say of datasets."""

from django.urls import path

from balai.data.pages import feedback

urlpatterns = [
    path("data/<slug:code>/masukan/", feedback.give, name="dataset-feedback"),
    path("data/<slug:code>/masukan/<slug:key>/", feedback.follow, name="dataset-feedback-one"),
    path("meja/masukan/", feedback.waiting, name="data-feedbacks"),
    path("meja/masukan/<uuid:key>/", feedback.answer, name="data-feedback"),
]
