"""Addresses of CKAN's API; `api/action/` is where its clients look when they name no version."""

from django.urls import path

from balai.data.faces.ckan import catalogue, datastore, places, views, wishes, writing, writing_rows

# Importing them registers their actions.
_ACTIONS = (catalogue, datastore, places, wishes, writing, writing_rows)

urlpatterns = [
    path("api/3", views.version, name="ckan-version"),
    path("api/3/action/<slug:name>", views.action, name="ckan-action"),
    path("api/action/<slug:name>", views.action, name="ckan-action-latest"),
    path("datastore/dump/<slug:id>", views.dump, name="ckan-dump"),
]
