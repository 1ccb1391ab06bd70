"""What officers, assessors and the nation fill in; each form makes what `changes` takes."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from balai.base.forms import Asked, LongText, needed
from balai.evaluation import changes
from balai.evaluation.models import Visit
from balai.plan.changes.uploads import Upload

type Choices = Iterable[tuple[str, Any]]


class MomentField(forms.DateTimeField):
    """A local instant to the second, with the browser's own clock and calendar."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(
            attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"
        )
        formats = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"]
        super().__init__(widget=widget, input_formats=formats, **options)


class DayField(forms.DateField):
    """A local day, with the browser's own calendar."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, input_formats=["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"], **options)


class Form(Asked):
    PLACES: Mapping[str, Any] = {"regions": _("Daerah"), "file": _("Berkas")}


class RoundForm(Form):
    title = forms.CharField(label=_("Nama tahap"), max_length=200)
    code = forms.SlugField(
        label=_("Kode"), max_length=60, help_text=_("Huruf kecil, angka, tanda hubung. Tidak dapat diganti.")
    )
    year = forms.IntegerField(label=_("Tahun"), min_value=2000, max_value=2100)
    instrument = forms.ChoiceField(
        label=_("Instrumen"), help_text=_("Disalin saat tahap dibuka; perubahan sesudahnya tidak ikut.")
    )
    previous = forms.ChoiceField(
        label=_("Tahap sebelumnya"),
        required=False,
        help_text=_("Jawaban dan nilainya ditampilkan di samping."),
    )
    opens_at = MomentField(label=_("Dibuka"))
    answers_due_at = MomentField(
        label=_("Batas penilaian mandiri"), help_text=_("Detik terakhir masih terhitung.")
    )
    scores_due_at = MomentField(label=_("Batas penilaian"))
    visits_from = MomentField(label=_("Kunjungan sejak"), required=False)
    visits_to = MomentField(label=_("Kunjungan sampai"), required=False)
    regions = forms.MultipleChoiceField(
        label=_("Daerah yang diundang"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, choices: Mapping[str, Choices], **options: Any) -> None:
        super().__init__(*args, **options)
        for name, each in choices.items():
            self.choose(name, each)

    def draft(self) -> changes.RoundDraft:
        said = self.cleaned_data
        return changes.RoundDraft(**{**said, "regions": tuple(said["regions"])})


class InviteForm(Form):
    regions = forms.MultipleChoiceField(label=_("Daerah"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, regions: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.choose("regions", regions)


class ExtendForm(Form):
    due_at = MomentField(label=_("Batas yang baru"))
    reason = forms.CharField(label=_("Alasan"), max_length=500)


class AssignForm(Form):
    assessor = forms.ChoiceField(label=_("Penilai"))

    def __init__(self, *args: Any, assessors: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.choose("assessor", assessors)


class VisitForm(Form):
    kind = forms.ChoiceField(label=_("Cara"), choices=Visit.Kind.choices)
    dimension = needed(
        forms.ChoiceField(label=_("Dimensi"), help_text=_("Satu tempat satu dimensi.")),
        _("wajib untuk tinjau lapang"),
    )
    place = forms.CharField(label=_("Tempat"), max_length=200)
    link = forms.URLField(label=_("Tautan pertemuan"), required=False, max_length=500, assume_scheme="https")
    starts_at = MomentField(label=_("Mulai"))
    ends_at = MomentField(label=_("Selesai"))

    def __init__(self, *args: Any, dimensions: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.choose("dimension", [("", "–"), *dimensions])

    def draft(self) -> changes.VisitDraft:
        return changes.VisitDraft(**self.cleaned_data)


class NotesForm(Form):
    notes = LongText(label=_("Yang dilihat dan didengar"), rows=8)
    version = forms.IntegerField(widget=forms.HiddenInput)


class PhotoForm(Form):
    file = forms.FileField(
        label=_("Foto"),
        widget=forms.FileInput(attrs={"accept": "image/*"}),
        help_text=_("Letak dan data kamera di dalam foto dihapus."),
    )
    caption = forms.CharField(label=_("Keterangan"), max_length=300, required=False)

    def upload(self) -> Upload:
        file = self.cleaned_data["file"]
        return Upload(file, file.name)


class InterestForm(Form):
    has_conflict = forms.ChoiceField(
        label=_("Apakah Anda punya konflik kepentingan dengan daerah ini?"),
        widget=forms.RadioSelect,
        choices=[("no", _("Tidak ada")), ("yes", _("Ada"))],
        help_text=_("Misalnya pernah bekerja di sana, punya keluarga yang menjabat, atau kontrak dengannya."),
    )
    conflict = needed(LongText(label=_("Ceritakan"), rows=3), _("wajib bila ada"))


class FinishForm(Form):
    strengths = needed(LongText(label=_("Kekuatan daerah ini"), rows=5))
    weaknesses = needed(LongText(label=_("Kelemahan daerah ini"), rows=5))


class AdviceForm(Form):
    text = needed(LongText(label=_("Rekomendasi"), rows=4))
    question = forms.ChoiceField(label=_("Tentang pertanyaan"), required=False)

    def __init__(self, *args: Any, questions: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.choose("question", [("", _("seluruhnya")), *questions])

    def draft(self, dimensions: Mapping[str, str]) -> changes.RecommendationDraft:
        said = self.cleaned_data
        return changes.RecommendationDraft(
            said["text"], said["question"], dimensions.get(said["question"], "")
        )


class TakeUpForm(Form):
    office = forms.ChoiceField(label=_("Penanggung jawab"))
    due_on = DayField(label=_("Tenggat"))

    def __init__(self, *args: Any, offices: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.choose("office", offices)


class MoveForm(TakeUpForm):
    reason = forms.CharField(label=_("Alasan"), max_length=500)
    version = forms.IntegerField(widget=forms.HiddenInput)


class FollowUpForm(Form):
    answer = needed(LongText(label=_("Apa yang sudah dilakukan?"), rows=5))
    version = forms.IntegerField(widget=forms.HiddenInput)


class ProofForm(Form):
    title = forms.CharField(label=_("Judul bukti"), max_length=300)
    link = needed(
        forms.URLField(label=_("Tautan"), max_length=500, assume_scheme="https"), _("wajib bila tanpa berkas")
    )
    file = needed(forms.FileField(label=_("Atau berkas")), _("wajib bila tanpa tautan"))

    def upload(self) -> Upload | None:
        file = self.cleaned_data["file"]
        return Upload(file, file.name) if file else None


class EvidenceForm(ProofForm):
    kind = forms.ChoiceField(label=_("Jenis bukti"))
    field_order = ("kind", "title", "link", "file")

    def __init__(self, *args: Any, kinds: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.choose("kind", kinds)


class ReasonForm(Form):
    reason = forms.CharField(label=_("Alasan"), max_length=500)


class ModerateForm(Form):
    value = forms.CharField(
        label=_("Nilai yang disepakati"), max_length=20, help_text=_("Misalnya 3 atau 3,25.")
    )
    reason = forms.CharField(label=_("Alasan"), max_length=500)


class SurveyForm(Form):
    title = forms.CharField(label=_("Nama survei"), max_length=200)
    code = forms.SlugField(
        label=_("Kode"), max_length=60, help_text=_("Bagian akhir alamatnya. Tidak dapat diganti.")
    )
    definition = forms.ChoiceField(label=_("Pertanyaan"))
    subject = forms.ChoiceField(label=_("Program atau rencana aksi yang ditanyakan"))
    dimensions = forms.MultipleChoiceField(
        label=_("Dimensi yang ditanyakan"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Kosongkan untuk dimensi programnya sendiri: sembilan pertanyaan tiap dimensi."),
    )
    opens_at = MomentField(label=_("Dibuka"))
    closes_at = MomentField(label=_("Ditutup"), help_text=_("Detik terakhir masih terhitung."))
    target = forms.IntegerField(label=_("Sasaran pengguna yang menjawab"), min_value=1)

    def __init__(self, *args: Any, choices: Mapping[str, Choices], **options: Any) -> None:
        super().__init__(*args, **options)
        for name, each in choices.items():
            self.choose(name, each)

    def draft(self, year: int) -> changes.SurveyDraft:
        said = self.cleaned_data
        return changes.SurveyDraft(**{**said, "dimensions": tuple(said["dimensions"]), "year": year})


class EndSurveyForm(Form):
    until = MomentField(label=_("Ditutup"))
    reason = forms.CharField(label=_("Alasan"), max_length=500)


class PrintForm(Form):
    count = forms.IntegerField(label=_("Banyaknya kode"), min_value=1)


class CodeForm(Form):
    printed = forms.CharField(
        label=_("Kode di kertas"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        help_text=_("Delapan huruf dan angka, seperti ABCD-2345."),
    )


class SurveyEmailForm(Form):
    email = forms.CharField(
        label=_("Surel Anda"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("Kami mengirim kode ke sana. Alamatnya tidak disimpan bersama jawaban."),
    )


class PinForm(Form):
    email = forms.CharField(widget=forms.HiddenInput, max_length=254)
    pin = forms.CharField(
        label=_("Kode dari surel"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
