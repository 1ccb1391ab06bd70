"""What a reader says is wrong with a dataset, and what its producer answers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from balai.base.forms import Asked, LongText, needed
from balai.data.models import Feedback
from balai.data.rules.feedback import LEAST, MOST


class FeedbackForm(Asked):
    """A remark. `site` is a snare: people do not see it, programs fill it in."""

    kind = forms.ChoiceField(
        label=_("Apa yang keliru?"), choices=Feedback.Kind.choices, widget=forms.RadioSelect
    )
    text = LongText(
        label=_("Ceritakan"),
        required=True,
        rows=5,
        min_length=LEAST,
        max_length=MOST,
        help_text=_(
            "Sebut baris atau kolomnya, apa yang tertulis, dan apa yang seharusnya. "
            "Jangan tulis nama, nomor telepon, atau NIK siapa pun."
        ),
    )
    site = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)


class AnswerForm(Asked):
    """How far a remark has come, and the answer everybody reads."""

    state = forms.ChoiceField(
        label=_("Sampai mana?"),
        choices=[choice for choice in Feedback.State.choices if choice[0] != Feedback.State.NEW],
        widget=forms.RadioSelect,
    )
    answer = needed(
        LongText(
            label=_("Jawaban"),
            rows=4,
            max_length=MOST,
            help_text=_(
                "Semua pembaca melihat jawaban ini di halaman set datanya. Nama Anda tidak ditampilkan."
            ),
        ),
        _("wajib bila masukan ini selesai"),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        is_end = said.get("state") in (Feedback.State.MENDED, Feedback.State.KEPT)
        if is_end and not said.get("answer", "").strip():
            self.add_error("answer", _("Jawaban belum diisi. Tulis apa yang diperbaiki, atau mengapa tidak."))
        return said
