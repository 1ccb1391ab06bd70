"""Addresses of files on their way."""

from django.urls import path

from balai.data.pages import rows, uploads

urlpatterns = [
    path("meja/kiriman/", uploads.uploads, name="data-uploads"),
    path("meja/kiriman/baru/", rows.begin, name="data-upload-new"),
    path("meja/kiriman/<uuid:upload>/", uploads.upload, name="data-upload"),
    path("meja/kiriman/<uuid:upload>/pilih/", uploads.choose, name="data-upload-choose"),
    path("meja/kiriman/<uuid:upload>/ulang/", uploads.again, name="data-upload-again"),
    path("meja/kiriman/<uuid:upload>/terbitkan/", uploads.publish, name="data-upload-publish"),
    path("meja/kiriman/<uuid:upload>/ajukan/", uploads.ask, name="data-upload-ask"),
    path("meja/kiriman/<uuid:upload>/tanda-tangan/", uploads.sign, name="data-upload-sign"),
    path("meja/kiriman/<uuid:upload>/buang/", uploads.drop, name="data-upload-drop"),
    path("meja/kiriman/<uuid:upload>/kesalahan.csv", uploads.faults, name="data-upload-faults"),
    path("meja/data/<slug:code>/pengambilan/", rows.sources, name="data-sources"),
    path("meja/pengambilan/<uuid:source>/", rows.switch_source, name="data-source-switch"),
]
