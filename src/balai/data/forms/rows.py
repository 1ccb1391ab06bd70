"""Handing in the file of a new version, and an address it is fetched from."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from balai.base.forms import Asked
from balai.data.intake.models import FetchSource


class RowsForm(Asked):
    """A file of rows, of any form we read."""

    file = forms.FileField(
        label=_("Berkas data"),
        help_text=_("CSV, TSV, Excel (.xlsx), JSON, GeoJSON, atau Parquet. Isinya seluruh baris set data."),
        widget=forms.ClearableFileInput(
            attrs={"accept": ".csv,.tsv,.txt,.gz,.xlsx,.json,.ndjson,.jsonl,.geojson,.parquet"}
        ),
    )


class SourceForm(Asked):
    """An address that is asked again and again."""

    kind = forms.ChoiceField(label=_("Jenis"), choices=FetchSource.Kind.choices)
    address = forms.CharField(
        label=_("Alamat"),
        max_length=1000,
        help_text=_(
            "Alamat berkasnya, atau untuk CKAN alamat portalnya, misalnya https://data.contoh.go.id."
        ),
        widget=forms.URLInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    resource = forms.CharField(
        label=_("Nomor sumber daya CKAN"),
        max_length=100,
        required=False,
        help_text=_("Hanya untuk CKAN: bagian terakhir alamat halaman sumber dayanya."),
    )
    every = forms.ChoiceField(label=_("Diambil"), choices=FetchSource.Every.choices, initial="day")
    starts_on = forms.DateField(
        label=_("Mulai"), initial=timezone.localdate, widget=forms.DateInput(attrs={"type": "date"})
    )
    ends_on = forms.DateField(
        label=_("Sampai"),
        required=False,
        help_text=_("Kosong berarti seterusnya."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("starts_on") and said.get("ends_on") and said["ends_on"] < said["starts_on"]:
            self.add_error("ends_on", _("Tanggal akhirnya sebelum tanggal mulai."))
        return said
