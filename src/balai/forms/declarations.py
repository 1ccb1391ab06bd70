"""The personal data of unfinished forms."""

from balai.people.rules import PersonalData, declare

declare(
    PersonalData(
        "forms.formdraft",
        ("answers", "owner", "filed_by", "filed_by_name", "for_whom"),
        "Pemerintah daerah yang menyelenggarakan layanan yang formulirnya sedang diisi",
        "UU 27/2022 Pasal 20 ayat (2) huruf a: persetujuan warga saat mengisi dan menyimpan",
        "Melanjutkan pengisian formulir yang belum selesai",
        "30 hari sejak terakhir disimpan, atau sampai formulirnya dikirim atau dibuang; dihapus sendiri",
    )
)
declare(
    PersonalData(
        "forms.draftfile",
        ("file",),
        "Pemerintah daerah yang menyelenggarakan layanan yang formulirnya sedang diisi",
        "UU 27/2022 Pasal 20 ayat (2) huruf a: persetujuan warga saat mengisi dan menyimpan",
        "Menyertakan berkas pada formulir yang belum selesai",
        "Sama dengan formulirnya",
    )
)
