"""Published tables: checked row by row, and imported once however often."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from tests.cast import Cast

from balai.base import tenancy
from balai.base.errors import Forbidden, Invalid
from balai.base.journal import JournalEntry
from balai.evaluation import rules
from balai.evaluation.changes.importing import Imported, import_published
from balai.evaluation.models import PublishedResult
from balai.evaluation.reads.published import published
from balai.evaluation.rules.published import check
from balai.evaluation.rules.published_table import read_table
from balai.places.models import Region

ORACLES = Path(__file__).resolve().parents[4] / "tests" / "oracles"
INSTRUMENTS = [found.value for found in rules.instruments().values()]
CITY = "year,stage,region,group,baseline,output,outcome,impact,quick_win,collaboration,final,improvement\n"
MALANG_2022 = "2022,,Kabupaten Malang,KPPN_IKN_first_phase,1.40,1.54,2.92,2.56,3.08,,2.51,\n"
MALANG_2023 = "2023,II,Kabupaten Malang,KPPN_IKN,3.60,2.29,3.41,2.81,3.13,2.53,2.94,0.44\n"
SPBE = "year,agency,kebijakan,tata_kelola,manajemen,layanan,index,predicate\n"
MALANG_SPBE = "2023,Kota Malang,4.40,3.10,2.73,4.45,3.82,Sangat Baik\n"
BANYUASIN = "2023,Kabupaten Banyuasin,2.40,1.70,1.09,0.30,1.05,Kurang\n"
KARO = "2023,II,Kabupaten Karo,KPPN_IKN,2.72,2.26,2.64,2.32,2.22,0,2.16,\n"


def run(tmp_path: Path, text: str | bytes, *more: str) -> tuple[str, int]:
    """Run `check_published` over a table; return what it said and its exit code."""
    file = tmp_path / "table.csv"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    out = StringIO()
    try:
        call_command("check_published", str(file), *more, stdout=out)
    except SystemExit as error:
        return out.getvalue(), int(str(error.code))
    return out.getvalue(), 0


def last(said: str) -> tuple[int, int, int]:
    """Return the three numbers of the last line, which has just this form."""
    found = re.fullmatch(r"(\d+) rows, (\d+) differ, (\d+) not checkable", said.splitlines()[-1])
    assert found
    return int(found[1]), int(found[2]), int(found[3])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "rows"), [("evaluation_smartcity_results.csv", 44), ("evaluation_spbe_results.csv", 100)]
)
def test_no_row_of_the_oracles_differs(tmp_path: Path, name: str, rows: int) -> None:
    said, code = run(tmp_path, (ORACLES / name).read_bytes())
    assert (last(said)[:2], code) == ((rows, 0), 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("what", "text", "expected"),
    [
        ("both years known", CITY + MALANG_2022 + MALANG_2023, (2, 0, 0)),
        ("the year before is not in the file", CITY + MALANG_2023, (1, 0, 1)),
        ("a final that is not its own sum", CITY + MALANG_2022.replace("2.51", "2.50"), (1, 1, 0)),
        ("the naive change", CITY + MALANG_2022 + MALANG_2023.replace("0.44", "0.43"), (2, 1, 0)),
        ("a value is missing, which is no zero", CITY + MALANG_2022.replace("2.92", ""), (1, 0, 1)),
        ("did not take part", CITY + "2023,II,Kota Ambon,REGULER,0,0,0,0,0,,0,\n", (1, 0, 1)),
        ("no instrument for the year", CITY + MALANG_2022.replace("2022", "2019"), (1, 0, 1)),
        ("the last one is a zero that was scored", CITY + KARO, (1, 0, 0)),
        ("spbe", SPBE + MALANG_SPBE, (1, 0, 0)),
        ("a wrong predicate", SPBE + MALANG_SPBE.replace("Sangat ", ""), (1, 1, 0)),
        ("too near to a band", SPBE + "2024,Luwu,2.60,2.60,2.60,2.60,2.60,Cukup\n", (1, 0, 1)),
        ("off by two hundredths", SPBE + MALANG_SPBE.replace("3.82", "3.84"), (1, 1, 0)),
        ("a service domain of 0.30", SPBE + BANYUASIN, (1, 0, 0)),
    ],
)
def test_a_row_agrees_differs_or_cannot_be_checked(
    tmp_path: Path, what: str, text: str, expected: tuple[int, int, int]
) -> None:
    said, code = run(tmp_path, text)
    assert (last(said), code) == (expected, 1 if expected[1] else 0)


@pytest.mark.django_db
def test_a_row_that_stands_twice_is_told_with_the_line_of_the_first(tmp_path: Path) -> None:
    said, code = run(tmp_path, CITY + MALANG_2022 + MALANG_2023 + MALANG_2022.replace("Kabupaten", "Kab."))
    assert "baris 4, Kab. Malang 2022 (KPPN_IKN_first_phase): Sama dengan baris 2." in said
    assert "1 baris mengulang baris sebelumnya" in said and (last(said), code) == ((3, 0, 0), 0)


@pytest.mark.django_db
def test_a_row_that_differs_is_told_with_both_sums(tmp_path: Path) -> None:
    said, _code = run(tmp_path, CITY + MALANG_2022.replace("2.51", "2.50"))
    assert "baris 2, Kabupaten Malang 2022 (KPPN_IKN_first_phase): final terbit 2.50, dihitung 2.51" in said
    assert "0,14 + 0,31 + 0,88 + 0,26 + 0,92 = 2,51" in said


@pytest.mark.parametrize(
    ("what", "raw"),
    [
        ("a byte order mark", b"\xef\xbb\xbf" + (CITY + MALANG_2022).encode()),
        ("semicolons and decimal commas", (CITY + MALANG_2022).replace(",", ";").replace(".", ",").encode()),
        ("the line ends of Windows", (CITY + MALANG_2022).replace("\n", "\r\n").encode()),
        ("empty lines", (CITY + "\n" + MALANG_2022 + ",,,,,,,,,,,\n").encode()),
        ("capitals in the header", (CITY.upper() + MALANG_2022).encode()),
    ],
)
def test_tables_come_as_offices_save_them(what: str, raw: bytes) -> None:
    (found,) = check(read_table(raw, INSTRUMENTS).rows)
    assert found.index is not None and not found.differs and not found.unchecked


@pytest.mark.parametrize(
    ("what", "raw", "place"),
    [
        ("a word for a number", CITY + MALANG_2022.replace("2.92", "tinggi"), "baris 2 kolom outcome"),
        ("a decimal comma", CITY + MALANG_2022.replace("2.92", '"2,92"'), "baris 2 kolom outcome"),
        ("no year", CITY + MALANG_2022.replace("2022", "lalu"), "baris 2 kolom year"),
        ("no region", CITY + MALANG_2022.replace("Kabupaten Malang", ""), "baris 2 kolom region"),
        ("a column too many", CITY + MALANG_2022 + "2022,a,b,c,1,2,3,4,5,6,7,8,9\n", "baris 3"),
        ("a column is missing", CITY.replace(",outcome", "") + MALANG_2022, "baris 1"),
        ("another table", "nama,nilai\nMalang,3\n", "baris 1"),
        ("a quote that never ends", CITY + '2022,,"Kabupaten Malang,x\n', "baris 2"),
        ("nothing", "", "berkas"),
    ],
)
def test_a_broken_table_is_refused_by_row_and_column(what: str, raw: str, place: str) -> None:
    with pytest.raises(Invalid) as error:
        read_table(raw.encode(), INSTRUMENTS)
    assert error.value.faults[0].place == place


def test_letters_that_are_not_utf8_are_refused_with_their_line() -> None:
    with pytest.raises(Invalid) as error:
        read_table((CITY + MALANG_2022).encode() + b"2022,,Kabupat\xe9n", INSTRUMENTS)
    assert error.value.faults[0].place == "baris 3"


@pytest.mark.django_db
def test_a_file_that_is_not_there_is_said_so() -> None:
    with pytest.raises(CommandError, match="tidak dapat dibaca"):
        call_command("check_published", "/nowhere/table.csv")


# --- importing ------------------------------------------------------------------


@pytest.fixture
def regions(db: None) -> None:
    Region.objects.create(code="35", name="Jawa Timur", level="province", kind="provinsi", search_key="")
    for code, name, kind in [("35.07", "Kabupaten Malang", "kabupaten"), ("35.73", "Kota Malang", "kota")]:
        Region.objects.create(code=code, name=name, level="regency", parent="35", kind=kind, search_key="")


@pytest.mark.usefixtures("regions")
def test_the_same_table_twice_changes_nothing(cast: Cast) -> None:
    raw = (CITY + MALANG_2022 + MALANG_2023).encode()
    with tenancy.scope(tenancy.NATIONAL):
        putu = cast.putu.actor
        assert import_published(putu, raw, "Surat menteri", timezone.now()) == Imported(2, 0, 0)
        lines = JournalEntry.objects.count()
        assert import_published(putu, raw, "Surat menteri", timezone.now()) == Imported(0, 0, 2)
        assert JournalEntry.objects.count() == lines
        corrected = raw.replace(b",0.44", b",0.45")
        assert import_published(putu, corrected, "Surat menteri", timezone.now()) == Imported(0, 1, 1)
        assert PublishedResult.objects.get(year=2023).region_code == "35.07"


@pytest.mark.usefixtures("regions")
def test_the_change_is_checked_against_what_was_imported_before(cast: Cast, tmp_path: Path) -> None:
    with tenancy.scope(tenancy.NATIONAL):
        import_published(cast.putu.actor, (CITY + MALANG_2022).encode(), "Surat menteri", timezone.now())
    assert last(run(tmp_path, CITY + MALANG_2023)[0]) == (1, 0, 0)
    assert last(run(tmp_path, CITY + MALANG_2023.replace("0.44", "0.43"))[0]) == (1, 1, 0)


@pytest.mark.usefixtures("regions")
def test_an_unknown_region_and_a_value_off_the_scale_stop_the_whole_import(cast: Cast) -> None:
    raw = CITY + MALANG_2022 + MALANG_2023.replace("Malang", "Melang").replace("3.41", "34.1")
    with tenancy.scope(tenancy.NATIONAL):
        with pytest.raises(Invalid) as error:
            import_published(cast.putu.actor, raw.encode(), "Surat menteri", timezone.now())
        assert [fault.place for fault in error.value.faults] == ["baris 3 region", "baris 3 outcome"]
        assert not PublishedResult.objects.exists()


@pytest.mark.usefixtures("regions")
def test_only_the_nation_imports_and_everybody_reads(cast: Cast) -> None:
    raw = (CITY + MALANG_2022).encode()
    for person in (cast.rini, cast.budi, cast.agus, cast.joko):
        with tenancy.scope(person.tenant), pytest.raises(Forbidden):
            import_published(person.actor, raw, "Surat menteri", timezone.now())
    with tenancy.scope(tenancy.NATIONAL):
        import_published(cast.putu.actor, raw, "Surat menteri", timezone.now())
    for person in (cast.sari, cast.agus, cast.joko):
        with tenancy.scope(person.tenant):
            (seen,) = published(person.actor, "smartcity", 2022)
            assert (seen.rank_in_group, seen.rank_in_nation) == (1, 1)
