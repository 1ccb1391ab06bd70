"""Handing in the rows of a new version."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from balai.base.forms import Asked, LongText


class RowsForm(Asked):
    """A CSV file, what it speaks of, and which version it corrects."""

    file = forms.FileField(
        label=_("Berkas CSV"),
        help_text=_(
            "Baris pertama berisi nama kolom. Simpan dari Excel sebagai “CSV UTF-8”. "
            "Isinya seluruh baris set data, bukan hanya yang baru."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )
    period = forms.CharField(
        label=_("Periode"),
        max_length=40,
        help_text=_("Waktu yang diceritakan barisnya, misalnya 2026, 2026-T1, atau 2026-03."),
    )
    corrects = forms.ChoiceField(
        label=_("Mengoreksi versi"),
        required=False,
        help_text=_("Pilih hanya bila versi yang sudah terbit ternyata salah."),
    )
    reason = LongText(
        label=_("Alasan koreksi"),
        rows=2,
        max_length=1000,
        help_text=_(
            "Wajib bila mengoreksi: apa yang salah, siapa yang menemukannya. Semua pembaca melihatnya."
        ),
    )

    def __init__(
        self, data: Any = None, files: Any = None, *, versions: Sequence[tuple[int, str]], **more: Any
    ) -> None:
        super().__init__(data, files, **more)
        choices = [("", _("tidak, ini data baru"))]
        self.choose("corrects", choices + [(str(number), words) for number, words in versions])
        if not versions:
            del self.fields["corrects"], self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("corrects") and not said.get("reason", "").strip():
            self.add_error("reason", _("Alasan koreksi belum diisi. Tulis apa yang salah."))
        return said
