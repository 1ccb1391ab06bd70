"""Addresses of indicators and figures; they stand before those of datasets, whose codes look alike."""

from collections.abc import Iterator

from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balai.base import menu
from balai.base.actor import Actor
from balai.data import reads
from balai.data.pages import indicators, indicators_figures
from balai.data.reads import uses

urlpatterns = [
    path("data/indikator/", indicators.indicators, name="indicators"),
    path("data/indikator.json", indicators.indicators_json, name="indicators-json"),
    path("data/indikator.csv", indicators.indicators_csv, name="indicators-csv"),
    path("data/indikator/<slug:code>/", indicators.indicator, name="indicator"),
    path("data/indikator/<slug:code>.json", indicators.indicator_json, name="indicator-json"),
    path("data/indikator/<slug:code>.csv", indicators.indicator_csv, name="indicator-csv"),
    path("data/angka/<uuid:key>/", indicators_figures.figure, name="figure"),
    path("data/angka/<uuid:key>.json", indicators_figures.figure_json, name="figure-json"),
    path("data/angka/<uuid:key>.csv", indicators_figures.figure_csv, name="figure-csv"),
    path("data/angka/<uuid:key>/riwayat", indicators_figures.history, name="figure-history"),
    path("data/angka/<uuid:key>/riwayat.json", indicators_figures.history_json, name="figure-history-json"),
]


def _indicators_of(actor: Actor, dataset: str) -> Iterator[uses.Use]:
    for row in reads.indicators(actor):
        if dataset in row.datasets:
            href = reverse("indicator", args=[row.definition.code])
            yield uses.Use(_("Indikator"), str(row.definition.title), href)


uses.register("indicators", _indicators_of)
menu.add("foot", gettext_lazy("Indikator"), "indicators", verb="data.read", order=62)
