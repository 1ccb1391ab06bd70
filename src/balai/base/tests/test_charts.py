"""Drawings are looked at by people; here their structure, words and honesty are held."""

import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import pytest

from balai.base import charts, drawing

TOKENS = Path(__file__).parents[4] / "web" / "styles" / "tokens.css"
SIX = [charts.Axis(f"Smart {name.title()}", name) for name in drawing.DIMENSIONS]


def tree(chart: charts.Chart) -> ElementTree.Element:
    return ElementTree.fromstring(chart.svg)  # noqa: S314 - our own drawing


def all_of(chart: charts.Chart, name: str) -> list[ElementTree.Element]:
    return tree(chart).findall(f".//{{http://www.w3.org/2000/svg}}{name}")


def said(chart: charts.Chart) -> str:
    return " | ".join(element.text or "" for element in all_of(chart, "text"))


def every_chart() -> list[charts.Chart]:
    return [
        charts.radar("Radar", SIX, [charts.Series("2025", [100, 90, None, 100, 83, 75])]),
        charts.bars("Batang", [charts.Bar("A", 40, 50), charts.Bar("B", None)]),
        charts.parts("Dana", [("APBD", 3), ("APBN", 1)]),
        charts.course("Garis", [charts.Point("2024", 1, "typed"), charts.Point("2025", 2)], [1, 3]),
    ]


@pytest.mark.parametrize("chart", every_chart(), ids=lambda chart: chart.title)
def test_a_drawing_is_named_described_and_free_of_styles(chart: charts.Chart) -> None:
    root = tree(chart)
    assert root.get("role") == "img"
    title = root.find(f".//*[@id='{root.get('aria-labelledby')}']")
    description = root.find(f".//*[@id='{root.get('aria-describedby')}']")
    assert title is not None and title.text == chart.title
    assert description is not None and chart.rows[0][0] in (description.text or "")
    assert "style" not in chart.svg.replace("font-style", "")
    assert "<script" not in chart.svg


@pytest.mark.parametrize("chart", every_chart(), ids=lambda chart: chart.title)
def test_the_table_of_a_chart_has_a_cell_for_every_heading(chart: charts.Chart) -> None:
    assert all(len(row) == len(chart.headings) for row in chart.rows)


def test_a_missing_value_is_a_gap_with_words_and_never_zero() -> None:
    chart = charts.radar("Radar", SIX, [charts.Series("2025", [100, 90, None, 100, 83, 75])])
    assert len(all_of(chart, "circle")) == 5 + 1  # five values and the legend
    assert chart.rows[2] == ("Smart Economy", "belum dilaporkan")
    bars = charts.bars("Batang", [charts.Bar("Aksi", None)])
    assert "belum dilaporkan" in said(bars)
    assert all_of(bars, "rect")[0].get("fill") == "none"


def test_a_whole_series_has_a_surface_and_a_broken_one_has_lines() -> None:
    whole = charts.radar("Radar", SIX, [charts.Series("a", [1, 2, 3, 4, 5, 6])])
    broken = charts.radar("Radar", SIX, [charts.Series("a", [1, 2, None, 4, 5, 6])])
    surfaces = [
        len([p for p in all_of(chart, "polygon") if p.get("fill-opacity")]) for chart in (whole, broken)
    ]
    assert surfaces == [1, 0]
    assert len([ln for ln in all_of(broken, "line") if ln.get("stroke") == drawing.SERIES[0]]) == 4


@pytest.mark.parametrize(
    ("axes", "values"),
    [(SIX[:2], [1, 2]), (SIX, [1, 2, 3])],
    ids=["two axes are a line", "a value is missing at the end"],
)
def test_it_refuses_a_radar_that_would_mislead(axes: list[charts.Axis], values: list[int]) -> None:
    with pytest.raises(ValueError, match=r"axes|axis"):
        charts.radar("Radar", axes, [charts.Series("a", values)])


