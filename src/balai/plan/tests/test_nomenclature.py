"""Budget codes are looked up in the edition of their year, and never refused for their edition."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from balai.base.errors import Invalid
from balai.plan import nomenclature
from balai.plan.nomenclature import EditionUnknown, Found, NomenclatureCode, NotInYear, find_code, find_codes

EDITIONS = """\
edition,file,applies_to,first_year,last_year,source,confidence
lama,old.csv,regency,2024,2026,uji,inferred
baru,new.csv,regency,2027,,uji,single source
provinsi,province.csv,province,2027,,uji,single source
"""
HEADER = "code,level,name,indicator,unit\n"
OLD = """\
1,urusan,Wajib,,
1.01,bidang_urusan,Pendidikan,,
1.01.02.2.01,kegiatan,Sekolah Dasar,,
1.01.02.2.01.0001,sub_kegiatan,Gedung lama,Jumlah gedung,unit
1.01.02.2.01.0099,sub_kegiatan,Hanya dulu,Jumlah,unit
X.XX.01.2.01.0001,sub_kegiatan,Perencanaan Perangkat Daerah,Jumlah dokumen,dokumen
"""
NEW = """\
1.01.02.2.01.0001,sub_kegiatan,Gedung baru,Jumlah gedung baru,unit
1.01.02.2.01.0002,sub_kegiatan,Hanya nanti,Jumlah,unit
"""
PROVINCE = "1.01.02.1.01.0001,sub_kegiatan,Sekolah menengah,Jumlah,unit\n"
SOURCES = "code,level,name,parent,note\n1.1,2,PAD,1,\n1.1.01,3,Pajak Daerah,1.1,\n"


@pytest.fixture
def folder(db: None, tmp_path: Path) -> Path:
    files = {
        "editions.csv": EDITIONS,
        "old.csv": HEADER + OLD,
        "new.csv": HEADER + NEW,
        "province.csv": HEADER + PROVINCE,
        "sumber_dana.csv": SOURCES,
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    load(tmp_path)
    return tmp_path


def load(folder: Path) -> str:
    out = StringIO()
    call_command("load_nomenclature", folder=folder, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("in_words", "code", "year", "kind"),
    [
        ("in the edition of its year", "1.01.02.2.01.0001", 2026, Found),
        ("also above sub kegiatan", "1.01", 2024, Found),
        ("only in a later edition", "1.01.02.2.01.0002", 2026, NotInYear),
        ("only in an earlier edition", "1.01.02.2.01.0099", 2027, NotInYear),
        ("in no edition we hold", "1.01.02.2.01.0500", 2026, EditionUnknown),
        ("two digits are of an older edition", "1.01.02.2.01.01", 2026, EditionUnknown),
        ("no edition of that year is here", "1.01.02.2.01.0001", 2022, EditionUnknown),
        ("of provinces, which is another list", "1.01.02.1.01.0001", 2027, EditionUnknown),
    ],
)
def test_a_code_is_found_or_kept_with_a_warning(
    folder: Path, in_words: str, code: str, year: int, kind: type
) -> None:
    answer = find_code(code, year)
    assert type(answer) is kind, in_words
    assert bool(answer.warning) is (kind is not Found)
    assert bool(answer.edition) is (kind is Found)


def test_the_same_code_means_what_the_edition_of_its_year_says(folder: Path) -> None:
    old, new = find_code("1.01.02.2.01.0001", 2026), find_code("1.01.02.2.01.0001", 2027)
    assert isinstance(old, Found)
    assert isinstance(new, Found)
    assert (old.edition, old.name) == ("lama", "Gedung lama")
    assert (new.edition, new.name, new.unit) == ("baru", "Gedung baru", "unit")


def test_two_digits_are_never_taken_for_four(folder: Path) -> None:
    assert isinstance(find_code("1.01.02.2.01.0001", 2026), Found)
    assert isinstance(find_code("1.01.02.2.01.01", 2026), EditionUnknown)


def test_a_supporting_programme_is_listed_once_for_every_bidang(folder: Path) -> None:
    answer = find_code(" 2.16.01.2.01.0001 ", 2025)
    assert isinstance(answer, Found)
    assert (answer.code, answer.listed_as) == ("2.16.01.2.01.0001", "X.XX.01.2.01.0001")


def test_a_warning_says_which_editions_were_searched_and_which_have_it(folder: Path) -> None:
    assert "baru" in find_code("1.01.02.2.01.0002", 2026).warning
    assert "lama" in find_code("1.01.02.2.01.0500", 2026).warning
    assert "2022" in find_code("1.01", 2022).warning


@pytest.mark.parametrize("code", ["", "abc", "1.1", "1.01.02.2.01.001", "1.01.02.2.01.0001.1", "10.01"])
def test_what_is_no_code_at_all_is_refused(folder: Path, code: str) -> None:
    with pytest.raises(Invalid, match=r"1\.01\.02\.2\.01\.0001"):
        find_code(code, 2026)


def test_many_codes_cost_three_queries(folder: Path, django_assert_num_queries: object) -> None:
    codes = ["1.01.02.2.01.0001", "1.01.02.2.01.0002", "1.01.02.2.01.0003"]
    with django_assert_num_queries(3):  # type: ignore[operator]
        answers = find_codes(codes, 2027)
    assert [type(answers[code]) for code in codes] == [Found, Found, EditionUnknown]


def test_sub_kegiatan_are_searched_in_the_edition_of_the_year(folder: Path) -> None:
    assert [row.name for row in nomenclature.search_codes("gedung", 2026)] == ["Gedung lama"]
    assert [row.name for row in nomenclature.search_codes("1.01.02", 2027)] == ["Gedung baru", "Hanya nanti"]


def test_sources_of_funds_stand_in_order(folder: Path) -> None:
    assert [row.name for row in nomenclature.funding_sources()] == ["PAD", "Pajak Daerah"]
    assert [row.name for row in nomenclature.funding_sources("1.1")] == ["Pajak Daerah"]


def test_the_same_files_are_loaded_once(folder: Path) -> None:
    assert load(folder).count("tidak berubah") == 2


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("old.csv", HEADER + "1.1,urusan,x,,\n", r"old\.csv baris 2"),
        ("old.csv", HEADER + "1.01,bab,x,,\n", "tingkat “bab”"),
        ("editions.csv", EDITIONS.replace("2024", "dulu"), "editions.csv baris 2: tahun bukan angka"),
        (
            "editions.csv",
            EDITIONS.replace("lama,old.csv,regency", "lama,old.csv,desa"),
            "“desa” tidak dikenal",
        ),
        ("editions.csv", EDITIONS.replace("old.csv", "gone.csv"), "gone.csv"),
        ("sumber_dana.csv", "code,level,name,parent,note\n1.1,dua,PAD,1,\n", "sumber_dana.csv baris 2"),
    ],
)
def test_a_faulty_file_is_refused_whole_and_says_where(folder: Path, file: str, text: str, said: str) -> None:
    (folder / file).write_text(text)
    with pytest.raises(CommandError, match=said):
        load(folder)
    assert NomenclatureCode.objects.count() == 9


def test_the_real_files_hold_three_editions(db: None) -> None:
    out = StringIO()
    call_command("load_nomenclature", stdout=out)
    assert "kode nomenklatur: 14.074 dimuat." in out.getvalue()
    assert "sumber dana: 281 dimuat." in out.getvalue()
    school = find_code("1.01.02.2.01.0001", 2027)
    assert isinstance(school, Found)
    assert school.edition == "2027-kabkota"
    assert "Unit Sekolah Baru" in school.name
