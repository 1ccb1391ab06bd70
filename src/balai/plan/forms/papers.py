"""What surrounds a plan: books, planning periods, bodies and their meetings, published figures, workbooks."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from balai.definitions.taxonomies import axis_set, terms
from balai.plan import changes
from balai.plan.forms.fields import Asked, DayField, LongText, NumberField, RupiahField, YearField
from balai.plan.models import Confidence
from balai.plan.reads import BodyRow


class BookForm(Asked):
    kind = forms.ChoiceField(label=_("Jenis buku"))
    title = forms.CharField(label=_("Judul"), max_length=300)
    file = forms.FileField(
        label=_("Berkas"), required=False, widget=forms.FileInput(attrs={"accept": "application/pdf"})
    )
    link = forms.URLField(
        label=_("Tautan"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("Isi salah satu: berkas atau tautan."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.choose("kind", [(term.key, str(term.name)) for term in terms("book-kinds").terms])


class PlanningPeriodForm(Asked):
    document = forms.ChoiceField(label=_("Dokumen"), choices=[("RPJMD", "RPJMD"), ("RPD", "RPD")])
    title = forms.CharField(label=_("Judul"), max_length=300)
    year_from = YearField(label=_("Tahun awal"))
    year_to = YearField(label=_("Tahun akhir"))
    source = forms.CharField(label=_("Sumber"), required=False, max_length=500)


class BodyForm(Asked):
    legal_basis = forms.CharField(label=_("Dasar hukum"), required=False, max_length=300)
    chair = forms.CharField(label=_("Ketua"), required=False, max_length=200)
    members = LongText(
        label=_("Anggota"), rows=6, max_length=10_000, help_text=_("Satu nama atau jabatan sebaris.")
    )

    def __init__(self, data: Any = None, files: Any = None, *, body: BodyRow | None, **options: Any) -> None:
        names = ("legal_basis", "chair", "members")
        initial = {name: getattr(body, name) for name in names} if body else {}
        super().__init__(data, files, initial=initial, **options)


class MeetingForm(Asked):
    held_on = DayField(label=_("Tanggal rapat"))
    place = forms.CharField(label=_("Tempat"), required=False, max_length=200)
    attendees = forms.IntegerField(
        label=_("Jumlah peserta"),
        required=False,
        min_value=0,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    decisions = LongText(label=_("Keputusan"), max_length=20_000)
    minutes = forms.FileField(
        label=_("Notula"), required=False, widget=forms.FileInput(attrs={"accept": "application/pdf"})
    )

    def __init__(self, data: Any = None, files: Any = None, *, today: date, **options: Any) -> None:
        super().__init__(data, files, initial={"held_on": today}, **options)


class FigureForm(Asked):
    """A figure that somebody published, exactly as it was published."""

    subject = forms.CharField(
        label=_("Tentang"),
        max_length=60,
        help_text=_("Tulis “realisation” untuk persen realisasi program; selain itu satu kata kunci."),
    )
    dimension = forms.ChoiceField(label=_("Dimensi"), required=False)
    title = forms.CharField(label=_("Judul angka"), max_length=300)
    year = YearField(label=_("Tahun"))
    value = NumberField(label=_("Nilai"), required=False)
    target = NumberField(label=_("Target"), required=False)
    budget = RupiahField(label=_("Anggaran"), required=False)
    unit = forms.CharField(
        label=_("Satuan"), required=False, max_length=60, help_text=_("Tulis “percent” untuk persen.")
    )
    owner_name = forms.CharField(label=_("Menurut siapa"), required=False, max_length=200)
    source = forms.CharField(label=_("Sumber"), max_length=500, help_text=_("Judul dokumen dan alamatnya."))
    published_on = DayField(label=_("Tanggal terbit"), required=False)
    confidence = forms.ChoiceField(label=_("Tingkat keyakinan"), choices=Confidence.choices)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        dimensions = [(each.key, str(each.name)) for each in axis_set().dimensions]
        self.choose("dimension", [("", _("seluruhnya")), *dimensions])

    def draft(self) -> changes.PublishedDraft:
        return changes.PublishedDraft(**self.cleaned_data)


class WorkbookForm(Asked):
    file = forms.FileField(
        label=_("Berkas Excel"),
        widget=forms.FileInput(
            attrs={"accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
        ),
        help_text=_("Templat yang sudah Anda isi, .xlsx."),
    )
