"""Small forms of services' pages: number and PIN, for whom, a QR point, a rating."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from balai.base.forms import Asked, LongText


class TrackForm(Asked):
    """What a case is followed with."""

    number = forms.CharField(
        label=_("Nomor berkas"),
        help_text=_("Misalnya ADU-202608-000012."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    pin = forms.CharField(
        label=_("PIN"),
        help_text=_("Enam angka pada tanda terima Anda."),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )


class ResumeForm(Asked):
    """What an unfinished form is taken up again with."""

    code = forms.CharField(
        label=_("Kode formulir"),
        help_text=_("Delapan huruf dan angka, misalnya K7PM-3XQA."),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    pin = forms.CharField(
        label=_("PIN"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )


class ForWhomForm(Asked):
    """Who a form is filled in for."""

    name = forms.CharField(label=_("Nama pemohon"), max_length=200)
    relation = forms.CharField(
        label=_("Hubungan Anda dengannya"),
        help_text=_("Misalnya anak, tetangga, ketua RT, atau petugas loket."),
        max_length=200,
        required=False,
    )


class MessageForm(Asked):
    """Something said about a case."""

    text = LongText(label=_("Pesan Anda"), max_length=10_000, required=True)


class FileForm(Asked):
    """A file put on a case."""

    file = forms.FileField(
        label=_("Berkas"), help_text=_("Foto, PDF, dokumen, atau tabel. Keterangan di dalam foto dibuang.")
    )


class RatingForm(Asked):
    """What the applicant thinks of how the case was handled."""

    score = forms.TypedChoiceField(
        label=_("Nilai"),
        coerce=int,
        choices=[
            (5, _("5 – sangat baik")),
            (4, _("4 – baik")),
            (3, _("3 – cukup")),
            (2, _("2 – kurang")),
            (1, _("1 – buruk")),
        ],
        widget=forms.RadioSelect,
    )
    text = LongText(label=_("Alasan"), max_length=10_000)


class PointForm(Asked):
    """A place that is given a QR code."""

    service = forms.ChoiceField(label=_("Layanan"))
    label = forms.CharField(
        label=_("Nama tempat"), help_text=_("Sebagaimana orang menyebutnya, misalnya Halte Alun-alun."),
        max_length=120,
    )  # fmt: skip
    address = forms.CharField(label=_("Alamat atau patokan"), max_length=300, required=False)
    latitude = forms.CharField(
        label=_("Lintang"), help_text=_("Derajat desimal, misalnya -7,9826."), max_length=20
    )
    longitude = forms.CharField(
        label=_("Bujur"), help_text=_("Derajat desimal, misalnya 112,6308."), max_length=20
    )

    PLACES = {"lintang": _("Lintang"), "bujur": _("Bujur")}

    def __init__(self, *args: Any, services: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.choose("service", services)
