"""The page that shows every component of the screens with sample values, marked as samples."""

from datetime import date
from fractions import Fraction

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from balai.base import charts
from balai.base.access import public
from balai.base.templatetags.balai import DIMENSIONS


class SampleForm(forms.Form):
    """One of each kind of field."""

    use_required_attribute = False
    value = forms.DecimalField(label=gettext_lazy("Nilai bulan ini"), help_text=gettext_lazy("Contoh: 62,5"))
    period = forms.ChoiceField(
        label=gettext_lazy("Masa laporan"),
        choices=[("1", gettext_lazy("Triwulan I")), ("2", gettext_lazy("Triwulan II"))],
    )
    origin = forms.ChoiceField(
        label=gettext_lazy("Asal angka"),
        widget=forms.RadioSelect,
        choices=[("typed", gettext_lazy("diketik")), ("computed", gettext_lazy("dihitung"))],
    )
    evidence = forms.FileField(
        label=gettext_lazy("Bukti dukung"),
        required=False,
        help_text=gettext_lazy("PDF atau foto, paling besar 20 MB."),
    )
    remark = forms.CharField(
        label=gettext_lazy("Catatan"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    is_final = forms.BooleanField(label=gettext_lazy("Angka ini sudah final"), required=False)


_SHARES = {
    "governance": 100,
    "branding": 90,
    "economy": 86,
    "living": 100,
    "society": 83,
    "environment": None,
}


def _charts() -> dict[str, charts.Chart]:
    axes = [charts.Axis(str(mark.words), key) for key, mark in DIMENSIONS.items()]
    now = list(_SHARES.values())
    return {
        "radar": charts.radar(
            _("Contoh: capaian enam dimensi"),
            axes,
            [
                charts.Series("2024", [70, 64, 58, 81, 77, 60]),
                charts.Series("2025", [100, 90, 86, 100, 83, 75]),
            ],
        ),
        "bars": charts.bars(
            _("Contoh: capaian per dimensi"),
            [charts.Bar(axis.label, value, 90, axis.key) for axis, value in zip(axes, now, strict=True)],
            most=100,
            about=_("Dimensi"),
        ),
        "parts": charts.parts(
            _("Contoh: sumber dana"),
            [("APBD", 2_400_000_000), ("APBN", 900_000_000), ("CSR/TJSL", 150_000_000)],
        ),
        "course": charts.course(
            _("Contoh: titik WiFi publik"),
            [
                charts.Point("2021", 120, "typed"),
                charts.Point("2022", 245, "typed"),
                charts.Point("2023", None),
                charts.Point("2024", 430),
                charts.Point("2025", 551),
            ],
            [100, 250, 400, 500, 600],
            unit=_("titik"),
            about=_("Tahun"),
        ),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@public("It shows samples only.")
def page(request: HttpRequest) -> HttpResponse:
    """Show every component; the form comes back with its faults when it was sent."""
    form = SampleForm(request.GET if "origin" in request.GET or "faults" in request.GET else None)
    return render(
        request,
        "balai/styleguide.html",
        {
            "form": form,
            "dimensions": DIMENSIONS,
            "charts": _charts(),
            "day": date(2026, 3, 12),
            "earlier": date(2025, 12, 8),
            "share": Fraction(5, 8),
            "target": Fraction(3, 4),
            "tabs": [
                {"label": _("Semua"), "href": "?", "is_here": True, "count": 57},
                {"label": "Smart Economy", "href": "?d=economy", "is_here": False, "count": 7},
            ],
            "events": [
                {
                    "at": date(2026, 1, 5),
                    "title": _("Laporan masuk"),
                    "text": _("Nilai 62,5 dengan dua bukti."),
                    "state": "done",
                },
                {
                    "at": date(2026, 2, 2),
                    "title": _("Dikembalikan"),
                    "text": _("Bukti tidak terbaca."),
                    "state": "late",
                },
                {"at": date(2026, 3, 12), "title": _("Menunggu verifikasi"), "text": "", "state": ""},
            ],
        },
    )
