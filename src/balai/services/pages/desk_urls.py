"""Addresses of the desk of services. What is fixed stands before a service and a number."""

from django.urls import path

from balai.services.pages import (
    desk,
    desk_board,
    desk_case,
    desk_definitions,
    desk_files,
    desk_many,
    desk_move,
    desk_supervision,
    desk_unsent,
)

_CASE = "meja/layanan/<slug:service>/<str:number>/"

urlpatterns = [
    path("meja/layanan/", desk.index, name="service-desk"),
    path("meja/layanan/daftar/", desk.cases, name="service-list"),
    path("meja/layanan/daftar.<slug:form>", desk_files.export, name="service-export"),
    path("meja/layanan/tugas/", desk.tasks, name="service-tasks"),
    path("meja/layanan/papan/", desk_board.board, name="service-board"),
    path("meja/layanan/peta/", desk_board.map_, name="service-map"),
    path("meja/layanan/orang/", desk.person, name="service-person"),
    path("meja/layanan/serentak/", desk_many.many, name="service-many"),
    path("meja/layanan/saringan/", desk.save, name="service-save-list"),
    path("meja/layanan/saringan/hapus/", desk.forget, name="service-forget-list"),
    path("meja/layanan/gagal/", desk_unsent.unsent, name="service-unsent"),
    path("meja/layanan/gagal/<uuid:key>/", desk_unsent.send_again, name="service-notice-again"),
    path("meja/layanan/pengawasan/", desk_supervision.supervision, name="service-supervision"),
    path("meja/layanan/definisi/", desk_definitions.definitions, name="service-definitions"),
    path("meja/layanan/definisi/periksa/", desk_definitions.check, name="service-definition-check"),
    path("meja/layanan/definisi/<slug:code>/", desk_definitions.definition, name="service-definition"),
    path("meja/layanan/definisi/<slug:code>/pindah/", desk_definitions.bring_over, name="service-bring-over"),
    path("meja/layanan/definisi/<slug:code>/serah/", desk_definitions.give_out, name="service-give-out"),
    path(_CASE, desk_case.case, name="service-case"),
    path(f"{_CASE}riwayat/", desk_case.history, name="service-case-history"),
    path(f"{_CASE}langkah/<slug:move>/", desk_move.move, name="service-case-move"),
    path(f"{_CASE}tugas/<uuid:task>/", desk_move.task, name="service-case-task"),
    path(f"{_CASE}lampiran/<uuid:file>", desk_files.attachment, name="service-case-file"),
]
