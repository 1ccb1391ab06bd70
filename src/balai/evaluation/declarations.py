"""The personal data that the evaluation keeps: who answered, judged, decided."""

from balai.people.rules import PersonalData, declare

_NATION = "Kementerian penyelenggara penilaian, melalui pengelola nasional"
_GOVERNMENT = "Pemerintah daerah yang dinilai"
_LAW = "UU 27/2022 Pasal 20 ayat (2) huruf e: pelaksanaan tugas dalam rangka kepentingan umum"
_KEPT = "10 tahun setelah tahapnya dibekukan"

for table, fields, controller, purpose in (
    (
        "evaluation.assessment",
        ("assessor_id_text", "assessor_name", "conflict"),
        _NATION,
        "Membuktikan siapa yang menilai dan bahwa ia tidak punya konflik kepentingan",
    ),
    ("evaluation.extension", ("given_by",), _NATION, "Membuktikan siapa yang memberi perpanjangan"),
    (
        "evaluation.return",
        ("returned_by",),
        _NATION,
        "Membuktikan siapa yang mengembalikan penilaian mandiri",
    ),
    (
        "evaluation.innerscore",
        ("scored_by", "scored_by_id_text"),
        _GOVERNMENT,
        "Membuktikan siapa penilai internalnya",
    ),
    ("evaluation.survey", ("opened_by",), _GOVERNMENT, "Membuktikan siapa yang membuka survei"),
    ("evaluation.moderation", ("settled_by",), _NATION, "Membuktikan siapa yang menetapkan nilai"),
    ("evaluation.result", ("frozen_by",), _NATION, "Membuktikan siapa yang membekukan hasil"),
    ("evaluation.publishedresult", ("imported_by",), _NATION, "Membuktikan siapa yang mengimpor hasil"),
    (
        "evaluation.participation",
        ("submitted_by",),
        _GOVERNMENT,
        "Membuktikan siapa yang mengirim penilaian mandiri",
    ),
    (
        "evaluation.answer",
        ("answered_by", "answered_by_id_text", "confirmed_by", "confirmed_by_id_text"),
        _GOVERNMENT,
        "Membuktikan siapa yang menjawab dan siapa yang memeriksanya",
    ),
    ("evaluation.answerevidence", ("added_by",), _GOVERNMENT, "Membuktikan siapa yang menyerahkan bukti"),
    ("evaluation.followup", ("answered_by",), _GOVERNMENT, "Membuktikan siapa yang menindaklanjuti"),
    ("evaluation.followupevidence", ("added_by",), _GOVERNMENT, "Membuktikan siapa yang menyerahkan bukti"),
):
    declare(PersonalData(table, fields, controller, _LAW, purpose, _KEPT))

declare(
    PersonalData(
        "evaluation.surveypass",
        ("index", "letter"),
        "Pemerintah daerah yang mengadakan survei",
        "UU 27/2022 Pasal 20 ayat (2) huruf a: persetujuan penjawab saat meminta kode",
        "Menjaga agar satu kontak menjawab satu kali; tidak tersambung dengan jawabannya",
        "Alamatnya hilang begitu kode terkirim; sidiknya dihapus 30 hari setelah survei ditutup",
    )
)
