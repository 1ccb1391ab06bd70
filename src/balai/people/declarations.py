"""The personal data that `people` keeps, and the floors and libraries below it."""

from balai.people.rules import PersonalData, declare

_GOVERNMENT = "Pemerintah daerah tempat akun dipakai, melalui dinas komunikasi dan informatika"
_STAFF_LAW = "UU 27/2022 Pasal 20 ayat (2) huruf e: pelaksanaan tugas dalam rangka kepentingan umum"
_CONSENT = "UU 27/2022 Pasal 20 ayat (2) huruf a: persetujuan warga saat mengisi"
_DUTY = "UU 27/2022 Pasal 20 ayat (2) huruf c: pemenuhan kewajiban hukum pengendali data"

for _declaration in (
    PersonalData(
        "people.account",
        ("email", "name"),
        _GOVERNMENT,
        f"{_STAFF_LAW}; untuk warga: persetujuan saat mendaftar",
        "Mengenali siapa yang masuk dan siapa yang bertindak",
        "Selama akun ada; setelah akun dihapus nama dan surel dikosongkan",
    ),
    PersonalData(
        "people.membership",
        ("account", "position"),
        _GOVERNMENT,
        _STAFF_LAW,
        "Menentukan hak petugas menurut jabatan dan masa jabatannya",
        "10 tahun setelah jabatan berakhir, sebagai bukti siapa berwenang pada saat suatu tindakan",
    ),
    PersonalData(
        "people.residentprofile",
        ("account", "nik_sealed", "nik_index", "phone"),
        _GOVERNMENT,
        _CONSENT,
        "Mencocokkan warga dengan layanan yang ia minta dan menghubunginya",
        "Sampai warga meminta penghapusan atau menutup akunnya",
    ),
    PersonalData(
        "people.datarequest",
        ("account", "text", "answer", "answered_by"),
        _GOVERNMENT,
        _DUTY,
        "Menjawab permintaan warga atas datanya dan membuktikan jawabannya",
        "5 tahun setelah dijawab",
    ),
    PersonalData(
        "people.accesslog",
        ("actor_id_text", "actor_name", "subject"),
        _GOVERNMENT,
        _DUTY,
        "Menunjukkan kepada seseorang siapa yang melihat datanya",
        "5 tahun",
    ),
    PersonalData(
        "people.rolerequest",
        ("requested_by", "decided_by"),
        _GOVERNMENT,
        _STAFF_LAW,
        "Membuktikan bahwa peran berkuasa diberikan oleh dua orang",
        "10 tahun setelah diputuskan",
    ),
    PersonalData(
        "people.partner",
        ("contact",),
        _GOVERNMENT,
        "UU 27/2022 Pasal 20 ayat (2) huruf b: pelaksanaan perjanjian dengan mitra",
        "Menghubungi mitra program",
        "Selama kemitraan dan 5 tahun sesudahnya",
    ),
    PersonalData(
        "people.programkey",
        ("account", "name", "last_used_on"),
        _GOVERNMENT,
        _STAFF_LAW,
        "Mengenali program yang bertindak atas nama sebuah akun; kuncinya sendiri tidak disimpan",
        "1 tahun setelah kunci dicabut atau habis masanya",
    ),
    PersonalData(
        "definitions.tableamendment",
        ("proposed_by", "proposed_by_name", "decided_by", "decided_by_name"),
        _GOVERNMENT,
        _STAFF_LAW,
        "Membuktikan bahwa baris yang berlaku diusulkan dan disetujui oleh dua orang",
        "Selama barisnya tersimpan, dan 10 tahun sesudah tidak berlaku",
    ),
    PersonalData(
        "base.storedfile",
        ("stored_by", "name"),
        _GOVERNMENT,
        _STAFF_LAW,
        "Mengetahui siapa yang menyerahkan sebuah berkas; nama berkas dapat memuat nama orang",
        "Selama berkasnya tersimpan",
    ),
    PersonalData(
        "base.idempotencykey",
        ("account", "body"),
        _GOVERNMENT,
        _STAFF_LAW,
        "Menjawab kiriman yang terulang dengan jawaban yang sama",
        "7 hari, lalu dihapus sendiri",
    ),
    PersonalData(
        "sessions.session",
        ("session_data",),
        _GOVERNMENT,
        _DUTY,
        "Mengenali siapa yang sudah masuk",
        "14 hari sejak dipakai terakhir, atau sampai keluar; dihapus sendiri setiap malam",
    ),
    PersonalData(
        "socialaccount.socialaccount",
        ("user", "uid", "extra_data"),
        _GOVERNMENT,
        _STAFF_LAW,
        "Mengenali siapa yang masuk melalui sistem lain",
        "Selama akun ada, atau sampai sambungannya dilepas",
    ),
    PersonalData(
        "account.emailaddress",
        ("user", "email"),
        _GOVERNMENT,
        f"{_STAFF_LAW}; untuk warga: persetujuan saat mendaftar",
        "Masuk dan menerima pemberitahuan keamanan",
        "Selama akun ada",
    ),
    PersonalData(
        "mfa.authenticator",
        ("user", "data"),
        _GOVERNMENT,
        _DUTY,
        "Memastikan bahwa hanya pemilik akun yang masuk",
        "Sampai faktor kedua dilepas atau akun dihapus",
    ),
    PersonalData(
        "base.journalentry",
        ("actor_name", "actor_id_text"),
        _GOVERNMENT,
        _DUTY,
        "Membuktikan siapa melakukan apa",
        "10 tahun, tidak dapat diubah",
    ),
):
    declare(_declaration)
