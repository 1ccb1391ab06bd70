"""Regions by code, day and name, in a small country."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from balai.base.errors import Invalid, NotFound
from balai.places import changes, reads, rules
from balai.places.models import LoadedFile, Region
from balai.places.reads import kept
from balai.places.tests.conftest import REGIONS, nobody, writer

SECOND = """\
code,name,level,parent,kind
35,Jawa Timur,province,,provinsi
35.73,Kota Malang Raya,regency,35,kota
35.73.02,Klojen,district,35.73,kecamatan
35.73.02.1001,Klojen,village,35.73.02,kelurahan
35.73.02.1003,Celaket,village,35.73.02,kelurahan
"""
IN_2026 = "file,edition,in_force_on,source\nfirst.csv,satu,,a\nsecond.csv,dua,2026-01-01,b\n"


def names(found: list[Region]) -> list[str]:
    return [row.long_name for row in found]


def test_children_and_ancestors_stand_in_order(country: Path) -> None:
    assert names(reads.children()) == ["Provinsi Jawa Timur"]
    assert names(reads.children("35")) == ["Kota Malang", "Kota Batu"]
    assert names(reads.ancestors("35.73.02.1001")) == [
        "Provinsi Jawa Timur",
        "Kota Malang",
        "Kecamatan Klojen",
    ]


def test_names_are_kept_for_a_day_and_asked_again_where_there_are_none(
    country: Path, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cities = {"35.73": "Kota Malang", "35.79": "Kota Batu"}
    monkeypatch.setattr(kept, "_MOST", 0)
    assert reads.kept_names(["35.73", "99"]) == {"35.73": "Kota Malang"}
    with django_assert_num_queries(1):
        assert reads.kept_names(cities) == cities, "when too many are kept, none of the asked is lost"
    assert reads.kept_children("35") == tuple(cities.items())
    with django_assert_num_queries(0):
        assert reads.kept_names(["35.79"]) == {"35.79": "Kota Batu"}
        assert reads.kept_children("35") == tuple(cities.items())
    (country / "regions" / "second.csv").write_text(SECOND, "utf-8")
    (country / "regions" / "editions.csv").write_text(IN_2026, "utf-8")
    changes.load_regions(country / "regions", nobody)
    assert reads.kept_children("35") == (("35.73", "Kota Malang Raya"),)
    assert reads.kept_names(cities) == {"35.73": "Kota Malang Raya"}
    assert reads.kept_children("99") == ()


def test_a_full_name_says_all_it_lies_in(country: Path) -> None:
    assert reads.full_name("35.73.02.1001") == "Kelurahan Klojen, Kecamatan Klojen, Kota Malang, Jawa Timur"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("klojen", ["Kecamatan Klojen", "Kelurahan Klojen"]),
        ("KLO", ["Kecamatan Klojen", "Kelurahan Klojen"]),
        ("rampal celaket", ["Kelurahan Rampalcelaket"]),
        ("oro ombo", ["Desa Oro-oro Ombo"]),
        ("batu", ["Kota Batu", "Kecamatan Batu"]),
        ("35.79", ["Kota Batu", "Kecamatan Batu", "Desa Oro-oro Ombo"]),
        ("lojen", []),
        ("' OR 1=1 --", []),
        ("%", []),
        ("  ", []),
    ],
)
def test_search_finds_words_by_how_they_begin(country: Path, text: str, found: list[str]) -> None:
    assert names(reads.search(text)) == found


def test_search_can_be_narrowed(country: Path) -> None:
    assert names(reads.search("klojen", level="village")) == ["Kelurahan Klojen"]
    assert reads.search("klojen", under="35.79") == []
    assert len(reads.search("o", limit=1)) == 1


def test_an_unknown_code_is_not_found(country: Path) -> None:
    with pytest.raises(NotFound, match=r"99\.99"):
        reads.region("99.99")


def test_what_a_figure_does_not_say_is_missing_not_zero(country: Path) -> None:
    figures = reads.figures(["35.73", "35.79", "35"])
    assert figures["35.73"].population == 886_000
    assert figures["35.79"].population is None
    assert "35" not in figures


def test_a_later_edition_ends_what_it_changes_the_day_before(country: Path) -> None:
    write = writer(country)
    write("regions/editions.csv", IN_2026)
    write("regions/second.csv", SECOND)
    changes.load_regions(country / "regions", nobody)
    assert reads.region("35.73", date(2025, 12, 31)).name == "Kota Malang"
    assert reads.region("35.73", date(2026, 1, 1)).name == "Kota Malang Raya"
    assert reads.region("35.73").name == "Kota Malang Raya"
    assert reads.region("35").valid_from == rules.UNKNOWN_START
    assert "35.79" not in reads.regions(["35.79"])
    assert reads.region("35.79", date(2025, 12, 31)).valid_to == date(2025, 12, 31)
    assert names(reads.children("35.73.02", date(2025, 6, 1))) == [
        "Kelurahan Klojen",
        "Kelurahan Rampalcelaket",
    ]
    assert names(reads.children("35.73.02")) == ["Kelurahan Klojen", "Kelurahan Celaket"]


def test_a_code_leads_to_the_one_that_followed_it(country: Path) -> None:
    text = "old_code,new_code,on,source\n35.01,35.02,2001-01-01,UU a\n35.02,35.79,2010-01-01,UU b\n"
    writer(country)("regions/changes.csv", text)
    changes.load_changes(country / "regions", nobody)
    assert reads.current_code("35.01", date(2005, 1, 1)) == "35.02"
    assert reads.current_code("35.01", date(2026, 1, 1)) == "35.79"
    assert reads.current_code("35.73", date(2026, 1, 1)) == "35.73"
    with pytest.raises(NotFound):
        reads.current_code("99", date(2026, 1, 1))


def test_a_region_that_was_split_names_its_successors(country: Path) -> None:
    text = "old_code,new_code,on,source\n35.01,35.73,2001-01-01,UU a\n35.01,35.79,2001-01-01,UU a\n"
    writer(country)("regions/changes.csv", text)
    changes.load_changes(country / "regions", nobody)
    with pytest.raises(Invalid, match=r"35\.73, 35\.79"):
        reads.current_code("35.01", date(2026, 1, 1))


def test_codes_that_are_exchanged_on_one_day_do_not_run_in_circles(country: Path) -> None:
    text = "old_code,new_code,on,source\n35.73,35.79,2001-01-01,UU a\n35.79,35.73,2001-01-01,UU a\n"
    writer(country)("regions/changes.csv", text)
    changes.load_changes(country / "regions", nobody)
    assert reads.current_code("35.73", date(2026, 1, 1)) == "35.79"


def test_the_same_files_are_loaded_once(country: Path) -> None:
    assert not changes.load_regions(country / "regions", nobody).is_new
    assert not changes.build_maps().is_new
    writer(country)("regions/first.csv", REGIONS.replace("Kota Batu", "Kota Wisata Batu"))
    again = changes.load_regions(country / "regions", nobody)
    assert (again.rows, again.is_new) == (8, True)
    assert reads.region("35.79").name == "Kota Wisata Batu"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("35.73.02,Klojen", "35.7302,Klojen"), "first.csv baris 4: “35.7302” bukan kode wilayah"),
        (("35.73.02,Klojen,district", "35.73.02,Klojen,village"), "Tingkatnya district dan induknya “35.73”"),
        (("35.73,Kota Malang,regency,35,kota\n", ""), "first.csv baris 3: induk 35.73 tidak ada"),
        (("35.79,Kota Batu", "35.73,Kota Batu"), "kode 35.73 muncul dua kali"),
        (("35,kota", "35,city"), "jenis “city” tidak dikenal"),
        (("Kota Batu", " "), "nama kosong"),
        (("code,name", "kode,nama"), "first.csv: tidak ada kolom code, name"),
        (("35.79,Kota Batu,regency,35,kota", "35.79,Kota Batu"), "first.csv baris 7: jumlah kolom salah"),
    ],
)
def test_a_faulty_file_is_refused_whole_and_says_where(
    country: Path, wrong: tuple[str, str], said: str
) -> None:
    writer(country)("regions/first.csv", REGIONS.replace(*wrong))
    with pytest.raises(Invalid) as refused:
        changes.load_regions(country / "regions", nobody)
    assert said in str(refused.value)
    assert Region.objects.count() == 8


def test_a_missing_file_is_named(country: Path) -> None:
    (country / "regions" / "first.csv").unlink()
    with pytest.raises(Invalid, match=r"first\.csv"):
        changes.load_regions(country / "regions", nobody)


@pytest.mark.parametrize("text", ["35.73,x,,,\n", "35.73,x,1,2,4,1\n", "35.73,x,1,dua,3,1\n"])
def test_figures_that_do_not_add_up_or_are_no_numbers_are_refused(country: Path, text: str) -> None:
    writer(country)("regions/people.csv", "code,name,male,female,population,area_km2\n" + text)
    with pytest.raises(Invalid, match="baris 2"):
        changes.load_figures(country / "regions", nobody)


def test_what_was_loaded_is_on_record(country: Path) -> None:
    rows = dict(LoadedFile.objects.values_list("name", "rows"))
    assert rows == {"regions": 8, "region changes": 0, "region figures": 2, "outlines": 2}
