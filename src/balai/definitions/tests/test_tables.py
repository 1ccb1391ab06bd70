"""Dated tables as files: typed cells, validity, CSV faults by row and column."""

from datetime import date
from decimal import Decimal

import pytest

from balai import definitions
from balai.base.errors import Fault, Invalid
from balai.definitions import rules
from balai.definitions.rules import CellType, Row
from balai.definitions.schema import Words
from balai.definitions.tables import Column
from balai.definitions.tests.conftest import Write

LEVY = """
code: levy
title: {id: Retribusi, en: Levy}
about: {id: Tarif lapak, en: Stall tariff}
source: Perda
confidence: inferred
key:
  title: {id: Kelas, en: Class}
columns:
  - {name: tariff, title: {id: Tarif, en: Tariff}, type: rupiah, minimum: 0}
  - {name: factor, title: {id: Faktor, en: Factor}, type: decimal}
  - {name: is_daily, title: {id: Harian, en: Daily}, type: boolean}
  - {name: since, title: {id: Sejak, en: Since}, type: date, optional: true}
"""
IN_YAML = (
    LEVY
    + """
rows:
  - key: a
    valid_from: 2020-01-01
    valid_to: 2024-12-31
    values: {tariff: 5000, factor: 1, is_daily: true}
  - key: a
    valid_from: 2025-01-01
    values: {tariff: 6000, factor: 1.25, is_daily: true, since: 2025-01-01}
    source: Perda baru
    confidence: verified
"""
)
HEADER = "key,valid_from,valid_to,tariff,factor,is_daily,since"
LINES = [HEADER, "a,2020-01-01,2024-12-31,5000,1,true,", "a,2025-01-01,,6000,1.25,true,2025-01-01"]


def faults() -> list[Fault]:
    with pytest.raises(Invalid) as refused:
        definitions.table("levy")
    return list(refused.value.faults)


def test_rows_in_yaml_and_rows_in_csv_give_the_same_values(shipped: Write) -> None:
    shipped("tables/levy.yaml", IN_YAML)
    in_yaml = definitions.table("levy").rows
    shipped("tables/levy.yaml", LEVY + "rows_csv: levy.csv\n")
    shipped("tables/levy.csv", "\n".join(LINES) + "\n")
    in_csv = definitions.table("levy").rows
    assert [row.values for row in in_yaml] == [row.values for row in in_csv]
    assert in_yaml[1].values == {
        "tariff": 6000,
        "factor": Decimal("1.25"),
        "is_daily": True,
        "since": date(2025, 1, 1),
    }
    assert (in_yaml[0].source, in_yaml[1].source, in_yaml[1].confidence) == (
        "Perda",
        "Perda baru",
        "verified",
    )


@pytest.mark.parametrize(
    ("on", "tariff"),
    [
        (date(2019, 12, 31), None),
        (date(2020, 1, 1), 5000),
        (date(2024, 12, 31), 5000),
        (date(2025, 1, 1), 6000),
        (date(2099, 1, 1), 6000),
    ],
)
def test_the_row_in_force_changes_on_its_day(shipped: Write, on: date, tariff: int | None) -> None:
    shipped("tables/levy.yaml", IN_YAML)
    row = rules.in_force(definitions.table("levy").rows, on).get("a")
    assert (row.values["tariff"] if row else None) == tariff


@pytest.mark.parametrize(
    ("line", "new", "place", "in_words"),
    [
        (
            2,
            "a,2020-01-01,2024-12-31,lima ribu,1,true,",
            "tables/levy.csv baris 2 kolom 4",
            "tariff: “lima ribu”",
        ),
        (2, "a,2020-01-01,2024-12-31,-1,1,true,", "tables/levy.csv baris 2 kolom 4", "terlalu kecil"),
        (2, "a,2020-01-01,2024-12-31,5000,,true,", "tables/levy.csv baris 2 kolom 5", "factor: Belum diisi"),
        (2, "a,2020-01-01,2024-12-31,5000,NaN,true,", "tables/levy.csv baris 2 kolom 5", "factor"),
        (3, "a,2025-01-01,,6000,1,ya,", "tables/levy.csv baris 3 kolom 6", "true atau false"),
        (3, "a,2025-02-30,,6000,1,true,", "tables/levy.csv baris 3 kolom 2", "bukan tanggal"),
        (3, "a,2025-01-01,2024-01-01,6000,1,true,", "tables/levy.csv baris 3 kolom 1", "mendahului"),
        (3, "a,2024-12-31,,6000,1,true,", "tables/levy.csv baris 3 kolom 1", "bertumpuk dengan baris 2"),
        (3, ",2025-01-01,,6000,1,true,", "tables/levy.csv baris 3 kolom 1", "Kelas: Belum diisi"),
        (3, "a,2025-01-01,,6000", "tables/levy.csv baris 3 kolom 1", "Harus 7"),
        (1, HEADER.replace("tariff", "tarif"), "tables/levy.csv baris 1 kolom 1", "tariff"),
        (3, 'a,2025-01-01,,"6000"x,1,true,', "tables/levy.csv baris 3 kolom 1", "Bentuk CSV"),
    ],
)
def test_a_fault_in_a_csv_names_row_and_column(
    shipped: Write, line: int, new: str, place: str, in_words: str
) -> None:
    lines = [*LINES]
    lines[line - 1] = new
    shipped("tables/levy.yaml", LEVY + "rows_csv: levy.csv\n")
    shipped("tables/levy.csv", "\n".join(lines) + "\n")
    (fault,) = faults()
    assert fault.place == place
    assert in_words in str(fault)


