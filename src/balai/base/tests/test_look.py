"""What pages are made of: numbers and days in words, tags, colours, the menu, the language."""

import re
import types
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.http import HttpRequest
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import translation

from balai.base import language, look, menu, writing
from balai.base.actor import Actor, Reach
from balai.base.errors import Invalid

VISITOR = Actor("", "Tamu", "35.73")
BUDI = Actor("1", "Budi", "35.73", {"plan.report": Reach.OFFICE})


def drawn(text: str, **values: object) -> str:
    return Template(text).render(Context({"request": RequestFactory().get("/?year=2025&after=x"), **values}))


@pytest.mark.parametrize(
    ("value", "places", "indonesian", "english"),
    [
        (1_234_567, None, "1.234.567", "1,234,567"),
        (Decimal("0.005"), 2, "0,01", "0.01"),
        (Decimal("-0.4"), 0, "0", "0"),
        (92.16, 1, "92,2", "92.2"),
    ],
    ids=["grouped", "half goes up", "no minus zero", "a float as printed"],
)
def test_numbers_follow_the_language(
    value: writing.Number, places: int | None, indonesian: str, english: str
) -> None:
    assert writing.number(value, places) == indonesian
    with translation.override("en"):
        assert writing.number(value, places) == english


def test_an_instant_late_in_utc_is_the_next_day_in_malang() -> None:
    instant = datetime(2026, 3, 11, 18, 30, tzinfo=UTC)
    assert writing.day(instant) == "12 Maret 2026"
    assert writing.moment(instant) == "12 Maret 2026, 01.30 WIB"
    assert writing.since(instant, date(2026, 3, 12)) == "hari ini"


def test_a_figure_says_value_unit_day_direction_and_origin() -> None:
    html = drawn(
        '{% figure "Realisasi" 92.16 unit="%" as_of=day before=89.5 kind="typed" href="/x/" %}',
        day=date(2026, 3, 12),
    )
    for part in ("92,16", "%", "12 Maret 2026", "naik 2,66", "✎", 'href="/x/"', "change-good"):
        assert part in html


def test_a_figure_that_was_not_reported_is_not_zero() -> None:
    html = drawn('{% figure "Indeks" None %}')
    assert "Belum dilaporkan" in html and "figure-none" in html and ">0<" not in html


def test_a_figure_of_zero_is_a_figure() -> None:
    assert "Belum dilaporkan" not in drawn('{% figure "Keluhan" 0 %}')


def test_a_stale_figure_says_so_in_words() -> None:
    html = drawn('{% figure "Indeks" 3 stale=True %}')
    assert "figure-stale" in html and "Usang" in html


def test_less_is_better_where_the_page_says_so() -> None:
    assert "change-bad" in drawn('{% figure "Keluhan" 12 before=9 better="down" %}')


def test_progress_beyond_the_whole_fills_the_bar_and_keeps_its_number() -> None:
    html = drawn("{% progress share target=1 %}", share=Decimal("1.25"))
    assert "125,0%" in html and 'width="100.00"' in html


def test_nothing_spent_of_an_unknown_budget_divides_by_nothing() -> None:
    assert "tidak diketahui" in drawn("{% money_bar 5 None %}")
    assert "Rp0" in drawn("{% money_bar 0 0 %}")


def test_more_spent_than_budgeted_is_said_in_words() -> None:
    assert "melampaui pagu" in drawn("{% money_bar 270 250 %}")


def test_a_status_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="late, done, waiting, plain"):
        drawn('{% status "red" "Merah" %}')


def test_names_from_outside_are_escaped_in_every_mark() -> None:
    html = drawn(
        "{% status 'late' x %}{% dimension 'living' x %}{% source x %}{% crumbs x '/' x %}{% city_mark x %}",
        x="<i>",
    )
    assert "<i>" not in html


def test_the_next_page_of_a_list_keeps_the_rest_of_the_query() -> None:
    html = drawn('{% pages next="k=3" first=False %}')
    assert "?year=2025&amp;after=k%3D3" in html and 'href="?year=2025"' in html
    assert drawn("{% pages %}").strip() == ""
    assert drawn('{% query_with year=2026 after="" %}') == "?year=2026"


