"""A report on the progress of an action, with its evidence; filled in on a phone in less than a minute."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from balai.base.writing import number
from balai.plan import changes
from balai.plan.forms.fields import Asked, DayField, LongText, NumberField, NumberWhenSent, RupiahField
from balai.plan.reads import ActionStory, ReportRow

TAKEN = "image/jpeg,image/png,image/webp,application/pdf"


class ReportForm(Asked):
    """What an office says of an action at the end of a period.

    `version` is the one the officer saw, empty for a first report; `held` names
    files that came with a form that had faults, so that nobody uploads twice.
    """

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    held = forms.CharField(required=False, widget=forms.HiddenInput)
    value = NumberField(required=False)
    physical_percent = NumberField(label=_("Kemajuan fisik (persen, 0 sampai 100)"), required=False)
    spent = RupiahField(
        label=_("Realisasi belanja"),
        required=False,
        help_text=_("Rupiah sejak 1 Januari, semua sumber. Boleh ditulis 1,5 miliar."),
    )
    note = LongText(label=_("Catatan"), rows=3, max_length=10_000)
    photo = forms.FileField(
        label=_("Foto bukti"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
        help_text=_("Di ponsel, kamera langsung terbuka."),
    )
    file = forms.FileField(
        label=_("Berkas bukti"),
        required=False,
        widget=forms.FileInput(attrs={"accept": TAKEN}),
        help_text=_("Foto yang sudah ada, atau PDF."),
    )
    link = forms.URLField(label=_("Tautan bukti"), required=False, max_length=500, assume_scheme="https")
    evidence_title = forms.CharField(
        label=_("Judul bukti"),
        required=False,
        max_length=300,
        help_text=_("Kosongkan untuk memakai nama berkasnya."),
    )
    dated_on = DayField(label=_("Tanggal bukti"), required=False)
    drop = forms.MultipleChoiceField(
        label=_("Hapus bukti yang sudah terlampir"), required=False, widget=forms.CheckboxSelectMultiple
    )

    EVIDENCE = ("photo", "file")
    MORE = ("link", "evidence_title", "dated_on")

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        story: ActionStory,
        report: ReportRow | None,
        today: date,
        **options: Any,
    ) -> None:
        super().__init__(data, files, initial=_as_said(report, today), **options)
        row = story.row
        if row.counts_by_data:
            # Nobody types what is computed; what is asked instead may stay empty.
            del self.fields["value"]
        else:
            counts = "physical_percent" if row.target is None else "value"
            label = self.fields[counts].label
            # What counts is asked first, and it alone must be there when the report is sent.
            self.fields[counts] = NumberWhenSent(label=label)
            self.fields["value"].label = f"{row.indicator} ({row.unit})"
            self.fields["value"].help_text = _help(story)
            self.order_fields(["version", "held", counts])
        evidence = report.evidence if report else ()
        if evidence:
            self.choose("drop", [(str(each.id), each.title) for each in evidence])
        else:
            del self.fields["drop"]

    def draft(self) -> changes.ReportDraft:
        said = self.cleaned_data
        return changes.ReportDraft(said.get("value"), said["physical_percent"], said["spent"], said["note"])

    @property
    def evidence_fields(self) -> list[Any]:
        return [self[name] for name in self.EVIDENCE]

    @property
    def more_fields(self) -> list[Any]:
        return [self[name] for name in self.MORE]

    @property
    def opens_more(self) -> bool:
        """Tell whether the rarer fields have something to show."""
        said = self["link"].value() or self["evidence_title"].value()
        return bool(said or any(self[name].errors for name in self.MORE))

    @property
    def main_fields(self) -> list[Any]:
        aside = {*self.EVIDENCE, *self.MORE, "drop"}
        return [self[name] for name in self.fields if name not in aside and not self[name].is_hidden]


class CorrectionForm(ReportForm):
    """A new entry for a period that is verified or locked, and why."""

    reason = LongText(
        label=_("Alasan koreksi"),
        required=True,
        rows=3,
        max_length=5_000,
        help_text=_("Apa yang salah, dan dari mana angka yang benar."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.order_fields(["version", "held", "reason"])


def _as_said(report: ReportRow | None, today: date) -> dict[str, Any]:
    if report is None:
        return {"dated_on": today}
    return {
        "version": report.version,
        "value": report.value,
        "physical_percent": report.physical_percent,
        "spent": report.spent,
        "note": report.note,
        "dated_on": today,
    }


def _help(story: ActionStory) -> str:
    row = story.row
    parts = [gettext("Kumulatif sejak 1 Januari.")]
    if row.target is not None:
        parts.append(gettext("Target %(target)s.") % {"target": number(row.target)})
    if row.value is not None:
        parts.append(gettext("Laporan terakhir %(value)s.") % {"value": number(row.value)})
    return " ".join(parts)
