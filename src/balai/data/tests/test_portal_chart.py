"""The chart builder and the map of a dataset page: what can be chosen, and what is drawn of it."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from tests.cast import Cast, visitor_at

from balai.base.charts import Series
from balai.base.charts_several import grouped, together
from balai.data.rules.charting import Held, Step, choices, fitting, sql
from balai.data.tests.registry import a_bin, declared, founded, publish

HELD = {
    "id": Held(6, 0, 6, 1, 6),
    "name": Held(6, 0, 6),
    "litres": Held(6, 1, 4, Decimal(10), Decimal(120)),
    "cost": Held(6, 0, 3, 1, 9),
    "placed_on": Held(6, 0, 5),
    "in_use": Held(6, 0, 2),
    "region": Held(6, 0, 2),
    "kind": Held(6, 2, 2),
}


def _choices() -> Any:
    declaration = declared()
    return choices(declaration.leaving, HELD, declaration.key)


def test_names_shared_by_rows_come_first_and_amounts_are_never_keys() -> None:
    offered = _choices()
    assert offered.axes[0].column.name == "in_use"
    assert {axis.step for axis in offered.axes if axis.column.name == "placed_on"} == {Step.YEAR, Step.MONTH}
    assert [each.key for each in offered.measures] == [
        "count",
        "sum.litres",
        "avg.litres",
        "sum.cost",
        "avg.cost",
    ]
    assert [each.name for each in offered.groups] == ["in_use", "region", "kind"]


@pytest.mark.parametrize(
    ("words", "asked", "chosen"),
    [
        ("nothing asked for", ("", "", ""), ("in_use", "count", "")),
        ("names nobody offered", ("password", "sum.name", "drop table"), ("in_use", "count", "")),
        ("a column of one name a row is summed", ("name", "", ""), ("name", "sum.litres", "")),
        ("all three", ("placed_on.year", "avg.cost", "kind"), ("placed_on.year", "avg.cost", "kind")),
        ("a column is not grouped by itself", ("kind", "count", "kind"), ("kind", "count", "")),
    ],
)
def test_what_is_not_offered_is_left_to_what_fits(
    words: str, asked: tuple[str, str, str], chosen: tuple[str, str, str]
) -> None:
    wish = fitting(_choices(), *asked)
    assert wish is not None
    assert (wish.axis.key, wish.measure.key, wish.group.name if wish.group else "") == chosen, words


def test_columns_that_hold_nothing_cannot_be_drawn() -> None:
    declaration = declared()
    assert fitting(choices(declaration.leaving, {}, declaration.key), "kind", "count", "") is None


def test_the_question_is_bounded() -> None:
    wish = fitting(_choices(), "kind", "sum.cost", "")
    assert wish is not None
    assert "LIMIT 25" in sql("bins", wish)


def test_a_missing_value_of_a_group_is_a_gap_in_the_drawing_and_a_dash_in_its_table() -> None:
    several = [Series("besar", [1, None]), Series("kecil", [2, 3])]
    for draw in (grouped, together):
        chart = draw("Tong", ["2025", "2026"], several, about="Tahun")
        assert chart.headings == ("Tahun", "besar", "kecil")
        assert chart.rows == (("2025", "1", "2"), ("2026", "–", "3"))
    with pytest.raises(ValueError, match="one for each label"):
        grouped("Tong", ["2025"], several)
    with pytest.raises(ValueError, match="1 to 6"):
        grouped("Tong", [], [])


@pytest.fixture
def visitor(cast: Cast) -> Client:
    return visitor_at("35.73")


@pytest.fixture
def bins(cast: Cast, malang: object, own_folder: str) -> None:
    founded(cast)
    rows = [
        a_bin(1, kind="besar"),
        a_bin(2, kind="kecil", litres=Decimal("30.00"), region="35.73.02.1001"),
        a_bin(3, kind="kecil", litres=Decimal("60.00"), in_use=False, region="35.73.02.1001"),
        a_bin(4, kind=None, litres=None),
    ]
    publish(rows)


@pytest.mark.django_db
@pytest.mark.usefixtures("bins")
def test_a_visitor_draws_with_three_choices_and_reads_the_same_as_a_table(visitor: Client) -> None:
    page = visitor.get("/data/bins/", {"x": "kind", "ukur": "sum.litres"}).content.decode()
    assert "Jumlah: litres menurut kind" in page
    assert "120,5" in page and ">90<" in page
    assert "Baris yang kosong pada “kind” tidak digambar." in page
    assert "/data/tanya/?sql=SELECT" in page
    page = visitor.get("/data/bins/", {"x": "kind", "ukur": "count", "oleh": "in_use"}).content.decode()
    assert "Banyaknya baris menurut kind, per in_use" in page
    page = visitor.get("/data/bins/", {"x": "placed_on.month", "ukur": "count"}).content.decode()
    assert "2026-03" in page


@pytest.mark.django_db
@pytest.mark.usefixtures("bins")
def test_what_is_asked_in_the_address_never_becomes_sql(visitor: Client) -> None:
    page = visitor.get("/data/bins/", {"x": 'kind" FROM bins; --', "ukur": "sum.id) --", "oleh": "'"})
    assert page.status_code == 200
    assert "Banyaknya baris menurut" in page.content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("bins")
def test_the_page_gives_calls_that_name_the_dataset(visitor: Client) -> None:
    page = visitor.get("/data/bins/").content.decode()
    for words in ("curl -OJ", "pandas.read_parquet", "arrow", "/api/v1/data/datasets/bins/rows", "fromJSON"):
        assert words in page
