"""What everybody may see of the plan, and its twins for programs."""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast, visitor_at

from balai.base import tenancy
from balai.plan import changes
from balai.plan.tests.town import NOW, TODAY, Town, found

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(cast: Cast) -> Iterator[Town]:
    with time_machine.travel(NOW, tick=False), tenancy.scope("35.73"):
        yield found(cast)


@pytest.fixture
def visitor() -> Client:
    return visitor_at("35.73")


def _page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.content[:300])
    return answer.content.decode()


def _counted(town: Town) -> None:
    rows = town.dimensions({"governance": (1, 2), "branding": (1, 1)})
    town.adopt()
    for action, is_done in rows.items():
        town.verified(action, 20 if is_done else 5)


def test_the_programme_page_and_its_twins_show_the_same_figure(town: Town, visitor: Client) -> None:
    _counted(town)
    assert "2 / 3 = 66,67" in _page(visitor, "/program/")
    twin = visitor.get("/program.json").json()
    pooled = next(row for row in twin["realisation"] if row["rule"] == "pooled" and not row["dimension"])
    assert (pooled["numerator"], pooled["denominator"], pooled["percent"]) == ("2", "3", "66.67")
    rows = list(csv.DictReader(io.StringIO(visitor.get("/program.csv").content.decode())))
    assert len(rows) == len(twin["actions"]) == 3
    assert {row["is_done"] for row in rows} == {"True", "False"}


def test_a_tab_shows_the_actions_of_its_dimension(town: Town, visitor: Client) -> None:
    town.action("A1", title="Surat daring")
    town.action("A2", title="Festival kota", shares=(changes.ShareDraft("branding"),))
    town.adopt()
    page = _page(visitor, "/program/?dimensi=branding")
    assert "Festival kota" in page and "Surat daring" not in page


@pytest.mark.parametrize("year", ["1999", "abc", "2024 OR 1=1"])
def test_a_year_outside_the_plan_says_which_years_there_are(town: Town, visitor: Client, year: str) -> None:
    town.action()
    town.adopt()
    answer = visitor.get("/program/", {"tahun": year})
    assert answer.status_code == 422
    assert "2024 sampai 2028" in answer.content.decode()


def test_three_rules_stand_side_by_side_with_their_sums(town: Town, visitor: Client) -> None:
    _counted(town)
    page = _page(visitor, "/realisasi/")
    assert "2 / 3 = 66,67" in page and "(1/2 + 1/1) / 2 = 75,00" in page
    assert "realisasi-1" in page
    assert len(visitor.get("/realisasi.json").json()["realisation"]) >= 5
    assert visitor.get("/realisasi.csv")["Content-Type"].startswith("text/csv")


def test_the_action_page_tells_where_its_figure_comes_from(town: Town, visitor: Client) -> None:
    action = town.action()
    town.adopt()
    town.verified(action, 12, note="Dua layanan baru")
    page = _page(visitor, "/aksi/A1/")
    assert "Dari mana angkanya?" in page and "Dua layanan baru" in page
    assert "Budi" not in page, "names of officers are not public"
    twin = visitor.get("/aksi/A1.json").json()
    assert twin["reports"][0]["value"] == "12.0000"
    of_all = visitor.get("/program.json").json()["actions"]
    assert twin["action"] == [row for row in of_all if row["code"] == "A1"] != []
    assert visitor.get("/aksi/tidak-ada/").status_code == 404


def test_an_unverified_report_is_not_public(town: Town, visitor: Client) -> None:
    action = town.action()
    town.adopt()
    town.reported(action, 12, note="Belum diperiksa")
    for client in (visitor, town.cast.agus.client):
        assert "Belum diperiksa" not in _page(client, "/aksi/A1/")
        assert "Belum diperiksa" not in str(client.get("/aksi/A1.json").json())
    assert "Belum diperiksa" in _page(town.cast.budi.client, "/aksi/A1/")


def test_joko_at_his_own_host_sees_nothing_of_malang(town: Town) -> None:
    town.action(title="Milik Kota Malang")
    town.adopt()
    elsewhere = visitor_at("35.07")
    for address in ("/", "/cari/?q=milik", "/angka-terbit/", "/angka-terbit.json"):
        assert "Milik Kota Malang" not in elsewhere.get(address).content.decode()
    for address in ("/program/", "/aksi/A1/", "/program.json", "/program.csv", "/dana.csv"):
        assert elsewhere.get(address).status_code == 404


def test_no_cell_of_a_csv_is_a_formula(town: Town, visitor: Client) -> None:
    town.action(title='=HYPERLINK("https://example.org")')
    town.adopt()
    (row,) = csv.DictReader(io.StringIO(visitor.get("/program.csv").content.decode()))
    assert not row["title"].startswith("=")


def test_money_is_told_by_source_and_the_share_of_apbd(town: Town, visitor: Client) -> None:
    action = town.action()
    changes.add_fund(town.rini, action.pk, changes.FundDraft(2026, "apbd", 750_000_000))
    changes.add_fund(town.rini, action.pk, changes.FundDraft(2026, "csr", 250_000_000))
    town.adopt()
    page = _page(visitor, "/dana/")
    assert "Rp1 miliar" in page and "75,00" in page
    assert {row["source"] for row in visitor.get("/dana.json").json()["money"]} == {"apbd", "csr"}


def test_the_masterplan_names_what_has_no_counterpart_in_the_other_axes(town: Town, visitor: Client) -> None:
    town.action()
    town.adopt()
    page = _page(visitor, "/rencana-induk/")
    assert "Perwal 1/2024" in page and "tanpa padanan" in page


def test_a_frozen_stage_keeps_its_figures_when_the_plan_moves_on(town: Town, visitor: Client) -> None:
    action = town.action()
    town.adopt()
    town.verified(action, 20)
    stage = changes.freeze_stage(town.rini, town.plan.pk, "Tahap I", 2026, TODAY, NOW)
    assert "1 / 1 = 100" in _page(visitor, f"/tahap/{stage.pk}/")
    assert _page(visitor, "/rencana-induk/").count("Tahap I") == 1


def test_quick_wins_are_told_with_their_shares(town: Town, visitor: Client) -> None:
    half = (changes.ShareDraft("branding", 1, 2), changes.ShareDraft("economy", 1, 2))
    action = town.action(title="Pahlawan Street Center", shares=half, is_quick_win=True)
    changes.write_quick_win(town.rini, action.pk, changes.QuickWinDraft(story="Trotoar menjadi ruang warga"))
    town.adopt()
    page = _page(visitor, "/program-unggulan/")
    assert "Trotoar menjadi ruang warga" in page
    assert "Smart Branding" in page and "Smart Economy" in page


@pytest.mark.parametrize("address", ["/program/", "/dana/", "/realisasi/", "/program-unggulan/", "/"])
def test_a_list_page_asks_as_often_for_many_actions_as_for_one(
    town: Town, visitor: Client, address: str
) -> None:
    for number in range(40):
        action = town.action(f"A{number}")
        changes.add_fund(town.rini, action.pk, changes.FundDraft(2026, "apbd", Decimal(1_000_000)))
    town.adopt()
    visitor.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert visitor.get(address).status_code == 200
    assert len(asked) <= 42, [query["sql"][:90] for query in asked]
