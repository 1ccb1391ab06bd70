"""Money of an action: lines, pledges, and what was spent or realised of them."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from balai.people import reads as people
from balai.plan import changes
from balai.plan.forms.fields import Asked, RupiahField
from balai.plan.models import Fund
from balai.plan.reads import ActionRow, FundLine, PlanRow
from balai.plan.rules.money import PLEDGED


class FundForm(Asked):
    """One line of money in a year from one source."""

    year = forms.TypedChoiceField(label=_("Tahun"), coerce=int)
    source = forms.ChoiceField(label=_("Sumber dana"), choices=Fund.Source.choices)
    code = forms.CharField(
        label=_("Kode sub-kegiatan"),
        required=False,
        max_length=40,
        help_text=_(
            "Hanya untuk APBD, misalnya 2.16.03.2.02.0010. Kode yang tidak kami kenal tetap disimpan."
        ),
    )
    partner = forms.ChoiceField(
        label=_("Mitra"), required=False, help_text=_("Hanya untuk CSR/TJSL dan mitra: siapa yang berjanji.")
    )
    is_in_kind = forms.BooleanField(
        label=_("Barang atau jasa"),
        required=False,
        help_text=_("Nilainya perkiraan, tidak dijumlahkan dengan uang."),
    )
    budget = RupiahField(label=_("Pagu atau janji"), help_text=_("Rupiah bulat; boleh ditulis 1,5 miliar."))
    spent = RupiahField(
        label=_("Realisasi"), required=False, help_text=_("Kosong berarti belum diketahui, bukan nol.")
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        plan: PlanRow,
        today: date,
        line: FundLine | None = None,
        **options: Any,
    ) -> None:
        super().__init__(data, files, initial=_as_written(line) or {"year": plan.year_on(today)}, **options)
        self.choose("year", [(year, str(year)) for year in plan.years])
        self.choose("partner", [("", "–"), *_partners(today)])

    def draft(self) -> changes.FundDraft:
        said = self.cleaned_data
        names = ("year", "source", "budget", "spent", "code", "is_in_kind")
        partner = UUID(said["partner"]) if said["partner"] else None
        return changes.FundDraft(**{name: said[name] for name in names}, partner=partner)


class PledgeForm(FundForm):
    """A pledge of CSR or of a partner, for an action chosen from the plan."""

    action = forms.ChoiceField(label=_("Rencana aksi"))

    def __init__(self, *args: Any, actions: Sequence[ActionRow], **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["code"]
        self.choose("source", [pair for pair in Fund.Source.choices if pair[0] in PLEDGED])
        self.choose("action", [(str(row.id), f"{row.code} – {row.title}") for row in actions])
        self.order_fields(["action", "partner", "source", "year", "budget"])
        self.fields["budget"].label = _("Nilai janji")

    def draft(self) -> changes.FundDraft:
        self.cleaned_data.setdefault("code", "")
        return super().draft()


class SpendingForm(Asked):
    spent = RupiahField(
        label=_("Realisasi sejak 1 Januari"), help_text=_("Rupiah bulat; boleh ditulis 1,5 miliar.")
    )


def _as_written(line: FundLine | None) -> dict[str, Any]:
    if line is None:
        return {}
    names = ("year", "source", "code", "is_in_kind", "budget", "spent")
    return {name: getattr(line, name) for name in names} | {"partner": str(line.partner_id or "")}


def _partners(today: date) -> list[tuple[str, str]]:
    return [(str(key), name) for key, name in people.partners(today).values_list("pk", "name")]
