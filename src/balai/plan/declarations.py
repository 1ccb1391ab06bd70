"""The personal data that the plan keeps: who reported, verified and froze."""

from balai.people.rules import PersonalData, declare

_GOVERNMENT = "Pemerintah daerah pemilik rencana induk, melalui pengelola programnya"
_LAW = "UU 27/2022 Pasal 20 ayat (2) huruf e: pelaksanaan tugas dalam rangka kepentingan umum"

declare(
    PersonalData(
        "plan.report",
        ("reported_by", "verified_by"),
        _GOVERNMENT,
        _LAW,
        "Membuktikan siapa yang melaporkan capaian dan siapa yang memeriksanya",
        "10 tahun setelah rencana induk berakhir",
    )
)
declare(
    PersonalData(
        "plan.stage",
        ("frozen_by",),
        _GOVERNMENT,
        _LAW,
        "Membuktikan siapa yang membekukan nilai sebuah tahap",
        "10 tahun setelah rencana induk berakhir",
    )
)
