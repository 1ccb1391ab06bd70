# ruff: noqa: E501 - a question reads best on one line
"""Questions of analysts pass the gate and get right answers; what is wrong is told with its place."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from statistics import fmean, median, stdev
from typing import Any

import pytest
import sqlglot
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from balai.base.errors import Invalid
from balai.data.engines.reader import Readers
from balai.data.rules import gate
from balai.data.rules.gate import ColumnType, Table, allowed
from balai.data.tests.bills import BILL_COLUMNS, BILLS, REGION_COLUMNS, REGIONS, Row, running, tables

Rows = list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    with running(children=1) as made:
        yield made


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Table]:
    return tables(tmp_path_factory.mktemp("versions"))


NO_FILES = {
    "tagihan": Table("tagihan", Path("tagihan.parquet"), BILL_COLUMNS),
    "wilayah": Table("wilayah", Path("wilayah.parquet"), REGION_COLUMNS),
}


def read(text: str, most_rows: int = 1000) -> gate.Question:
    return gate.read(text, NO_FILES, most_rows)


def sums(key: str, rows: list[Row] = BILLS) -> dict[Any, Decimal]:
    made: dict[Any, Decimal] = defaultdict(Decimal)
    for row in rows:
        made[row[key]] += row["pokok"]
    return dict(made)


PAID = [row for row in BILLS if row["lunas"]]
BY_CODE = {row["kode"]: row for row in REGIONS}


def values(key: str, rows: list[Row] = BILLS) -> list[Any]:
    return [row[key] for row in rows]


def largest(rows: list[Row], count: int) -> list[Row]:
    return sorted(rows, key=lambda row: (-row["pokok"], row["nop"]))[:count]


def shares() -> Rows:
    whole = sum(values("pokok"))
    return [(code, round(float(part) / float(whole) * 100, 2)) for code, part in sorted(sums("kode").items())]


def running_total() -> Rows:
    total, made = Decimal(0), []
    for year, part in sorted(sums("tahun").items()):
        total += part
        made.append((year, total))
    return made


def growth() -> Rows:
    years = sorted(sums("tahun").items())
    before = [None, *[part for _year, part in years]]
    return [
        (year, None if old is None else round((float(part) - float(old)) / float(old), 6))
        for (year, part), old in zip(years, before, strict=False)
    ]


def top_of_each_year() -> Rows:
    made = []
    for year in sorted(set(values("tahun"))):
        made += [(year, row["nop"]) for row in largest([r for r in BILLS if r["tahun"] == year], 2)]
    return made


def rolled_up() -> Rows:
    cells = Counter((row["tahun"], row["lunas"]) for row in BILLS)
    years = Counter(values("tahun"))
    made: Rows = [(year, paid, count) for (year, paid), count in cells.items()]
    made += [(year, None, count) for year, count in years.items()]
    return [*made, (None, None, len(BILLS))]


ANALYSES: list[tuple[str, str, Callable[[], Rows]]] = [
    ("how many rows", "SELECT count(*) FROM tagihan", lambda: [(600,)]),
    ("the sum of decimals is exact", "SELECT sum(pokok) FROM tagihan", lambda: [(sum(values("pokok")),)]),
    (
        "mean, least and most",
        "SELECT avg(tahun) a, min(pokok) b, max(pokok) c FROM tagihan",
        lambda: [(fmean(values("tahun")), min(values("pokok")), max(values("pokok")))],
    ),
    (
        "sum by village",
        "SELECT kode, sum(pokok) AS total FROM tagihan GROUP BY kode ORDER BY kode",
        lambda: sorted(sums("kode").items()),
    ),
    (
        "GROUP BY ALL",
        "SELECT tahun, lunas, count(*) n FROM tagihan GROUP BY ALL ORDER BY tahun, lunas",
        lambda: [
            (*key, count) for key, count in sorted(Counter((r["tahun"], r["lunas"]) for r in BILLS).items())
        ],
    ),
    (
        "GROUP BY and ORDER BY by position",
        "SELECT tahun, count(*) FROM tagihan GROUP BY 1 ORDER BY 2 DESC, 1",
        lambda: [(year, 150) for year in range(2022, 2026)],
    ),
    ("FROM first", "FROM wilayah SELECT nama WHERE penduduk > 9000", lambda: [("Kelurahan 10",)]),
    ("FROM alone is every column", "FROM wilayah LIMIT 1", lambda: [("35.73.01", "Kelurahan 1", 1000, 12.5)]),
    (
        "count FILTER",
        "SELECT count(*) FILTER (WHERE lunas), sum(pokok) FILTER (WHERE NOT lunas) FROM tagihan",
        lambda: [(200, sum(values("pokok")) - sum(values("pokok", PAID)))],
    ),
    (
        "count_if and count distinct",
        "SELECT count_if(lunas), count(DISTINCT kode) FROM tagihan",
        lambda: [(200, 10)],
    ),
    (
        "count leaves out the missing",
        "SELECT count(catatan), count(*) - count(dibayar) FROM tagihan",
        lambda: [(120, 400)],
    ),
    (
        "HAVING by the name of the sum",
        "SELECT kode, sum(pokok) total FROM tagihan GROUP BY kode HAVING total > 27000000 ORDER BY kode",
        lambda: sorted((k, v) for k, v in sums("kode").items() if v > 27_000_000),
    ),
    (
        "a join counts people beside bills",
        "SELECT w.nama, count(*) n, w.penduduk FROM tagihan t JOIN wilayah w ON t.kode = w.kode "
        "GROUP BY w.nama, w.penduduk ORDER BY w.penduduk LIMIT 2",
        lambda: [("Kelurahan 1", 60, 1000), ("Kelurahan 2", 60, 2000)],
    ),
    (
        "USING joins once",
        "SELECT * FROM wilayah JOIN (SELECT DISTINCT kode, 1 AS satu FROM tagihan) d USING (kode) "
        "ORDER BY kode LIMIT 1",
        lambda: [("35.73.01", "Kelurahan 1", 1000, 12.5, 1)],
    ),
    (
        "LEFT JOIN keeps the village without bills",
        "SELECT w.nama FROM wilayah w LEFT JOIN tagihan t ON t.kode = w.kode WHERE t.nop IS NULL",
        lambda: [("Kelurahan Kosong",)],
    ),
    (
        "FULL JOIN USING keeps both keys",
        "WITH a(kode) AS (SELECT '35.73.01' UNION ALL SELECT 'x') SELECT kode FROM a FULL JOIN wilayah USING (kode) "
        "ORDER BY kode",
        lambda: sorted([(code,) for code in BY_CODE] + [("x",)]),
    ),
    (
        "NOT EXISTS",
        "SELECT nama FROM wilayah w WHERE NOT EXISTS (SELECT 1 FROM tagihan t WHERE t.kode = w.kode)",
        lambda: [("Kelurahan Kosong",)],
    ),
    (
        "IN with a question inside",
        "SELECT count(*) FROM tagihan WHERE kode IN (SELECT kode FROM wilayah WHERE penduduk <= 2000)",
        lambda: [(120,)],
    ),
    (
        "a scalar question inside",
        "SELECT count(*) FROM tagihan WHERE pokok > (SELECT avg(pokok) FROM tagihan)",
        lambda: [(sum(float(p) > fmean(map(float, values("pokok"))) for p in values("pokok")),)],
    ),
    (
        "a correlated mean",
        "SELECT count(*) FROM tagihan t WHERE pokok > (SELECT avg(u.pokok) FROM tagihan u "
        "WHERE u.tahun = t.tahun)",
        lambda: [
            (
                sum(
                    float(r["pokok"]) > fmean(float(p["pokok"]) for p in BILLS if p["tahun"] == r["tahun"])
                    for r in BILLS
                ),
            )
        ],
    ),
    (
        "share of the whole by a total of one row",
        "WITH semua AS (SELECT sum(pokok) AS total FROM tagihan) "
        "SELECT kode, round(sum(pokok) / max(total) * 100, 2) AS persen FROM tagihan CROSS JOIN semua "
        "GROUP BY kode ORDER BY kode",
        shares,
    ),
    (
        "share of the whole by a window",
        "SELECT kode, round(sum(pokok) / sum(sum(pokok)) OVER () * 100, 2) AS persen FROM tagihan "
        "GROUP BY kode ORDER BY kode",
        shares,
    ),
    (
        "bills per thousand people, missing where nobody lives",
        "SELECT nama, round(count(t.nop) * 1000 / penduduk, 3) FROM wilayah w LEFT JOIN tagihan t USING (kode) "
        "GROUP BY nama, penduduk ORDER BY penduduk LIMIT 2",
        lambda: [("Kelurahan Kosong", None), ("Kelurahan 1", 60.0)],
    ),
    (
        "running total over years",
        "SELECT tahun, sum(sum(pokok)) OVER (ORDER BY tahun ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) "
        "FROM tagihan GROUP BY tahun ORDER BY tahun",
        running_total,
    ),
    (
        "growth against the year before",
        "WITH y AS (SELECT tahun, sum(pokok) s FROM tagihan GROUP BY tahun) SELECT tahun, "
        "round((s - lag(s) OVER (ORDER BY tahun)) / lag(s) OVER (ORDER BY tahun), 6) FROM y ORDER BY tahun",
        growth,
    ),
    (
        "two largest of each year by QUALIFY",
        "SELECT tahun, nop FROM tagihan QUALIFY row_number() OVER (PARTITION BY tahun ORDER BY pokok DESC, nop) <= 2 "
        "ORDER BY tahun, pokok DESC, nop",
        top_of_each_year,
    ),
    (
        "rank and dense rank",
        "SELECT penduduk, rank() OVER (ORDER BY penduduk DESC) r, "
        "dense_rank() OVER (ORDER BY penduduk DESC) d FROM wilayah ORDER BY r LIMIT 2",
        lambda: [(10000, 1, 1), (9000, 2, 2)],
    ),
    (
        "quarters of a list",
        "SELECT DISTINCT ntile(4) OVER (ORDER BY nop) q FROM tagihan ORDER BY q",
        lambda: [(1,), (2,), (3,), (4,)],
    ),
    ("ROLLUP", "SELECT tahun, lunas, count(*) FROM tagihan GROUP BY ROLLUP (tahun, lunas)", rolled_up),
    (
        "GROUPING tells totals apart",
        "SELECT tahun, grouping(tahun) g, count(*) FROM tagihan GROUP BY ROLLUP (tahun) ORDER BY g, tahun",
        lambda: [*[(year, 0, 150) for year in range(2022, 2026)], (None, 1, 600)],
    ),
    (
        "median and percentile are the exact ones",
        "SELECT median(pokok), quantile_cont(pokok, 0.5), percentile_cont(0.5) WITHIN GROUP (ORDER BY pokok) "
        "FROM tagihan",
        lambda: [(float(median(values("pokok"))),) * 3],
    ),
    (
        "standard deviation",
        "SELECT round(stddev(penduduk), 6) FROM wilayah",
        lambda: [(round(stdev(values("penduduk", REGIONS)), 6),)],
    ),
    (
        "CASE makes classes",
        "SELECT CASE WHEN penduduk = 0 THEN 'kosong' WHEN penduduk < 5000 THEN 'kecil' ELSE 'besar' END k, count(*) "
        "FROM wilayah GROUP BY k ORDER BY k",
        lambda: [("besar", 6), ("kecil", 4), ("kosong", 1)],
    ),
    (
        "BETWEEN dates",
        "SELECT count(*) FROM tagihan WHERE dibayar BETWEEN DATE '2025-01-01' AND '2025-01-31'",
        lambda: [(sum(row["dibayar"] <= date(2025, 1, 31) for row in PAID),)],
    ),
    (
        "by month, and a month stays a date",
        "SELECT date_trunc('month', dibayar) AS bulan, count(*) FROM tagihan WHERE lunas GROUP BY bulan ORDER BY bulan",
        lambda: sorted(Counter(row["dibayar"].replace(day=1) for row in PAID).items()),
    ),
    (
        "parts of a date",
        "SELECT year(dibayar), extract(quarter FROM dibayar), month(dibayar), day(dibayar) "
        "FROM tagihan WHERE nop = '000099'",
        lambda: [(2025, 2, 4, 10)],
    ),
    (
        "days between dates, two ways",
        "SELECT dibayar - DATE '2025-01-01', date_diff('day', DATE '2025-01-01', dibayar) "
        "FROM tagihan WHERE nop = '000099'",
        lambda: [(99, 99)],
    ),
    (
        "a month later is a date",
        "SELECT dibayar + INTERVAL 1 MONTH, last_day(dibayar) FROM tagihan WHERE nop = '000099'",
        lambda: [(date(2025, 5, 10), date(2025, 4, 30))],
    ),
    (
        "a date as text",
        "SELECT strftime(dibayar, '%Y-%m') FROM tagihan WHERE nop = '000099'",
        lambda: [("2025-04",)],
    ),
    (
        "make_date",
        "SELECT make_date(tahun, 12, 31) FROM tagihan WHERE nop = '000001'",
        lambda: [(date(2023, 12, 31),)],
    ),
    (
        "LIKE and ILIKE",
        "SELECT count(*) FROM tagihan WHERE catatan LIKE 'Catatan 1%' OR catatan ILIKE '%99_'",
        lambda: [
            (
                sum(
                    bool(r["catatan"])
                    and (r["catatan"].startswith("Catatan 1") or r["catatan"][-3:-1] == "99")
                    for r in BILLS
                ),
            )
        ],
    ),
    ("a pattern", "SELECT count(*) FROM tagihan WHERE regexp_matches(nop, '^0000[0-4]5$')", lambda: [(5,)]),
    (
        "cutting text",
        "SELECT split_part(kode, '.', 3) k, upper(left(nama, 3)), length(nama) FROM wilayah "
        "WHERE substring(kode, 7) = '07'",
        lambda: [("07", "KEL", 11)],
    ),
    (
        "joining text",
        "SELECT nama || ' (' || kode || ')' FROM wilayah WHERE kode = '35.73.03'",
        lambda: [("Kelurahan 3 (35.73.03)",)],
    ),
    (
        "coalesce and nullif",
        "SELECT coalesce(catatan, '-') c, nullif(tahun, 2023) FROM tagihan WHERE nop <= '000001' "
        "ORDER BY nop",
        lambda: [("Catatan 0", 2022), ("-", None)],
    ),
    (
        "a text that is no number becomes missing",
        "SELECT sum(TRY_CAST(teks_angka AS INTEGER)) FROM tagihan",
        lambda: [(sum(int(t) for t in values("teks_angka") if t.isdigit()),)],
    ),
    (
        "a fraction is rounded, never cut",
        "SELECT CAST(luas_ha AS INTEGER) FROM wilayah WHERE kode = '35.73.03'",
        lambda: [(int(Decimal("37.5").quantize(Decimal(1), ROUND_HALF_UP)),)],
    ),
    (
        "whole numbers divide to a fraction",
        "SELECT tahun / 4, tahun // 4, tahun % 4 FROM tagihan WHERE nop = '000001'",
        lambda: [(505.75, 505, 3)],
    ),
    (
        "UNION ALL with a total",
        "SELECT kode, penduduk FROM wilayah WHERE kode = '35.73.01' UNION ALL "
        "SELECT 'semua', sum(penduduk) FROM wilayah ORDER BY penduduk",
        lambda: [("35.73.01", 1000), ("semua", 55000)],
    ),
    (
        "EXCEPT and INTERSECT",
        "(SELECT kode FROM wilayah EXCEPT SELECT kode FROM tagihan) UNION ALL "
        "(SELECT kode FROM wilayah INTERSECT SELECT '35.73.04')",
        lambda: [("35.73.99",), ("35.73.04",)],
    ),
    (
        "a list of values as a table",
        "SELECT v.label, count(*) FROM tagihan t JOIN (VALUES (2022, 'lama'), (2025, 'baru')) "
        "AS v(tahun, label) ON v.tahun = t.tahun GROUP BY v.label ORDER BY v.label",
        lambda: [("baru", 150), ("lama", 150)],
    ),
    (
        "names with strange letters",
        'SELECT "aneh ]""; DROP" AS "Jumlah (Rp) ""]"  FROM tagihan WHERE nop = \'000007\'',
        lambda: [(7,)],
    ),
    (
        "every column but one",
        "SELECT * EXCLUDE (luas_ha, nama) FROM wilayah WHERE kode = '35.73.02'",
        lambda: [("35.73.02", 2000)],
    ),
    (
        "a name used in the next expression",
        "SELECT penduduk * 2 AS dua, dua + 1 AS tiga FROM wilayah WHERE dua = 4000",
        lambda: [(4000, 4001)],
    ),
    (
        "comments and a last semicolon",
        "SELECT count(*) -- semua\n FROM /* tagihan */ wilayah;",
        lambda: [(11,)],
    ),
    (
        "case does not matter",
        'select W.KODE from WILAYAH w where w."Penduduk" = 3000',
        lambda: [("35.73.03",)],
    ),
    ("OFFSET", "SELECT kode FROM wilayah ORDER BY kode LIMIT 1 OFFSET 2", lambda: [("35.73.03",)]),
    (
        "parts by WITH build on each other",
        "WITH a AS (SELECT kode, sum(pokok) s FROM tagihan GROUP BY kode), b AS (SELECT * FROM a WHERE s > 0) "
        "SELECT count(*) FROM b x JOIN a y ON x.kode = y.kode",
        lambda: [(10,)],
    ),
]


def same(found: Rows, expected: Rows) -> bool:
    return len(found) == len(expected) and all(
        pytest.approx(wanted, rel=1e-12) == got if isinstance(wanted, float) else wanted == got
        for left, right in zip(found, expected, strict=True)
        for got, wanted in zip(left, right, strict=True)
    )


@pytest.mark.parametrize(("words", "text", "expected"), ANALYSES, ids=[case[0] for case in ANALYSES])
def test_a_question_of_an_analyst_gets_the_right_answer(
    words: str, text: str, expected: Callable[[], Rows], files: Mapping[str, Table], readers: Readers
) -> None:
    question = gate.read(text, files, 1000)
    with readers.ask(question, seconds=20) as answer:
        found = list(answer.rows)
    wanted = expected()
    if "ORDER BY" not in text.split("OVER")[-1] or "ROLLUP" in text:
        found, wanted = sorted(found, key=repr), sorted(wanted, key=repr)
    assert same(found, wanted), (found[:5], wanted[:5])
    assert [column.name for column in answer.columns] == [column.name for column in question.columns]
    for told, known in zip(answer.columns, question.columns, strict=True):
        assert known.type in {told.type, ColumnType.UNKNOWN}


@pytest.mark.parametrize("text", [case[1] for case in ANALYSES], ids=[case[0] for case in ANALYSES])
def test_the_text_for_spark_can_be_read_again(text: str) -> None:
    written = gate.spark(read(text))
    assert sqlglot.parse_one(written, dialect="spark").sql("spark", identify=True) == written


WRONG = [
    ("the place of an unknown column", "SELECT kode,\n  kodee FROM wilayah", "Baris 2, kolom 3", "kodee"),
    ("the place of an unknown dataset", "SELECT 1 FROM\nrahasia", "Baris 2, kolom 1", "rahasia"),
    (
        "an unknown function names those allowed",
        "SELECT soundex(nama) FROM wilayah",
        "Baris 1, kolom 8",
        "soundex",
    ),
    (
        "a column of two sources",
        "SELECT kode FROM wilayah w JOIN tagihan t ON t.kode = w.kode",
        "Baris 1, kolom 8",
        "lebih dari satu",
    ),
    ("an unclosed quote", "SELECT 'a FROM wilayah", "Pertanyaan", "tidak ditutup"),
    ("no SQL at all", "SELECT FROM WHERE", "Baris 1", "SQL"),
    ("nothing", "   ", "Pertanyaan", "Kosong"),
    ("two questions", "SELECT 1; SELECT 2", "Pertanyaan", "2 perintah"),
    (
        "a join without equality",
        "SELECT 1 FROM wilayah a JOIN wilayah b ON a.penduduk < b.penduduk",
        "Baris 1",
        "menyamakan",
    ),
    (
        "a join with itself only",
        "SELECT 1 FROM wilayah a JOIN wilayah b ON a.kode = a.kode",
        "Baris 1",
        "menyamakan",
    ),
    ("a day of the week", "SELECT extract(dow FROM dibayar) FROM tagihan", "Baris 1", "DOW"),
    ("an approximate count", "SELECT approx_count_distinct(kode) FROM tagihan", "Baris 1", "approx"),
    (
        "a cast that fails on a text",
        "SELECT CAST(teks_angka AS INTEGER) FROM tagihan",
        "Baris 1",
        "menggagalkan",
    ),
    ("months between dates", "SELECT date_diff('month', dibayar, dibayar) FROM tagihan", "Baris 1", "MONTH"),
    ("today, which is another day tomorrow", "SELECT current_date", "Pertanyaan", "current_date"),
    ("a name given twice", "SELECT 1 AS a, 2 AS a", "Baris 1, kolom 16", "dua kali"),
    ("sets of unlike width", "SELECT 1 UNION SELECT 1, 2", "Baris 1, kolom 23", "kolom"),
    ("a position that is not there", "SELECT 1 ORDER BY 2", "Baris 1, kolom 19", "ke-2"),
]


@pytest.mark.parametrize(("words", "text", "place", "wrong"), WRONG, ids=[case[0] for case in WRONG])
def test_a_fault_names_its_place(words: str, text: str, place: str, wrong: str) -> None:
    with pytest.raises(Invalid) as refused, translation.override("id"):
        read(text)
    fault = refused.value.faults[0]
    assert fault.place.startswith(place)
    assert wrong.lower() in fault.wrong.lower()


def test_several_faults_are_told_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        read("SELECT getenv('A'), repeat('x', 9), now() FROM wilayah")
    assert len(refused.value.faults) == 3


def test_the_number_of_rows_is_always_bounded() -> None:
    assert read("SELECT 1", 50).sql.endswith("LIMIT 51")
    assert read("SELECT kode FROM wilayah LIMIT 9", 50).sql.endswith("LIMIT 9")
    assert read("SELECT kode FROM wilayah LIMIT 900000", 50).sql.endswith("LIMIT 51")


def test_a_part_may_not_take_the_name_of_a_dataset() -> None:
    for text in (
        "WITH tagihan AS (SELECT 1 AS x) SELECT x FROM tagihan",
        "WITH a AS (SELECT 1 AS x) SELECT * FROM (WITH A AS (SELECT 2 AS x) SELECT x FROM a) q",
    ):
        with pytest.raises(Invalid, match="sudah dipakai"):
            read(text)


def test_it_names_the_datasets_it_reads_and_no_others() -> None:
    question = read("SELECT count(*) FROM wilayah WHERE kode IN (SELECT kode FROM wilayah)")
    assert [table.name for table in question.tables] == ["wilayah"]


def test_columns_that_are_not_declared_cannot_be_read(files: Mapping[str, Table], readers: Readers) -> None:
    narrow = {"wilayah": Table("wilayah", files["wilayah"].file, {"kode": ColumnType.TEXT})}
    with readers.ask(gate.read("SELECT * FROM wilayah", narrow, 10)) as answer:
        assert [column.name for column in answer.columns] == ["kode"]
        assert len(list(answer.rows)) == 10
    assert answer.truncated
    with pytest.raises(Invalid):
        gate.read("SELECT nama FROM wilayah", narrow, 10)


def test_whole_numbers_of_postgresql_divide_to_whole_numbers() -> None:
    assert "//" in gate.read_postgres("SELECT tahun / 4 AS a FROM tagihan", NO_FILES, 10).sql
    assert "//" not in read("SELECT tahun / 4 AS a FROM tagihan").sql
    with pytest.raises(Invalid):
        gate.read_postgres("SELECT pg_read_file('/etc/passwd')", NO_FILES, 10)


SPARK = [
    (
        "exact percentiles",
        "SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY penduduk) FROM wilayah",
        "PERCENTILE(`wilayah`.`penduduk`, 0.9)",
    ),
    (
        "division by zero is missing",
        "SELECT luas_ha / penduduk FROM wilayah",
        "NULLIF(`wilayah`.`penduduk`, 0)",
    ),
    ("missing values come last", "SELECT kode FROM wilayah ORDER BY kode", "ORDER BY `kode` NULLS LAST"),
    (
        "fractions are rounded",
        "SELECT CAST(luas_ha AS INTEGER) FROM wilayah",
        "CAST(ROUND(`wilayah`.`luas_ha`) AS INT)",
    ),
    (
        "QUALIFY around the question",
        "SELECT kode FROM wilayah QUALIFY rank() OVER (ORDER BY penduduk) = 1 ORDER BY luas_ha",
        "WHERE `balai_keep`",
    ),
]


@pytest.mark.parametrize(("words", "text", "part"), SPARK, ids=[case[0] for case in SPARK])
def test_spark_is_asked_for_the_same(words: str, text: str, part: str) -> None:
    assert part in gate.spark(read(text))


_NAMES = st.sampled_from(
    ["kode", "penduduk", "luas_ha", "w.kode", "'a'", "1", "2.5", "NULL", "*", '"a""]"', "TRUE"]
)
_CALLS = st.sampled_from(
    [*allowed.FUNCTION_NAMES, "repeat", "range", "getenv", "read_csv", "list", "COLUMNS", "query"]
)
_OPERATORS = st.sampled_from(
    ["+", "-", "*", "/", "//", "%", "||", "=", "<", "AND", "OR", "LIKE", "IS", "->", "::", "^"]
)
_EXPRESSIONS = st.recursive(
    _NAMES,
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, _OPERATORS, inner),
        st.builds("{}({})".format, _CALLS, st.lists(inner, max_size=3).map(", ".join)),
        st.builds("CASE WHEN {} THEN {} ELSE {} END".format, inner, inner, inner),
        st.builds("TRY_CAST({} AS {})".format, inner, st.sampled_from(["INTEGER", "DATE", "BLOB", "INT[]"])),
        st.builds("{} IN ({}, (SELECT {} FROM wilayah x))".format, inner, inner, inner),
        st.builds("sum({}) OVER (PARTITION BY {} ORDER BY {})".format, inner, inner, inner),
    ),
    max_leaves=8,
)
_SOURCES = st.sampled_from(
    ["wilayah w", "tagihan w", "'a.csv' w", "range(9) w", "x.wilayah w", "(FROM wilayah) w"]
)
_ENDS = st.sampled_from(
    ["", "GROUP BY ALL", "ORDER BY 1", "LIMIT 5", "USING SAMPLE 3", "QUALIFY TRUE", "UNION SELECT 1"]
)
_TEXTS = st.builds("SELECT {} FROM {} WHERE {} {}".format, _EXPRESSIONS, _SOURCES, _EXPRESSIONS, _ENDS)


def on_the_lists(tree: exp.Expr) -> bool:
    kinds = set(allowed.NODES) | set(allowed.FUNCTIONS)
    return all(type(node) in kinds for node in tree.walk())


def same_tree(left: exp.Expr, right: exp.Expr) -> bool:
    """Compare as the writer would write both: the parser marks some nodes in ways that say nothing."""
    return left.sql("duckdb", identify=True) == right.sql("duckdb", identify=True)


@settings(max_examples=250, deadline=None)
@given(_TEXTS)
def test_what_the_gate_lets_through_reads_again_as_the_same_tree(text: str) -> None:
    try:
        question = read(text)
    except Invalid:
        return
    again = sqlglot.parse_one(question.sql, dialect="duckdb")
    assert on_the_lists(again)
    assert same_tree(again, question.tree)
    assert {table.name for table in again.find_all(exp.Table)} <= {"wilayah", "tagihan"}


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.text(max_size=30))
def test_no_text_or_name_breaks_out_of_its_quotes(text: str, name: str) -> None:
    literal, quoted = text.replace("'", "''"), name.replace('"', '""')
    try:
        question = read(f"SELECT '{literal}' AS \"{quoted}\" FROM wilayah")
    except Invalid:
        return
    for dialect, written in (("duckdb", question.sql), ("spark", gate.spark(question))):
        (item,) = sqlglot.parse_one(written, dialect=dialect).selects
        assert item.this.name == text
        assert item.alias == name


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_answered_or_refused_in_words(text: str) -> None:
    try:
        read("SELECT " + text)
    except Invalid as refused:
        assert all(fault.place and fault.wrong for fault in refused.faults)


NOT_SHARED = [
    ("a class by name", r"'[[:alpha:]]+'"),
    ("a class in a class", "'[a[bc]]'"),
    ("both of two classes", "'[a-z&&b]'"),
    ("a flag", "'(?i)abc'"),
    ("looking ahead", "'a(?=b)'"),
    ("a possessive repeat", "'a++'"),
    ("a repeat without a least number", "'a{,3}'"),
    ("a property of letters", r"'\pL'"),
    ("quoted text", r"'\Qa.b\E'"),
    ("an open class", "'[abc'"),
]


@pytest.mark.parametrize(("words", "pattern"), NOT_SHARED, ids=[case[0] for case in NOT_SHARED])
def test_a_pattern_that_engines_read_differently_is_refused(words: str, pattern: str) -> None:
    with pytest.raises(Invalid, match="semua mesin"):
        read(f"SELECT kode FROM wilayah WHERE regexp_matches(nama, {pattern})")


@pytest.mark.parametrize(
    "pattern", [r"^\d{2}\.\d+$", "^(Kel|Kec)[^0-9_-]*?", r"a|\bb", "x{2,}", "(?:ab)+", r"[\d.\]]+"]
)
def test_a_shared_pattern_passes(pattern: str) -> None:
    read(f"SELECT kode FROM wilayah WHERE regexp_matches(nama, '{pattern}')")


@pytest.mark.parametrize(
    ("value", "right"),
    [
        ("CAST(luas_ha AS TEXT)", "DECIMAL"),
        ("nama || luas_ha", "DECIMAL"),
        ("round(luas_ha, penduduk)", "round"),
        ("substring(nama, 0, 2)", "substring"),
        ("left(nama, -1)", "length"),
        ("right(nama, -1)", "length"),
        ("split_part(nama, '', 1)", "split_part"),
        ("split_part(nama, '.', 0)", "split_part"),
        (r"nama LIKE 'a\_b'", "contains"),
    ],
)
def test_what_engines_would_answer_differently_is_refused_with_what_is_right(value: str, right: str) -> None:
    with pytest.raises(Invalid, match=right):
        read(f"SELECT {value} FROM wilayah")


def test_a_double_is_rounded_by_its_digits(files: Mapping[str, Table], readers: Readers) -> None:
    asked = gate.read(
        "SELECT round(CAST(0.285 AS DOUBLE), 2), CAST(CAST(0.285 AS DOUBLE) AS DECIMAL(9, 2)) FROM wilayah LIMIT 1",
        files,
        9,
    )
    with readers.ask(asked, seconds=20) as answer:
        assert list(answer.rows) == [(0.29, Decimal("0.29"))]


def test_a_long_sum_is_read_at_once() -> None:
    read(f"SELECT {' + '.join(['penduduk'] * 60)} AS n FROM wilayah")