class Report(forms.Form):
    use_required_attribute = False
    value = forms.DecimalField(label="Nilai", help_text="Contoh 62,5")
    origin = forms.ChoiceField(
        label="Asal", widget=forms.RadioSelect, choices=[("t", "diketik"), ("c", "dihitung")]
    )


def test_a_fault_stands_at_its_field_and_in_the_list_that_leads_there() -> None:
    html = drawn("{% faults form %}{% for f in form %}{% field f %}{% endfor %}", form=Report({"value": "x"}))
    assert 'href="#id_value"' in html and 'href="#id_origin_0"' in html
    assert 'id="id_value"' in html and 'id="id_origin_0"' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_value_help id_value_fault"' in html
    assert 'value="x"' in html, "what was typed is still there"


def test_a_fresh_form_shows_no_faults() -> None:
    assert "faults" not in drawn("{% faults form %}", form=Report())


def test_a_light_brand_colour_is_darkened_until_it_can_be_read() -> None:
    for colour in ("#ffcc00", "#ffffff", "#0f5c63", "#7fd1d8"):
        assert look.contrast(look.legible(colour), "#f7f6f3") >= 4.5
        assert look.contrast(look.legible(colour), "#ffffff") >= 4.5
    assert "--brand:#0f5c63" in look.brand_sheet("#0f5c63")


@pytest.mark.parametrize("colour", ["", "red", "#12345", "#12345g", "#123456;} body{display:none"])
def test_a_brand_that_is_not_a_colour_is_ours(colour: str) -> None:
    assert look.brand_of(types.SimpleNamespace(brand=colour)) == look.BRAND


def test_a_file_the_build_does_not_make_is_named() -> None:
    with pytest.raises(KeyError, match=r"no other\.css; it makes .*resident\.css"):
        look.asset("other.css")


@pytest.fixture
def own_menu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(menu, "_entries", {})


@pytest.mark.usefixtures("own_menu")
def test_the_menu_shows_what_the_actor_may_do_and_where_they_are() -> None:
    menu.add("desk", "Masuk", "account_login", verb="plan.report", order=2)
    menu.add("desk", "Keluar", "account_logout", order=1)
    menu.add("desk", "Belum dibuat", "no_such_route")
    ways = list(menu.ways("desk", BUDI, "/akun/login/x/"))
    assert [(way.label, way.is_here) for way in ways] == [("Keluar", False), ("Masuk", True)]
    assert [way.label for way in menu.ways("desk", VISITOR, "/")] == ["Keluar"]


def test_every_entry_of_the_menu_leads_somewhere() -> None:
    lost = [entry.route for entry in menu.entries() if not menu._address(entry)]
    assert not lost, f"menu entries without an address: {lost}"


def chosen(**values: str) -> HttpRequest:
    request = RequestFactory().post("/bahasa/", values)
    request.actor = VISITOR  # type: ignore[attr-defined]
    return request


def test_the_language_is_remembered_and_the_visitor_is_back_on_the_page() -> None:
    response = language.choose(chosen(bahasa="en", next="/program/?d=living"))
    assert response.status_code == 302 and response.headers["Location"] == "/program/?d=living"
    assert response.cookies["bahasa"].value == "en"


@pytest.mark.parametrize("there", ["https://example.org/", "//example.org", "javascript:alert(1)", ""])
def test_the_way_back_never_leaves_the_site(there: str) -> None:
    assert language.choose(chosen(bahasa="en", next=there)).headers["Location"] == "/"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(Invalid, match="en, id"):
        language.choose(chosen(bahasa="xx"))


SOURCE = Path(__file__).parents[2]


def test_no_template_carries_a_style_or_a_script_of_its_own() -> None:
    breaches = [
        f"{path.relative_to(SOURCE)}:{number}"
        for path in SOURCE.glob("*/templates/**/*.html")
        for number, text in enumerate(path.read_text("utf-8").split("\n"), 1)
        if re.search(r"\sstyle=|<style|\son[a-z]+=\"|<script(?![^>]*\ssrc=)(?![^>]*application/)", text)
    ]
    assert not breaches, f"the content security policy would drop these: {breaches}"