def test_bars_begin_at_zero_and_a_negative_value_goes_left_of_it() -> None:
    chart = charts.bars("Perubahan", [charts.Bar("Naik", 8), charts.Bar("Turun", -4)], unit="")
    filled = [bar for bar in all_of(chart, "rect") if bar.get("fill") == drawing.SERIES[0]]
    up, down = ((float(bar.get("x", 0)), float(bar.get("width", 0))) for bar in filled)
    assert down[0] + down[1] == pytest.approx(up[0], abs=0.2)
    assert up[1] == pytest.approx(2 * down[1], abs=0.3)


def test_the_scale_of_bars_reaches_the_target_too() -> None:
    chart = charts.bars("Capaian", [charts.Bar("Aksi", 10, target=140)])
    assert "150%" in said(chart) or "160%" in said(chart)
    assert chart.rows == (("Aksi", "10%", "140%"),)


def test_parts_of_a_sum_fill_the_bar_and_say_their_share() -> None:
    chart = charts.parts("Dana", [("APBD", 2_400_000_000), ("APBN", 900_000_000), ("CSR/TJSL", 150_000_000)])
    widths = [float(bar.get("width", 0)) for bar in all_of(chart, "rect") if bar.get("height") == "24"]
    assert sum(widths[1:]) == pytest.approx(widths[0], abs=0.2)
    assert "Rp2,4 miliar · 69,6%" in said(chart)
    assert chart.rows[-1] == ("Jumlah", "Rp3.450.000.000", "100,0%")


def test_more_parts_than_colours_are_drawn_as_the_rest_and_listed_in_full() -> None:
    chart = charts.parts("Dana", [(f"Sumber {at}", 10) for at in range(9)])
    assert "lainnya" in said(chart) and "Sumber 7" not in said(chart)
    assert len(chart.rows) == 9 + 1


def test_a_sum_of_nothing_is_drawn_without_dividing_by_it() -> None:
    assert charts.parts("Dana", [("APBD", 0)]).rows[0] == ("APBD", "Rp0", "–")


def test_a_line_breaks_where_a_year_is_missing_and_marks_what_was_typed() -> None:
    points = [
        charts.Point("2021", 120, "typed"),
        charts.Point("2022", 245, "typed"),
        charts.Point("2023", None),
        charts.Point("2024", 430),
        charts.Point("2025", 551),
    ]
    chart = charts.course("WiFi", points, unit="titik")
    assert len(all_of(chart, "polyline")) == 2
    # Two of each and one in the legend, told apart by shape, filling and colour.
    typed, computed = all_of(chart, "circle"), all_of(chart, "polygon")
    assert [len(typed), len(computed)] == [2 + 1, 2 + 1]
    assert {c.get("fill") for c in typed} == {"#fff"} and "#fff" not in {c.get("fill") for c in computed}
    assert {c.get("stroke") for c in typed}.isdisjoint(c.get("fill") for c in computed)
    assert chart.rows[0] == ("2021", "120 titik", "diketik")
    assert chart.rows[2] == ("2023", "belum dilaporkan", "–")
    assert "0" in said(chart).split(" | ")


def test_it_refuses_a_target_of_another_length() -> None:
    with pytest.raises(ValueError, match="needs 2 values"):
        charts.course("WiFi", [charts.Point("a", 1), charts.Point("b", 2)], [1])


def test_words_from_outside_stay_words() -> None:
    chart = charts.bars("<b>Judul</b>", [charts.Bar("<script>x</script> & co", Fraction(1, 3))])
    assert "<script>" not in chart.svg and "<b>" not in chart.svg
    assert "<script>x</script> & co" in said(chart)
    assert "0,33%" in said(chart)


@pytest.mark.parametrize(
    ("lowest", "highest"), [(0, 0), (0, 7), (-3, 8), (95, 99), (0, Decimal("0.03")), (0, 28_000_000_000)]
)
def test_ticks_hold_every_value_and_zero(lowest: Decimal, highest: Decimal) -> None:
    scale = drawing.ticks(Decimal(lowest), Decimal(highest))
    assert scale[0] <= lowest <= highest <= scale[-1]
    assert 0 in scale
    assert 2 <= len(scale) <= 8


def test_dimensions_have_the_same_colour_in_drawings_and_on_pages() -> None:
    tokens = dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", TOKENS.read_text("utf-8")))
    assert {key: tokens[key] for key in drawing.DIMENSIONS} == drawing.DIMENSIONS
