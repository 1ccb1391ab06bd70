"""Addresses of the evaluation."""

from django.urls import path

from balai.evaluation.pages import (
    assessor,
    desk,
    files,
    following,
    nation,
    public,
    region,
    reports,
    what_if,
)

urlpatterns = [
    path("penilaian/", public.results, name="evaluation-results"),
    path("penilaian.json", public.results_json, name="evaluation-results-json"),
    path("penilaian.csv", public.results_csv, name="evaluation-results-csv"),
    path("penilaian.xlsx", public.results_file, name="evaluation-results-file"),
    path("penilaian/peta.json", public.values, name="evaluation-values"),
    path("penilaian/banding/", public.compare, name="evaluation-compare"),
    path("penilaian/hasil/<uuid:key>/", public.score, name="evaluation-score"),
    path("penilaian/hasil/<uuid:key>/seandainya/", what_if.of_published, name="evaluation-what-if"),
    path("penilaian/instrumen/", public.instruments, name="evaluation-instruments"),
    path("penilaian/instrumen/<str:code>/", public.instrument, name="evaluation-instrument"),
    path("meja/penilaian/", desk.index, name="evaluation-desk"),
    path("meja/penilaian/tahap-baru/", nation.start, name="evaluation-start"),
    # One round.
    path("meja/penilaian/<uuid:key>/", desk.round_, name="evaluation-round"),
    path("meja/penilaian/<uuid:key>/undang/", nation.invite, name="evaluation-invite"),
    path("meja/penilaian/<uuid:key>/bekukan/", nation.freeze, name="evaluation-freeze"),
    path("meja/penilaian/<uuid:key>/isian/", region.sheet, name="evaluation-sheet"),
    path("meja/penilaian/<uuid:key>/isian/simpan/", region.save, name="evaluation-save"),
    path("meja/penilaian/<uuid:key>/isian/bagi/", region.allot, name="evaluation-allot"),
    path("meja/penilaian/<uuid:key>/kirim/", region.submit, name="evaluation-submit"),
    path("meja/penilaian/<uuid:key>/seandainya/", what_if.of_round, name="evaluation-own-what-if"),
    path("meja/penilaian/<uuid:key>/soal/<str:number>/", region.question, name="evaluation-question"),
    path("meja/penilaian/<uuid:key>/soal/<str:number>/periksa/", region.confirm, name="evaluation-confirm"),
    path(
        "meja/penilaian/<uuid:key>/bukti/<uuid:evidence>/hapus/",
        region.remove_evidence,
        name="evaluation-evidence-remove",
    ),
    path(
        "meja/penilaian/<uuid:key>/daerah/<str:region>/bukti/<uuid:paper>/",
        files.evidence,
        name="evaluation-evidence",
    ),
    path("meja/penilaian/<uuid:key>/daerah/<str:region>/bukti.zip", files.archive, name="evaluation-archive"),
    path("meja/penilaian/<uuid:key>/daerah/<str:region>/", reports.report, name="evaluation-report"),
    path(
        "meja/penilaian/<uuid:key>/daerah/<str:region>/surat.pdf",
        reports.letter_file,
        name="evaluation-letter-pdf",
    ),
    path(
        "meja/penilaian/<uuid:key>/daerah/<str:region>/laporan.pdf",
        reports.report_file,
        name="evaluation-report-pdf",
    ),
    # One invited region, for the nation and its assessors.
    path("meja/undangan/<uuid:key>/", nation.region, name="evaluation-region"),
    path("meja/undangan/<uuid:key>/perpanjang/", nation.extend, name="evaluation-extend"),
    path("meja/undangan/<uuid:key>/penilai/", nation.assign, name="evaluation-assign"),
    path(
        "meja/undangan/<uuid:key>/penilai/<uuid:assessment>/tarik/",
        nation.withdraw,
        name="evaluation-withdraw",
    ),
    path("meja/undangan/<uuid:key>/moderasi/", nation.moderation, name="evaluation-moderation"),
    path("meja/undangan/<uuid:key>/moderasi/<str:number>/", nation.settle, name="evaluation-settle"),
    path("meja/undangan/<uuid:key>/kunjungan/", nation.visit, name="evaluation-visit"),
    path(
        "meja/undangan/<uuid:key>/kunjungan/<uuid:visit>/catatan/",
        assessor.visit_notes,
        name="evaluation-visit-notes",
    ),
    path(
        "meja/undangan/<uuid:key>/kunjungan/<uuid:visit>/foto/",
        assessor.visit_photo,
        name="evaluation-visit-photo",
    ),
    path("meja/undangan/<uuid:key>/foto/<uuid:picture>/", files.photo, name="evaluation-photo"),
    # One assessor's judging of a region.
    path("meja/menilai/<uuid:key>/", assessor.assessment, name="evaluation-assessment"),
    path("meja/menilai/<uuid:key>/pernyataan/", assessor.declare, name="evaluation-declare"),
    path("meja/menilai/<uuid:key>/nilai/", assessor.scoring, name="evaluation-scoring"),
    path("meja/menilai/<uuid:key>/nilai/simpan/", assessor.save_scores, name="evaluation-save-scores"),
    path("meja/menilai/<uuid:key>/selesai/", assessor.finish, name="evaluation-finish"),
    path("meja/menilai/<uuid:key>/rekomendasi/", assessor.advise, name="evaluation-advise"),
    path(
        "meja/menilai/<uuid:key>/rekomendasi/<uuid:advice>/hapus/",
        assessor.take_back,
        name="evaluation-take-back",
    ),
    # Recommendations, as the region follows them.
    path("meja/rekomendasi/", following.recommendations, name="evaluation-advice"),
    path("meja/rekomendasi/<uuid:key>/", following.one, name="evaluation-advice-one"),
    path("meja/rekomendasi/<uuid:key>/bagi/", following.give, name="evaluation-advice-give"),
    path("meja/rekomendasi/<uuid:key>/ubah/", following.move, name="evaluation-advice-move"),
    path("meja/rekomendasi/<uuid:key>/jawab/", following.answer, name="evaluation-advice-answer"),
    path("meja/rekomendasi/<uuid:key>/selesai/", following.close, name="evaluation-advice-close"),
    path("meja/rekomendasi/<uuid:key>/bukti/<uuid:paper>/", files.proof, name="evaluation-proof"),
]
