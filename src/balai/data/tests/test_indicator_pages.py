"""The way on the pages from an indicator to its figure, its versions, its rows, and what it was before."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from tests.cast import Cast, visitor_at

from balai.base import tenancy
from balai.base.actor import Actor
from balai.data import reads
from balai.data.reads import indicators_uses, records, uses
from balai.data.reads.records import Row
from balai.data.tests.measuring import COSTS, MALANG, SERVED, Files, measured, publish, reader, visit, written

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder", "malang", "cast")]


@pytest.fixture(autouse=True)
def files(settings: LazySettings, tmp_path: Path) -> Files:
    return written(settings, tmp_path / "definitions")


@pytest.fixture
def visitor() -> Client:
    return visitor_at(MALANG)


@pytest.fixture
def figure() -> reads.Measured:
    publish([visit(1), visit(2), visit(3, is_served=False)])
    measured()
    return reads.series(reader(), "served", MALANG)[0]


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.content[:500])
    return answer.content.decode()


def test_the_way_leads_from_the_indicator_to_the_rows(visitor: Client, figure: reads.Measured) -> None:
    assert f"/data/angka/{figure.id}/" in page(visitor, "/data/indikator/")
    assert f"/data/angka/{figure.id}/" in page(visitor, "/data/indikator/served/")
    ladder = page(visitor, f"/data/angka/{figure.id}/")
    assert "2 ÷ 3 × 100 = 66,67 persen" in ladder
    assert "Maret 2026" in ladder
    assert "/data/visits/versi/1/" in ladder
    assert ladder.count("<tr data-row>") == 2
    assert page(visitor, f"/data/angka/{figure.id}/?bagian=penyebut").count("<tr data-row>") == 3


def test_the_twins_say_the_same_as_the_page(visitor: Client, figure: reads.Measured) -> None:
    twin = visitor.get("/data/indikator/served.json").json()
    assert (twin["figures"][0]["value"], twin["definition"][0]["code"]) == ("66.67", "served")
    (line,) = csv.DictReader(io.StringIO(page(visitor, "/data/indikator/served.csv")))
    assert (line["numerator"], line["denominator"], line["versions"]) == ("2", "3", "visits v1")
    whole = visitor.get(f"/data/angka/{figure.id}.json").json()
    assert [row["id"] for row in whole["numerator"]] == [1, 2]
    rows = page(visitor, f"/data/angka/{figure.id}.csv?bagian=penyebut")
    assert len(list(csv.DictReader(io.StringIO(rows)))) == 3
    assert "served" in page(visitor, "/data/indikator.csv")
    assert visitor.get("/data/indikator.json").json()["indicators"]


def test_the_api_says_the_same_as_the_page(visitor: Client, figure: reads.Measured) -> None:
    (given,) = visitor.get("/api/v1/data/indicators/served/figures").json()
    assert (given["id"], given["value"], given["numerator"]) == (str(figure.id), "66.67", "2")
    assert visitor.get(f"/api/v1/data/figures/{figure.id}").json() == given
    assert visitor.get(f"/api/v1/data/figures/{figure.id}/history").json() == [given]
    rows = visitor.get(f"/api/v1/data/figures/{figure.id}/rows?part=denominator&limit=2").json()
    assert (len(rows["rows"]), rows["total"], rows["columns"][0]) == (2, 3, "id")
    assert any(one["code"] == "served" for one in visitor.get("/api/v1/data/indicators").json())
    assert visitor.get("/api/v1/data/indicators/served").json()["datasets"] == ["visits"]


def test_rows_are_paged(visitor: Client) -> None:
    publish([visit(n) for n in range(60)])
    measured()
    figure = reads.series(reader(), "served", MALANG)[0]
    first = page(visitor, f"/data/angka/{figure.id}/")
    assert first.count("<tr data-row>") == 50
    assert "after=50" in first
    assert page(visitor, f"/data/angka/{figure.id}/?after=50").count("<tr data-row>") == 10
    assert page(visitor, f"/data/angka/{figure.id}/?after=x").count("<tr data-row>") == 50


def test_a_page_says_why_a_figure_differs_from_yesterday(visitor: Client, figure: reads.Measured) -> None:
    assert "belum pernah berubah" in page(visitor, f"/data/angka/{figure.id}/riwayat")
    publish([visit(1), visit(2), visit(3)], corrects=1, reason="Salah catat")
    measured(later=1)
    told = page(visitor, f"/data/angka/{figure.id}/riwayat")
    assert "Sebelumnya 66,67 persen." in told
    assert "dari versi 1 ke versi 2" in told
    assert "Baris pembilang angka ini: 1 datang, 0 pergi, 0 berubah." in told
    assert "Baris penyebut angka ini: 0 datang, 0 pergi, 1 berubah." in told
    assert "/data/visits/bandingkan/?dari=1&amp;ke=2" in told
    assert "sudah tidak berlaku" in page(visitor, f"/data/angka/{figure.id}/")
    assert len(visitor.get(f"/data/angka/{figure.id}/riwayat.json").json()["figures"]) == 2


def test_rows_of_a_closed_dataset_are_told_not_shown(visitor: Client, files: Files) -> None:
    files.visits("closed")
    files.indicator(SERVED, minimum_count=5)
    publish([visit(n, clinic="Rahasia") for n in range(5)])
    measured()
    figure = reads.series(reader(), "served", MALANG)[0]
    ladder = page(visitor, f"/data/angka/{figure.id}/")
    assert "tidak dapat ditampilkan untuk Anda" in ladder
    assert "100,00 persen" in ladder
    assert "Rahasia" not in ladder
    assert "Rahasia" not in page(visitor, f"/data/angka/{figure.id}.json")


def test_withheld_and_gone_figures_say_so(visitor: Client, files: Files) -> None:
    files.indicator(SERVED, minimum_count=3)
    publish([visit(1)])
    measured()
    figure = reads.series(reader(), "served", MALANG)[0]
    assert "Angka ini ditahan" in page(visitor, f"/data/angka/{figure.id}/")
    publish([])
    measured(later=1)
    gone = reads.history(reader(), figure.id)[0]
    assert "tidak ada lagi baris" in page(visitor, f"/data/angka/{gone.id}/")
    assert "tidak dihitung lagi" in page(visitor, f"/data/angka/{gone.id}/riwayat")


def test_a_failure_stands_on_the_page_of_the_indicator(visitor: Client, files: Files) -> None:
    files.indicator(COSTS.replace("WHERE clinic IS NOT NULL ", ""))
    publish([visit(1, clinic=None)])
    with pytest.raises(Exception, match="clinic"):
        measured("costs")
    told = page(visitor, "/data/indikator/costs/")
    assert "Penghitungan terakhir gagal" in told
    assert "clinic" in told
    assert "gagal dihitung" in page(visitor, "/data/indikator/")


def test_an_indicator_of_several_clinics_shows_each(visitor: Client) -> None:
    publish([visit(1), visit(2, clinic="Dinoyo"), visit(3, day="2025-01-01", clinic="Dinoyo")])
    measured("costs")
    told = page(visitor, "/data/indikator/costs/?rincian=Kauman")
    assert "Kauman" in told and "Dinoyo" in told
    assert "<svg" in page(visitor, "/data/indikator/costs/?rincian=Dinoyo&wilayah=99")


def test_nobody_of_another_region_comes_to_the_figure(cast: Cast, figure: reads.Measured) -> None:
    for client in (cast.joko.client, visitor_at("35.07")):
        for end in ("/", ".json", ".csv", "/riwayat", "/riwayat.json"):
            assert client.get(f"/data/angka/{figure.id}{end}").status_code == 404
        assert client.get(f"/api/v1/data/figures/{figure.id}").status_code == 404
        assert str(figure.id) not in page(client, "/data/indikator/served/")


@pytest.fixture
def hooks() -> Iterator[None]:
    """Take the hooks of a test away again."""
    kept = dict(records._finders), dict(indicators_uses._finders)
    yield
    for own, before in zip((records._finders, indicators_uses._finders), kept, strict=True):
        own.clear()
        own.update(before)


@pytest.mark.usefixtures("hooks")
def test_a_row_leads_to_its_record_where_the_viewer_may_see_it(
    visitor: Client, figure: reads.Measured, cast: Cast
) -> None:
    def seen(actor: Actor, rows: list[Row]) -> list[str | None]:
        return [f"/aksi/{row['id']}" if actor.is_signed_in and row["id"] == 1 else None for row in rows]

    records.register("visits", seen)
    assert page(cast.budi.client, f"/data/angka/{figure.id}/").count("Buka catatannya") == 1
    assert "Buka catatannya" not in page(visitor, f"/data/angka/{figure.id}/")


@pytest.mark.usefixtures("hooks")
def test_what_an_indicator_is_used_for_is_listed(visitor: Client) -> None:
    indicators_uses.register(
        "plan", lambda actor, code: [uses.Use("Rencana aksi", f"Aksi {code}", "/aksi/A1")]
    )
    assert "Aksi served" in page(visitor, "/data/indikator/served/")
    assert [use.label for use in uses.used_by(reader(), "visits")] == ["Biaya", "Terlayani"]


def test_an_unknown_indicator_or_figure_is_not_found(visitor: Client) -> None:
    with tenancy.scope(MALANG):
        for address in ("/data/indikator/tidak-ada/", "/data/angka/0199a3c0-0000-7000-8000-000000000000/"):
            assert visitor.get(address).status_code == 404
