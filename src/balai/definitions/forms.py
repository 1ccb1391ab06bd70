"""The form that proposes a row: its fields are the table's columns."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from balai.base import money
from balai.base.errors import Fault, Invalid
from balai.definitions.changes import Proposal
from balai.definitions.models import TableAmendment
from balai.definitions.rules import CellType
from balai.definitions.tables import Column, Table

_CELL = "cell_"


class ProposalForm(forms.Form):
    """Asks for one row of `table`; whether the row may stand is for `changes.propose` to say."""

    def __init__(
        self,
        table: Table,
        replaceable: QuerySet[TableAmendment],
        data: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data)
        self.table = table
        self.is_daily = table.file.key is not None and table.file.key.type == "date"
        if table.file.key:
            self.fields["key"] = self._key(table)
        if not self.is_daily:
            self.fields["valid_from"] = forms.DateField(label=_("Berlaku sejak"), widget=_day())
            self.fields["valid_to"] = forms.DateField(
                label=_("Berlaku sampai"),
                required=False,
                widget=_day(),
                help_text=_("Kosongkan bila berlaku seterusnya."),
            )
        for column in table.file.columns:
            self.fields[f"{_CELL}{column.name}"] = _cell(column)
        self.fields["source"] = forms.CharField(
            label=_("Sumber"), max_length=500, help_text=_("Peraturan atau surat yang menjadi dasarnya.")
        )
        self.fields["reason"] = forms.CharField(
            label=_("Alasan"),
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text=_("Dibaca oleh orang yang menyetujui."),
        )
        if replaceable.exists():
            self.fields["replaces"] = forms.ModelChoiceField(
                replaceable,
                label=_("Menggantikan"),
                required=False,
                help_text=_("Baris yang disetujui sebelumnya dan berakhir karena baris ini."),
            )

    def _key(self, table: Table) -> forms.Field:
        key = table.file.key
        assert key is not None  # noqa: S101 - the caller asked
        if self.is_daily:
            return forms.DateField(label=str(key.title), widget=_day())
        if key.open:
            known = ", ".join(table.keys)
            help_text = _("Yang sudah ada: %(keys)s.") % {"keys": known} if known else ""
            return forms.CharField(label=str(key.title), max_length=60, help_text=help_text)
        return forms.ChoiceField(label=str(key.title), choices=[(key, key) for key in table.keys])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for column in self.table.file.columns:
            name = f"{_CELL}{column.name}"
            if column.type is CellType.RUPIAH and cleaned.get(name):
                try:
                    cleaned[name] = str(money.parse(cleaned[name], str(column.title)))
                except Invalid as error:
                    for fault in error.faults:
                        self.add_error(name, f"{fault.wrong} {fault.right}")
        return cleaned

    def proposal(self) -> Proposal:
        """Return what a valid form asks for."""
        day = self.cleaned_data.get("key") if self.is_daily else None
        replaced = self.cleaned_data.get("replaces")
        return Proposal(
            table=self.table.code,
            key=day.isoformat() if day else self.cleaned_data.get("key", ""),
            valid_from=day or self.cleaned_data["valid_from"],
            valid_to=day or self.cleaned_data["valid_to"],
            values={
                column.name: _canonical(column, self.cleaned_data[f"{_CELL}{column.name}"])
                for column in self.table.file.columns
            },
            source=self.cleaned_data["source"],
            reason=self.cleaned_data["reason"],
            replaces=replaced.pk if replaced else None,
        )

    def show(self, faults: Iterable[Fault]) -> None:
        """Put the faults of a refused proposal beside the fields they are about."""
        places = {str(field.label).lower(): name for name, field in self.fields.items()}
        for fault in faults:
            name = places.get(fault.place.lower())
            self.add_error(name, f"{fault.wrong} {fault.right}".strip() if name else str(fault))


def _day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def _cell(column: Column) -> forms.Field:
    label = str(column.title)
    unit = _("Dalam %(unit)s.") % {"unit": column.unit} if column.unit else ""
    options: dict[str, Any] = {"label": label, "required": not column.optional, "help_text": unit}
    if column.choices:
        choices = [(choice.value, str(choice.name)) for choice in column.choices]
        return forms.ChoiceField(choices=[("", "–"), *choices] if column.optional else choices, **options)
    match column.type:
        case CellType.BOOLEAN:
            return forms.ChoiceField(choices=[("true", _("ya")), ("false", _("tidak"))], **options)
        case CellType.DATE:
            return forms.DateField(widget=_day(), **options)
        case CellType.RUPIAH:
            return forms.CharField(
                max_length=60, **{**options, "help_text": _("Misalnya Rp1.500.000 atau 1,5 juta.")}
            )
        case CellType.INTEGER | CellType.DECIMAL:
            return forms.CharField(
                max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **options
            )
        case CellType.TEXT:
            return forms.CharField(max_length=500, **options)


def _canonical(column: Column, cell: Any) -> str:
    """Return what was typed in the form of files; what is not understood stays for the rules to refuse."""
    if cell is None:
        return ""
    if column.type is CellType.DATE:
        return str(cell.isoformat())
    text = str(cell).strip()
    if column.type is CellType.DECIMAL and text.count(",") == 1 and "." not in text:
        # Indonesian writing; "1.500,5" stays and is refused, because a dot could mean either.
        return text.replace(",", ".")
    return text
