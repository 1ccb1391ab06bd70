"""The personal data that services keep."""

from balai.people.rules import PersonalData, declare

_WHO = "Pemerintah daerah yang menyelenggarakan layanan"
_LAW = "UU 27/2022 Pasal 20 ayat (2) huruf d dan e: pelayanan publik menurut UU 25/2009"
_KEPT = "Menurut blok retention pada berkas layanannya, dihitung sejak berkasnya ditutup"

for table, fields, purpose in (
    (
        "services.case",
        (
            "owner",
            "contact",
            "pin_hash",
            "filed_by",
            "filed_by_name",
            "for_whom",
            "officer",
            "officer_name",
            "personal",
            "longitude",
            "latitude",
        ),
        "Melayani permohonan dan pengaduan, dan memberi tahu pemohon",
    ),
    ("services.casekey", ("value",), "Menemukan kembali berkas seseorang lewat indeks buta"),
    ("services.casemove", ("actor_id_text", "actor_name"), "Membuktikan siapa yang memindahkan berkas"),
    ("services.caseinput", ("personal",), "Menyimpan jawaban dan keputusan pada berkas"),
    (
        "services.casetask",
        ("note", "done_by", "done_by_name"),
        "Membuktikan siapa yang mengerjakan bagiannya",
    ),
    ("services.route", ("actor_id_text", "actor_name"), "Membuktikan siapa yang meneruskan berkas"),
    ("services.comment", ("text", "author_id_text", "author_name"), "Tanya jawab tentang berkas"),
    ("services.casefile", ("file", "added_by", "added_by_name"), "Menyertakan bukti pada berkas"),
    ("services.notice", ("account", "address", "text"), "Memberi tahu pemohon dan petugas"),
    ("services.rating", ("text",), "Menilai mutu layanan"),
    ("services.point", ("made_by", "made_by_name"), "Membuktikan siapa yang memasang titik QR"),
    ("services.savedlist", ("account",), "Menyimpan saringan daftar milik petugas"),
    ("services.follower", ("account",), "Memberi tahu orang yang ikut melaporkan hal yang sama"),
    ("services.webhook", ("made_by", "made_by_name"), "Membuktikan siapa yang menyambungkan sistem lain"),
):
    declare(PersonalData(table, fields, _WHO, _LAW, purpose, _KEPT))
