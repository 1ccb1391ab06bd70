"""Open data on the front page and in the search box: found by everybody, limited data by nobody else."""

import pytest
from django.test import Client
from tests.cast import Cast, visitor_at

from balai.dashboard import opened
from balai.data.tests.registry import a_bin, declared, founded, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("malang", "own_folder")]


@pytest.fixture
def own_folder(settings: object, tmp_path: object) -> None:
    """Keep the files of a test apart from those of others."""
    settings.DATA = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def visitor(cast: Cast) -> Client:
    return visitor_at("35.73")


def test_the_search_box_finds_datasets_and_indicators(cast: Cast, visitor: Client) -> None:
    founded(cast)
    publish([a_bin(1)])
    page = visitor.get("/cari/", {"q": "sampah"}).content.decode()
    assert 'href="/data/bins/"' in page and "1 hasil" in page
    page = visitor.get("/cari/", {"q": "kepadatan penduduk"}).content.decode()
    assert "/data/indikator/population_density/" in page


def test_the_front_page_shows_the_latest_open_data(cast: Cast, visitor: Client) -> None:
    founded(cast)
    publish([a_bin(1)])
    page = visitor.get("/").content.decode()
    assert "Data terbuka terbaru" in page and 'href="/data/bins/"' in page


def test_limited_data_are_found_by_those_who_read_them_and_not_by_joko_or_a_visitor(cast: Cast) -> None:
    founded(cast, declared(classification="limited"))
    publish([a_bin(1)])
    for actor, count in ((cast.agus.actor, 1), (cast.visitor, 0), (cast.joko.actor, 0)):
        assert opened.found(actor, "sampah").datasets_in_all == count, actor.name
        assert opened.latest(actor).datasets_in_all == count, actor.name
