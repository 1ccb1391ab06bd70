"""The plan itself: masterplan, programme, adoption, stage, and the part in a shared programme."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from balai.base.forms import needed
from balai.definitions.kinds import load
from balai.definitions.taxonomies import AXES
from balai.plan import changes
from balai.plan.forms.fields import Asked, DayField, LongText, YearField
from balai.plan.models import Confidence, Origin
from balai.plan.reads import PlanRow, ProgrammeRow, Provenance


class Told(Asked):
    """A form on something that says where it comes from."""

    origin = forms.ChoiceField(
        label=_("Asal catatan"),
        choices=Origin.choices,
        initial=Origin.RECORD,
        help_text=_(
            "Ilustrasi ditandai di setiap halaman dan tidak pernah dijumlahkan dengan catatan nyata."
        ),
    )
    source = needed(forms.CharField(label=_("Sumber"), max_length=500), _("wajib untuk fakta terbit"))
    confidence = forms.ChoiceField(
        label=_("Tingkat keyakinan"),
        required=False,
        choices=[("", _("tidak dinyatakan")), *Confidence.choices],
    )

    SOURCE = (_("Asal"), ("origin", "source", "confidence"))
    GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (SOURCE,)

    @staticmethod
    def as_told(told: Provenance) -> dict[str, str]:
        return {"origin": told.origin, "source": told.source, "confidence": told.confidence}


class MasterplanForm(Told):
    title = forms.CharField(label=_("Judul"), max_length=300)
    year_from = YearField(label=_("Tahun awal"))
    year_to = YearField(label=_("Tahun akhir"))
    legal_basis = forms.CharField(
        label=_("Dasar hukum"),
        required=False,
        max_length=300,
        help_text=_("Misalnya Perwal Nomor 43 Tahun 2020. Wajib sebelum ditetapkan."),
    )
    vision = LongText(label=_("Visi"), max_length=20_000)
    axis_set = forms.ChoiceField(label=_("Perangkat dimensi"), initial="national")

    def __init__(self, *args: Any, region: str, plan: PlanRow | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.region = plan.region_code if plan else region
        self.choose("axis_set", [(code, str(each.value.name)) for code, each in load(AXES).items()])
        if plan and not self.is_bound:
            names = ("title", "year_from", "year_to", "legal_basis", "vision", "axis_set")
            self.initial = {name: getattr(plan, name) for name in names} | self.as_told(plan.provenance)

    def draft(self) -> changes.MasterplanDraft:
        return changes.MasterplanDraft(region_code=self.region, **self.cleaned_data)


class ProgrammeForm(Told):
    code = forms.CharField(label=_("Kode"), max_length=40, help_text=_("Sekali saja dalam satu rencana."))
    title = forms.CharField(label=_("Judul"), max_length=300)
    goal = LongText(label=_("Tujuan"), max_length=20_000)
    rpjmd_code = forms.CharField(label=_("Kode program RPJMD/Renstra"), required=False, max_length=40)

    def __init__(self, *args: Any, programme: ProgrammeRow | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        if programme and not self.is_bound:
            names = ("code", "title", "goal", "rpjmd_code")
            self.initial = {name: getattr(programme, name) for name in names}
            self.initial |= self.as_told(programme.provenance)

    def draft(self) -> changes.ProgrammeDraft:
        return changes.ProgrammeDraft(**self.cleaned_data)


class AdoptForm(Asked):
    """The day of the decision."""

    on = DayField(
        label=_("Tanggal penetapan"), help_text=_("Hari keputusan itu, bukan hari Anda mencatatnya.")
    )

    def __init__(self, data: Any = None, files: Any = None, *, today: date, **options: Any) -> None:
        super().__init__(data, files, initial={"on": today}, **options)
        self.today = today

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        if day > self.today:
            raise forms.ValidationError(_("Hari ini belum tiba. Catat penetapan sesudah keputusannya."))
        return day


class StageForm(Asked):
    title = forms.CharField(label=_("Judul tahap"), max_length=200, help_text=_("Misalnya Tahap I 2026."))
    year = forms.TypedChoiceField(label=_("Tahun target"), coerce=int)

    def __init__(
        self, data: Any = None, files: Any = None, *, plan: PlanRow, today: date, **options: Any
    ) -> None:
        super().__init__(data, files, initial={"year": plan.year_on(today)}, **options)
        self.choose("year", [(year, str(year)) for year in plan.years])


class PartForm(Asked):
    part = LongText(
        label=_("Bagian daerah Anda"),
        required=True,
        rows=6,
        max_length=20_000,
        help_text=_("Apa yang dikerjakan daerah Anda dalam program bersama ini."),
    )
