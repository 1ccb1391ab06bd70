"""Asking for a dataset that is missing, and answering it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from balai.base.forms import Asked, LongText, needed
from balai.data.models import AskedDataset
from balai.data.rules.asked import LEAST, MOST, MOST_TITLE


class WishForm(Asked):
    """A wish. `site` is a snare: people do not see it, programs fill it in."""

    what = LongText(
        label=_("Data apa yang Anda cari?"),
        required=True,
        rows=4,
        min_length=LEAST,
        max_length=MOST,
        help_text=_("Sebut kolomnya, wilayahnya, dan tahunnya. Jangan tulis nama atau NIK siapa pun."),
    )
    why = LongText(
        label=_("Mengapa data ini diperlukan?"), required=True, rows=3, min_length=LEAST, max_length=MOST
    )
    use = forms.ChoiceField(
        label=_("Dipakai untuk apa?"), choices=AskedDataset.Use.choices, widget=forms.RadioSelect
    )
    email = forms.EmailField(
        label=_("Surel Anda"),
        max_length=254,
        help_text=_("Kami kirim surel untuk membuktikannya, lalu jawabannya. Tidak diterbitkan."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    site = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, *given: Any, has_account: bool = False, **named: Any) -> None:
        super().__init__(*given, **named)
        if has_account:
            del self.fields["email"]


class WishAnswerForm(Asked):
    """What the steward answers; which fields are needed follows from the first."""

    state = forms.ChoiceField(
        label=_("Jawaban Anda"),
        choices=[
            (AskedDataset.State.ACCEPTED, _("Diterima: sebuah kantor menyiapkannya")),
            (AskedDataset.State.REFUSED, _("Ditolak: ada alasan menurut hukum")),
            (AskedDataset.State.PUBLISHED, _("Sudah terbit: tunjukkan set datanya")),
        ],
        widget=forms.RadioSelect,
    )
    title = forms.CharField(
        label=_("Judul yang dilihat semua orang"),
        max_length=MOST_TITLE,
        help_text=_("Data apa yang diminta, tanpa nama orang. Kata-kata pemintanya tidak diterbitkan."),
    )
    answer = needed(
        LongText(label=_("Penjelasan untuk semua pembaca"), rows=4, max_length=MOST),
        _("wajib bila ditolak"),
    )
    office = needed(forms.ChoiceField(label=_("Bila diterima: kantor yang menyiapkan")))
    planned_on = needed(
        forms.DateField(
            label=_("Bila diterima: kira-kira terbit pada"),
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        )
    )
    ground = needed(forms.ChoiceField(label=_("Bila ditolak: alasannya")))
    dataset = needed(forms.ChoiceField(label=_("Bila sudah terbit: set datanya")))
    version = forms.IntegerField(widget=forms.HiddenInput)
