"""The portal, the view of the head of region and the nation, over one small plan."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from tests.cast import Cast, visitor_at

from balai.base import tenancy
from balai.base.actor import system
from balai.plan import changes
from balai.plan.tests.town import NOW, Town, found

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
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_a_city_without_an_adopted_plan_says_so_and_what_comes_next(town: Town, visitor: Client) -> None:
    page = _page(visitor, "/")
    assert "Rencana induk belum ditetapkan" in page
    assert "Layanan daring" not in page


def test_the_portal_shows_the_realisation_with_its_sum(town: Town, visitor: Client) -> None:
    rows = town.dimensions({"governance": (1, 2), "economy": (2, 2)})
    town.adopt()
    for action, is_done in rows.items():
        town.verified(action, 20 if is_done else 5)
    page = _page(visitor, "/")
    assert "(1 + 2) / (2 + 2) = 3 / 4 = 75" in page
    assert page.count("Smart ") >= 6
    assert "Ilustrasi – bukan data resmi" not in page


def test_what_nobody_reported_is_no_zero(town: Town, visitor: Client) -> None:
    town.action()
    town.adopt()
    page = _page(visitor, "/")
    assert "Belum dilaporkan" in page
    assert "0,00" not in page


def test_a_draft_is_seen_by_its_authors_only(town: Town, visitor: Client) -> None:
    town.action(title="Rahasia rancangan")
    for client in (visitor, town.cast.agus.client, town.cast.joko.client):
        for address in ("/", "/cari/?q=rahasia", "/nasional/"):
            assert "Rahasia rancangan" not in _page(client, address)


def test_search_finds_actions_and_regions_and_teaches_when_it_finds_none(town: Town, visitor: Client) -> None:
    town.action(title="Pasar rakyat digital")
    town.adopt()
    assert "Pasar rakyat digital" in _page(visitor, "/cari/?q=pasar")
    assert "Tidak ditemukan" in _page(visitor, "/cari/?q=zzz")
    assert "Ketik nama program" in _page(visitor, "/cari/")
    assert "&lt;script&gt;" in _page(visitor, "/cari/?q=<script>")


def test_the_map_has_every_placed_action_and_a_table_of_them(town: Town, visitor: Client) -> None:
    town.action(place_name="Alun-alun", latitude=Decimal("-7.977900"), longitude=Decimal("112.634200"))
    town.action("A2")
    town.adopt()
    page = _page(visitor, "/peta-program/")
    assert "Alun-alun" in page and "1 rencana aksi lain" in page
    places = visitor.get("/peta-program/tempat.geojson").json()["features"]
    assert [place["geometry"]["coordinates"] for place in places] == [[112.6342, -7.9779]]


def test_the_head_sees_five_numbers_and_what_worries(town: Town) -> None:
    town.action()
    town.adopt()
    page = _page(town.cast.wati.client, "/pimpinan/")
    assert page.count('class="figure') >= 5
    assert "Belum dilaporkan" in page and "Yang perlu perhatian" in page


def test_the_view_of_the_head_is_not_for_everybody(town: Town, visitor: Client) -> None:
    town.action()
    town.adopt()
    assert visitor.get("/pimpinan/").status_code == 302
    for person in (town.cast.sari, town.cast.budi):
        assert person.client.get("/pimpinan/").status_code == 403


def test_the_nation_counts_each_region_for_itself(town: Town, visitor: Client) -> None:
    action = town.action()
    town.adopt()
    town.verified(action, 20)
    with tenancy.scope("35.07"):
        joko = town.cast.joko.actor
        assert not joko.may("plan.adopt")
    page = _page(visitor, "/nasional/")
    assert "Rencana Induk Kota Cerdas" in page and "1/1" in page
    (region,) = visitor.get("/nasional/daerah.json").json()["regions"]
    assert region["tenant"] == "35.73"
    assert region["realisation"][0] == {
        "origin": "record",
        "numerator": "1",
        "denominator": "1",
        "percent": "100.00",
        "not_reported": "0",
        "rule": "pooled",
        "rule_version": "realisasi-1",
    }
    assert visitor.get("/nasional/peta.json").json()["35.73"]["value"] == 100.0


def test_the_nation_costs_the_same_number_of_queries_whatever_is_in_it(
    town: Town, visitor: Client, django_assert_max_num_queries: object
) -> None:
    town.action()
    town.adopt()
    visitor.get("/nasional/")
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        visitor.get("/nasional/")


def test_a_published_total_stands_apart_with_the_way_to_its_explanation(town: Town, visitor: Client) -> None:
    town.action()
    town.adopt()
    publisher = system("terbit", "35.73", "plan.publish_figure")
    for dimension, value in (("governance", 100), ("branding", 89), ("", Decimal("96.2"))):
        changes.record_published_figure(
            publisher,
            changes.PublishedDraft(
                subject="realisation",
                dimension=dimension,
                title="Realisasi menurut evaluasi",
                year=2025,
                value=Decimal(value),
                unit="percent",
                source="https://example.org/berita",
                confidence="verified",
            ),
        )
    page = _page(visitor, "/")
    assert "96,2" in page and "/angka-terbit/2025/" in page
    assert "tidak mungkin" in _page(visitor, "/angka-terbit/2025/")