@pytest.mark.parametrize(
    ("old", "new", "in_words"),
    [
        ("tariff: 5000", 'tariff: "5000"', "tariff: “5000” salah jenis"),
        ("is_daily: true}\n", "is_daily: 1}\n", "is_daily"),
        ("since: 2025-01-01", "since: kemarin", "since"),
        ("factor: 1.25, ", "factor: 1.25, colour: red, ", "Kolom colour tidak ada"),
        ("2024-12-31", "2025-06-01", "bertumpuk"),
        ("    valid_from: 2020-01-01\n", "", "valid_from"),
        ("  - key: a\n    valid_from: 2025", "  - valid_from: 2025", "Kelas: Belum diisi"),
    ],
)
def test_a_fault_in_a_row_of_yaml_names_its_line(shipped: Write, old: str, new: str, in_words: str) -> None:
    shipped("tables/levy.yaml", IN_YAML.replace(old, new, 1))
    found = faults()
    assert in_words in " ".join(map(str, found))
    assert all(fault.place.startswith("tables/levy.yaml baris ") for fault in found)


def test_a_csv_that_is_not_there_is_a_fault(shipped: Write) -> None:
    shipped("tables/levy.yaml", LEVY + "rows_csv: levy.csv\n")
    (fault,) = faults()
    assert "levy.csv tidak ada" in fault.wrong


def test_the_installation_may_bring_just_its_own_csv(shipped: Write, own: Write) -> None:
    shipped("tables/levy.yaml", LEVY + "rows_csv: levy.csv\n")
    shipped("tables/levy.csv", "\n".join(LINES) + "\n")
    before = definitions.get("tables", "levy")
    own("tables/levy.csv", "\n".join(LINES).replace("6000", "7000") + "\n")
    after = definitions.get("tables", "levy")
    assert (before.layer, after.layer) == ("shipped", "installation")
    assert before.sha256 != after.sha256
    assert after.value.rows[1].values["tariff"] == 7000


def test_a_cell_is_written_as_it_is_read() -> None:
    cells = {
        CellType.DATE: date(2026, 3, 18),
        CellType.RUPIAH: 1_500_000,
        CellType.INTEGER: -7,
        CellType.DECIMAL: Decimal("0.10"),
        CellType.TEXT: "Kayutangan",
        CellType.BOOLEAN: False,
    }
    for cell, value in cells.items():
        column = Column(name="x", title=Words(id="x", en="x"), type=cell)
        again = rules.parse(column, rules.written(value))
        assert again == value and type(again) is type(value)


def test_two_open_rows_meet() -> None:
    row = Row("", date(2020, 1, 1), None, {}, "")
    assert row.meets(date(2030, 1, 1), None)
    assert row.meets(date(2019, 1, 1), date(2020, 1, 1))
    assert not row.meets(date(2019, 1, 1), date(2019, 12, 31))


def test_the_rule_of_realisation_is_the_first_and_stands_since_2020() -> None:
    rule = rules.in_force(definitions.table("realisation_rule").rows, date(2022, 12, 31))[""]
    assert rule.values == {
        "rule": "realisasi-1",
        "with_target": "value_reaches_target",
        "without_target": "physical_percent",
        "physical_percent_at_least": Decimal(100),
        "not_reported": "planned_and_listed_apart",
        "rounding": "half_up",
        "decimals": 2,
    }


def test_the_quarters_cover_the_year_once() -> None:
    quarters = rules.in_force(definitions.table("reporting_periods").rows, date(2026, 1, 1)).values()
    months = [
        month
        for q in quarters
        for month in range(int(str(q.values["first_month"])), int(str(q.values["last_month"])) + 1)
    ]
    assert months == list(range(1, 13))
