"""An action of a draft: shares in dimensions as fractions, a target a year, helpers; a quick win's story."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from balai.definitions.taxonomies import axis_set, terms
from balai.people import reads as people
from balai.plan import changes
from balai.plan.forms.fields import Asked, DayField, LongText, NumberField, Rows, ShareField
from balai.plan.forms.plans import Told
from balai.plan.models import Action
from balai.plan.reads import ActionStory, Choice, PlanRow, QuickWinRow

_NOBODY = ("", "–")


class SupportForm(forms.Form):
    """One helper: an office or a partner, chosen from one list."""

    who = forms.ChoiceField(label=_("Pendukung"), required=False)
    role = forms.CharField(label=_("Perannya"), required=False, max_length=200)

    def __init__(self, *args: Any, choices: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["who"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("role") and not said.get("who"):
            self.add_error("who", _("Pilih siapa yang berperan itu."))
        return said


class ActionForm(Told):
    """Everything an action says of itself; `version` is the one the officer saw."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    code = forms.CharField(label=_("Kode"), max_length=40, help_text=_("Menjadi alamat rencana aksi ini."))
    title = forms.CharField(label=_("Judul"), max_length=300)
    description = LongText(label=_("Uraian"), max_length=20_000)
    family = forms.ChoiceField(label=_("Kelompok"), choices=Action.Family.choices)
    indicator = forms.CharField(label=_("Indikator"), max_length=300, help_text=_("Apa yang dihitung."))
    unit = forms.CharField(label=_("Satuan"), max_length=60)
    direction = forms.ChoiceField(
        label=_("Arah"),
        choices=Action.Direction.choices,
        initial=Action.Direction.UP,
        widget=forms.RadioSelect,
    )
    measured_by = forms.ChoiceField(
        label=_("Cara capaian diketahui"),
        required=False,
        help_text=_(
            "Indikator menghitung capaian dari catatan Satu Data. Satuan dan arahnya harus sama, "
            "dan tiap tahun yang direncanakan punya target angka."
        ),
    )
    baseline = NumberField(label=_("Nilai awal"), required=False)
    weight = NumberField(label=_("Bobot"), initial="1", help_text=_("1 bila semua sama penting."))
    owner = forms.ChoiceField(label=_("Perangkat daerah penanggung jawab"), required=False)
    owner_name = forms.CharField(
        label=_("Penanggung jawab menurut sumber"),
        required=False,
        max_length=200,
        help_text=_("Bila perangkat daerahnya tidak ada dalam daftar."),
    )
    starts_on = DayField(label=_("Mulai"), required=False)
    ends_on = DayField(label=_("Selesai"), required=False)
    is_quick_win = forms.BooleanField(label=_("Program unggulan (quick win)"), required=False)
    place_name = forms.CharField(label=_("Tempat"), required=False, max_length=200)
    latitude = NumberField(label=_("Lintang"), required=False, help_text=_("Misalnya -7,9826."))
    longitude = NumberField(label=_("Bujur"), required=False, help_text=_("Misalnya 112,6308."))

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        plan: PlanRow,
        today: date,
        indicators: Sequence[Choice],
        story: ActionStory | None = None,
        initial: Mapping[str, Any] | None = None,
        supports: list[Mapping[str, Any]] | None = None,
    ) -> None:
        start = dict(initial or _as_planned(story))
        super().__init__(data, files, initial=start)
        self.plan = plan
        self.dimensions = axis_set(plan.axis_set).dimensions
        self._add_shares()
        self._add_targets()
        self._group()
        self.choose("measured_by", ways_to_know(indicators, story.row.measured_by if story else ""))
        self.choose("owner", [_NOBODY, *_offices(today, story)])
        self.rows = Rows(
            SupportForm,
            "supports",
            _("Pendukung"),
            start=supports if supports is not None else _helpers(story),
            data=data,
            choices=_supporters(today, story),
        )

    def _add_shares(self) -> None:
        for each in self.dimensions:
            self.fields[f"share_{each.key}"] = ShareField(label=str(each.name))
            parts = [("", gettext("seluruh dimensi")), *((part.key, str(part.name)) for part in each.parts)]
            self.fields[f"sub_{each.key}"] = forms.ChoiceField(
                label=gettext("Sub-dimensi %(name)s") % {"name": each.name}, choices=parts, required=False
            )

    def _add_targets(self) -> None:
        for year in self.plan.years:
            self.fields[f"target_{year}"] = NumberField(
                label=gettext("Target %(year)d") % {"year": year}, required=False
            )
            self.fields[f"planned_{year}"] = forms.BooleanField(
                label=gettext("%(year)d direncanakan, diukur dengan persen fisik") % {"year": year},
                required=False,
            )

    def _group(self) -> None:
        shares = tuple(f"{kind}_{each.key}" for each in self.dimensions for kind in ("share", "sub"))
        targets = tuple(f"{kind}_{year}" for year in self.plan.years for kind in ("target", "planned"))
        self.GROUPS = (
            (_("Dimensi: bagian-bagiannya berjumlah tepat 1"), shares),
            (_("Target tiap tahun: kosong berarti tidak direncanakan"), targets),
            (_("Siapa"), ("owner", "owner_name")),
            (_("Kapan dan di mana"), ("starts_on", "ends_on", "place_name", "latitude", "longitude")),
            self.SOURCE,
        )

    def draft(self) -> changes.ActionDraft:
        said = self.cleaned_data
        plain = (
            "code title family indicator unit description direction measured_by baseline weight owner_name "
            "starts_on ends_on is_quick_win place_name latitude longitude origin source confidence"
        )
        return changes.ActionDraft(
            **{name: said[name] for name in plain.split()},
            shares=tuple(self._shares()),
            targets=self._targets(),
            owner=UUID(said["owner"]) if said["owner"] else None,
            supports=tuple(_support(row) for row in self.rows.values()) if self.rows else (),
        )

    def _shares(self) -> list[changes.ShareDraft]:
        parts: list[tuple[str, Fraction]] = [
            (each.key, self.cleaned_data[f"share_{each.key}"])
            for each in self.dimensions
            if self.cleaned_data[f"share_{each.key}"] is not None
        ]
        return [
            changes.ShareDraft(key, part.numerator, part.denominator, self.cleaned_data[f"sub_{key}"])
            for key, part in parts
        ]

    def _targets(self) -> dict[int, Any]:
        said = self.cleaned_data
        return {
            year: said[f"target_{year}"]
            for year in self.plan.years
            if said[f"target_{year}"] is not None or said[f"planned_{year}"]
        }


