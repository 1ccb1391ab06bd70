"""The personal data that One Data keeps of those who work on it."""

from balai.people.rules import PersonalData, declare

_GOVERNMENT = "Pemerintah daerah penerbit set data, melalui walidatanya"
_LAW = "UU 27/2022 Pasal 20 ayat (2) huruf e: pelaksanaan tugas dalam rangka kepentingan umum"
_KEPT = "Selama set data terbit, dan 10 tahun sesudahnya"

declare(
    PersonalData(
        "data.dataset",
        ("submitted_by", "checked_by"),
        _GOVERNMENT,
        _LAW,
        "Membuktikan siapa yang mengajukan set data dan siapa yang memeriksanya",
        _KEPT,
    )
)
declare(
    PersonalData(
        "data.datasetversion",
        ("published_by",),
        _GOVERNMENT,
        _LAW,
        "Membuktikan siapa yang menerbitkan sebuah versi",
        _KEPT,
    )
)
declare(
    PersonalData(
        "data.feedback",
        ("answered_by",),
        _GOVERNMENT,
        _LAW,
        "Menunjukkan siapa yang menjawab masukan atas sebuah set data",
        _KEPT,
    )
)
declare(
    PersonalData(
        "data.savedquery",
        ("owner_name",),
        "Pemerintah daerah tempat pertanyaan itu disimpan, melalui walidatanya",
        _LAW,
        "Menunjukkan siapa yang menyusun dan menjaga sebuah pertanyaan yang disimpan",
        "Selama pertanyaan itu disimpan",
    )
)
declare(
    PersonalData(
        "data.askeddataset",
        ("email", "email_index", "what", "why", "answered_by"),
        _GOVERNMENT,
        "UU 14/2008 Pasal 22: permintaan informasi publik dan jawabannya",
        "Membuktikan siapa yang meminta sebuah set data, dan mengirim jawabannya",
        "Alamat surel sampai satu tahun sesudah jawaban terakhir; permintaan tanpa bukti surel dua hari",
    )
)
