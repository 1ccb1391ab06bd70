"""Addresses of residents' pages, of the counter, and of QR points. What is fixed stands before a code."""

from django.urls import path

from balai.services.pages import (
    counter,
    points,
    public_case,
    public_figures,
    public_form,
    public_list,
    public_own,
)

_SERVICE = "layanan/<slug:code>/"
_CASE = "berkas/<uuid:key>/"

urlpatterns = [
    path("layanan/", public_list.index, name="services"),
    path("layanan.json", public_list.index_json, name="services-json"),
    path(_SERVICE, public_list.about, name="service"),
    path(f"{_SERVICE}ajukan/", public_form.form, name="service-form"),
    path(f"{_SERVICE}ajukan/<uuid:draft>/", public_form.draft, name="service-form-draft"),
    path(f"{_SERVICE}untuk-orang-lain/", public_form.for_another, name="service-for-another"),
    path(f"{_SERVICE}peta/", public_figures.map_, name="service-places"),
    path(f"{_SERVICE}peta/kelurahan.json", public_figures.villages, name="service-villages-json"),
    path(f"{_SERVICE}peta/titik.json", public_figures.points_json, name="service-points-json"),
    path(f"{_SERVICE}statistik/", public_figures.figures, name="service-figures"),
    path(f"{_SERVICE}statistik.json", public_figures.figures_json, name="service-figures-json"),
    path(f"{_SERVICE}statistik.csv", public_figures.figures_csv, name="service-figures-csv"),
    path("formulir/lanjut/", public_form.resume, name="service-resume"),
    path("formulir/<uuid:draft>/buang/", public_form.discard, name="service-draft-discard"),
    path("lapor/<slug:point>/", public_form.at_point, name="service-point"),
    path("berkas/", public_case.track, name="case-track"),
    path(_CASE, public_case.case, name="case"),
    path(f"{_CASE}langkah/<slug:move>/", public_case.move, name="case-move"),
    path(f"{_CASE}pesan/", public_case.say, name="case-say"),
    path(f"{_CASE}lampiran/", public_case.attach, name="case-attach"),
    path(f"{_CASE}lampiran/<uuid:file>", public_case.file, name="case-file"),
    path(f"{_CASE}nilai/", public_case.rate, name="case-rate"),
    path(f"{_CASE}tutup/", public_case.leave, name="case-leave"),
    path("saya/berkas/", public_own.own, name="own-cases"),
    path("saya/kabar/<uuid:key>/", public_own.read, name="own-notice"),
    path("meja/loket/", counter.counter, name="service-counter"),
    path("meja/loket/<slug:code>/", counter.begin, name="service-counter-begin"),
    path("meja/loket/<slug:code>/<uuid:draft>/", counter.form, name="service-counter-form"),
    path("meja/titik-qr/", points.points, name="points"),
    path("meja/titik-qr/cetak/", points.sheets, name="point-sheets"),
    path("meja/titik-qr/<uuid:key>/", points.point, name="point"),
]