class TieForm(Asked):
    """How the progress of one action becomes known: typed in reports, or computed by an indicator."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    measured_by = forms.ChoiceField(label=_("Cara capaian diketahui"), required=False)

    def __init__(
        self, data: Any = None, files: Any = None, *, story: ActionStory, indicators: Sequence[Choice]
    ) -> None:
        row = story.row
        super().__init__(data, files, initial={"version": row.version, "measured_by": row.measured_by})
        self.choose("measured_by", ways_to_know(indicators, row.measured_by))


def ways_to_know(indicators: Sequence[Choice], now: str) -> list[tuple[str, str]]:
    """Return the choices: typed, each indicator with unit and direction, and the present one if gone."""
    arrows = {"up": gettext("makin tinggi makin baik"), "down": gettext("makin rendah makin baik")}
    found = {
        each.code: f"{each.title} ({each.unit}, {arrows.get(each.direction, each.direction)})"
        for each in indicators
    }
    if now:
        found.setdefault(now, gettext("%(code)s (tidak ada lagi)") % {"code": now})
    return [("", gettext("Diketik dalam laporan")), *found.items()]


class RiskForm(forms.Form):
    risk = forms.CharField(label=_("Risiko"), required=False, max_length=2_000)
    mitigation = forms.CharField(label=_("Penanganannya"), required=False, max_length=2_000)

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("mitigation") and not said.get("risk"):
            self.add_error("risk", _("Tulis risikonya."))
        return said


class QuickWinForm(Asked):
    """The story, the ten elements and the risks of a quick win."""

    story = LongText(
        label=_("Cerita"), rows=6, max_length=20_000, help_text=_("Apa yang berubah bagi warga.")
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        told: QuickWinRow | None,
        initial: Mapping[str, Any] | None = None,
        risks: list[Mapping[str, Any]] | None = None,
    ) -> None:
        self.elements = terms("quick-win-elements").terms
        super().__init__(data, files, initial=dict(initial or _as_told(told)))
        for term in self.elements:
            self.fields[f"element_{term.key}"] = LongText(label=str(term.name), rows=3, max_length=10_000)
        self.GROUPS = ((_("Sepuluh unsur"), tuple(f"element_{term.key}" for term in self.elements)),)
        known = [{"risk": each.risk, "mitigation": each.mitigation} for each in told.risks] if told else []
        self.rows = Rows(
            RiskForm, "risks", _("Risiko"), start=risks if risks is not None else list(known), data=data
        )

    def draft(self) -> changes.QuickWinDraft:
        said = self.cleaned_data
        rows = self.rows.values() if self.rows else []
        return changes.QuickWinDraft(
            said["story"],
            {term.key: said[f"element_{term.key}"] for term in self.elements if said[f"element_{term.key}"]},
            tuple((row["risk"], row["mitigation"]) for row in rows),
        )


def _as_planned(story: ActionStory | None) -> dict[str, Any]:
    if story is None:
        return {}
    row = story.row
    names = (
        "version code title family indicator unit direction measured_by baseline weight is_quick_win "
        "place_name latitude longitude"
    )
    return (
        {name: getattr(row, name) for name in names.split()}
        | Told.as_told(row.provenance)
        | {"description": story.description, "starts_on": story.starts_on, "ends_on": story.ends_on}
        | {"owner": str(row.owner_id or ""), "owner_name": "" if row.owner_id else row.owner_name}
        | {f"share_{share.dimension}": share.part for share in row.shares}
        | {f"sub_{share.dimension}": share.sub_dimension for share in row.shares}
        | {f"target_{target.year}": target.value for target in story.targets}
        | {f"planned_{target.year}": target.value is None for target in story.targets}
    )


def _as_told(told: QuickWinRow | None) -> dict[str, Any]:
    if told is None:
        return {}
    return {"story": told.story} | {f"element_{key}": text for key, text in told.elements.items()}


def _helpers(story: ActionStory | None) -> list[Mapping[str, Any]]:
    return [
        {"who": f"office:{row.office_id}" if row.office_id else f"partner:{row.partner_id}", "role": row.role}
        for row in (story.supports if story else ())
    ]


def _support(row: Mapping[str, Any]) -> changes.SupportDraft:
    kind, _colon, key = row["who"].partition(":")
    return changes.SupportDraft(**{kind: UUID(key)}, role=row["role"])


def _offices(today: date, story: ActionStory | None) -> list[tuple[str, str]]:
    """Return the offices of today, and the owner where it has closed since."""
    found = {str(key): name for key, name in people.offices(today).values_list("pk", "name")}
    if story and story.row.owner_id:
        found.setdefault(str(story.row.owner_id), story.row.owner_name)
    return list(found.items())


def _supporters(today: date, story: ActionStory | None) -> list[Any]:
    offices = {f"office:{key}": name for key, name in people.offices(today).values_list("pk", "name")}
    partners = {f"partner:{key}": name for key, name in people.partners(today).values_list("pk", "name")}
    for row in story.supports if story else ():
        if row.office_id:
            offices.setdefault(f"office:{row.office_id}", row.name)
        else:
            partners.setdefault(f"partner:{row.partner_id}", row.name)
    return [
        _NOBODY,
        (gettext("Perangkat daerah"), list(offices.items())),
        (gettext("Mitra"), list(partners.items())),
    ]
