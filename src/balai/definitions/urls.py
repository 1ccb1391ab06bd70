"""Addresses of the dated tables and of the loaded definitions."""

from django.urls import path

from balai.definitions import pages

urlpatterns = [
    path("", pages.tables, name="tables"),
    path("berkas/", pages.loaded, name="definitions"),
    path("persetujuan/", pages.queue, name="tables_queue"),
    path("usulan/<uuid:id>/setujui/", pages.approve, name="amendment_approve"),
    path("usulan/<uuid:id>/tolak/", pages.refuse, name="amendment_refuse"),
    path("usulan/<uuid:id>/tarik/", pages.withdraw, name="amendment_withdraw"),
    path("<slug:code>/", pages.one_table, name="table"),
    path("<slug:code>/usul/", pages.propose, name="table_propose"),
]
