"""Definitions of indicators are checked through the gate; only SQL whose rows can be told is taken."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import LazySettings

from balai import definitions
from balai.base.errors import Invalid
from balai.data.rules import gate
from balai.data.rules.gate import ColumnType as T
from balai.data.rules.gate import Table
from balai.data.rules.indicators import Indicator, read
from balai.data.rules.indicators_counting import Wanted, counting
from balai.data.rules.indicators_files import INDICATORS, declared_parts
from balai.data.rules.indicators_sql import Part, behind, part
from balai.data.tests.measuring import SERVED, Files, written

TABLES: Mapping[str, Table] = {
    "visits": Table(
        "visits",
        Path("visits.parquet"),
        {
            "id": T.INTEGER,
            "region": T.TEXT,
            "year": T.INTEGER,
            "day": T.DATE,
            "clinic": T.TEXT,
            "is_served": T.BOOLEAN,
            "cost": T.DECIMAL,
            "share": T.DOUBLE,
        },
    ),
    "clinics": Table(
        "clinics", Path("clinics.parquet"), {"region": T.TEXT, "clinic": T.TEXT, "kind": T.TEXT}
    ),
}
KEYS = {"visits": ("id",), "clinics": ("region", "clinic")}
GROUPED = " FROM visits GROUP BY region, year"


def indicator(**changed: object) -> Indicator:
    words = {"id": "a", "en": "a"}
    whole = {
        "code": "x",
        "title": words,
        "description": words,
        "unit": words,
        "direction": "up",
        "owner": words,
        "period": "year",
        "numerator": "SELECT 1",
        "source": "uji",
    }
    return read(whole | changed)


def made(sql: str, **changed: object) -> Part:
    return part(indicator(**changed), sql, TABLES, KEYS)


@pytest.mark.parametrize(
    ("why", "sql", "rows"),
    [
        (
            "a plain count",
            "SELECT region, year AS period, count(*) AS value FROM visits GROUP BY region, year",
            '("visits"."region") = \'35.73\' AND ("visits"."year") = 2025',
        ),
        (
            "a condition with OR keeps its brackets",
            "SELECT region, year AS period, count(*) AS value "
            "FROM visits WHERE year > 1 OR is_served GROUP BY 1, 2",
            'WHERE ("visits"."year" > 1 OR "visits"."is_served") AND',
        ),
        (
            "a sum does not count what has no value",
            f"SELECT region, year AS period, sum(cost) AS value{GROUPED}",
            'AND NOT ("visits"."cost") IS NULL',
        ),
        (
            "a district's city",
            "SELECT substring(region, 1, 5) AS region, strftime(day, '%Y') AS period, "
            "count(DISTINCT clinic) AS value FROM visits GROUP BY ALL",
            '(SUBSTRING("visits"."region", 1, 5)) = \'35.73\'',
        ),
        (
            "one region by name of the column itself",
            "SELECT '35.73' AS region, year AS period, max(cost) AS value FROM visits GROUP BY year",
            "('35.73') = '35.73'",
        ),
        (
            "a join by the whole key",
            "SELECT v.region, v.year AS period, count(*) AS value FROM visits AS v LEFT JOIN clinics AS c "
            "ON c.region = v.region AND c.clinic = v.clinic WHERE c.kind = 'a' GROUP BY v.region, v.year",
            'SELECT "v".* FROM "visits" AS "v" LEFT JOIN "clinics" AS "c" ON',
        ),
    ],
)
def test_the_rows_behind_come_from_the_query_itself(why: str, sql: str, rows: str) -> None:
    own = indicator()
    found = part(own, sql, TABLES, KEYS)
    text = behind(own, found, "35.73", "2025", {})
    assert rows in text, (why, text)
    # What counts it passes the gate once more.
    (asked,) = counting([Wanted("x", "numerator", found, own.groups, counts_rows=True)])
    assert gate.read(asked.sql, TABLES, 10).columns[0].name == "region"


def test_a_dimension_is_asked_for_in_its_own_kind() -> None:
    own = indicator(dimensions=["is_served", "cost_year"])
    sql = (
        "SELECT region, year AS period, is_served, year + 1 AS cost_year, count(*) AS value "
        "FROM visits GROUP BY ALL"
    )
    text = behind(
        own, part(own, sql, TABLES, KEYS), "35.73", "2025", {"is_served": "true", "cost_year": "-3"}
    )
    assert '("visits"."is_served") = TRUE AND ("visits"."year" + 1) = -3' in text


@pytest.mark.parametrize(
    ("why", "sql"),
    [
        ("a wrong column", f"SELECT region, year AS period, sum(price) AS value{GROUPED}"),
        (
            "no group of the region",
            "SELECT region, year AS period, count(*) AS value FROM visits GROUP BY year",
        ),
        (
            "a group nobody sees",
            "SELECT region, year AS period, count(*) AS value FROM visits GROUP BY ALL, clinic",
        ),
        (
            "a group more than is shown",
            "SELECT region, year AS period, count(*) AS value FROM visits GROUP BY region, year, clinic",
        ),
        (
            "a column too many",
            "SELECT region, year AS period, clinic, count(*) AS value FROM visits GROUP BY ALL",
        ),
        ("no period", "SELECT region, count(*) AS value FROM visits GROUP BY region"),
        ("an average is not exact", f"SELECT region, year AS period, avg(cost) AS value{GROUPED}"),
        ("a quotient is not exact", f"SELECT region, year AS period, sum(cost / 2) AS value{GROUPED}"),
        ("a fraction is not exact", f"SELECT region, year AS period, sum(share) AS value{GROUPED}"),
        ("two aggregates", f"SELECT region, year AS period, sum(cost) - min(cost) AS value{GROUPED}"),
        ("FILTER", f"SELECT region, year AS period, count(*) FILTER (WHERE is_served) AS value{GROUPED}"),
        (
            "a window",
            "SELECT region, year AS period, count(*) OVER (PARTITION BY region) AS value FROM visits",
        ),
        ("HAVING", f"SELECT region, year AS period, count(*) AS value{GROUPED} HAVING count(*) > 3"),
        ("DISTINCT", f"SELECT DISTINCT region, year AS period, count(*) AS value{GROUPED}"),
        ("LIMIT", f"SELECT region, year AS period, count(*) AS value{GROUPED} LIMIT 3"),
        (
            "a part of WITH",
            f"WITH a AS (SELECT * FROM visits) SELECT region, year AS period, count(*) AS value{GROUPED}",
        ),
        (
            "a subquery",
            "SELECT region, year AS period, count(*) AS value FROM (SELECT * "
            "FROM visits) AS v GROUP BY region, year",
        ),
        (
            "a subquery in WHERE",
            "SELECT region, year AS period, count(*) AS value "
            "FROM visits WHERE clinic IN (SELECT clinic FROM clinics) "
            "GROUP BY region, year",
        ),
        (
            "a set of two",
            f"SELECT region, year AS period, count(*) AS value{GROUPED} UNION ALL "
            f"SELECT region, year AS period, count(*) AS value{GROUPED}",
        ),
        (
            "a join that finds several rows",
            "SELECT v.region, v.year AS period, count(*) AS value FROM visits AS v JOIN clinics AS c "
            "ON c.clinic = v.clinic GROUP BY v.region, v.year",
        ),
        (
            "a join in which rows of the other count too",
            "SELECT v.region, v.year AS period, count(*) AS value FROM visits AS v FULL JOIN clinics AS c "
            "ON c.region = v.region AND c.clinic = v.clinic GROUP BY v.region, v.year",
        ),
        (
            "a join whose key is compared with itself",
            "SELECT v.region, v.year AS period, count(*) AS value FROM visits AS v JOIN clinics AS c "
            "ON c.region = v.region AND c.clinic = c.kind GROUP BY v.region, v.year",
        ),
        (
            "rollup",
            "SELECT region, year AS period, count(*) AS value FROM visits GROUP BY ROLLUP (region, year)",
        ),
        ("no rows at all", "SELECT '35.73' AS region, 2025 AS period, 1 AS value"),
        ("two statements", f"SELECT region, year AS period, count(*) AS value{GROUPED}; SELECT 1"),
    ],
)
def test_it_refuses_sql_whose_rows_cannot_be_told(why: str, sql: str) -> None:
    with pytest.raises(Invalid):
        made(sql)


def test_a_month_is_not_a_whole_number() -> None:
    with pytest.raises(Invalid, match="teks"):
        made(f"SELECT region, year AS period, count(*) AS value{GROUPED}", period="month")


def test_every_shipped_indicator_is_right_and_can_be_followed() -> None:
    assert not [fault for fault in definitions.check() if "indicators/" in fault.place]
    found = definitions.load(INDICATORS)
    assert len(found) >= 10
    for definition in found.values():
        own = definition.value
        for each in declared_parts(own).values():
            behind(own, each, "35.73", "2025", dict.fromkeys(own.dimensions, "1"))


@pytest.fixture
def files(settings: LazySettings, tmp_path: Path) -> Files:
    settings.ROOT = tmp_path / "nothing shipped"
    settings.OPTIONS = replace(settings.OPTIONS, definitions="")
    return written(settings, tmp_path / "own")


def test_a_wrong_column_is_told_by_file_and_line(files: Files) -> None:
    text = SERVED.replace("FROM visits WHERE is_served", "FROM visits WHERE is_servd")
    files.indicator(text)
    (fault,) = [fault for fault in definitions.check() if "indicators/served" in fault.place]
    line = text[: text.index("is_servd")].count("\n") + 1
    column = len(text[: text.index("is_servd")].rpartition("\n")[2]) + 1
    assert fault.place == f"indicators/served.yaml baris {line} kolom {column}"
    assert "is_servd" in fault.wrong


def test_figures_of_closed_data_need_enough_rows(files: Files) -> None:
    files.visits("closed")
    assert "minimum_count" in " ".join(fault.right for fault in definitions.check())
    files.indicator(SERVED, minimum_count=5)
    assert "served" not in " ".join(fault.place for fault in definitions.check())
