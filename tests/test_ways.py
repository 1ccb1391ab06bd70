"""No door that is shown is shut: whatever the menus and the pages behind them name, the account may open."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from balai.base import menu
from balai.people import reads as people
from balai.services.tests.desk import desk
from tests.cast import MALANG, Cast, Person, someone

pytestmark = pytest.mark.django_db
_LINK = re.compile(r'<a\b[^>]*?\bhref="(/[^"#]*)')
_ONE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
_PLACES: tuple[menu.Place, ...] = ("public", "foot")
_LEFT_OUT = ("/akun/logout", "/static/", "/berkas-publik/")


def _people(cast: Cast) -> Iterator[tuple[str, Person]]:
    """Yield somebody for each role that is held in Kota Malang."""
    for code, role in people.roles().items():
        if role.given == "seat" and role.where != "national":
            yield code, someone(f"{code} Uji", MALANG, code, office=cast.kominfo)


def _refused(client: Client, known: set[str]) -> Iterator[tuple[str, str, int]]:
    """Yield what was named on a page and did not open, with that page; one link of a kind is tried.

    Args:
        known: kinds of address that are open to everybody; those that open are added.
    """
    actor = client.get("/").wsgi_request.actor
    desks = [way.href for way in menu.ways("desk", actor, "")]
    others = [way.href for place in _PLACES for way in menu.ways(place, actor, "")]
    waiting = [(href, "menu") for href in (["/meja/"] if desks else []) + desks + others]
    while waiting:
        href, source = waiting.pop(0)
        kind = _ONE.sub("N", href.partition("?")[0])
        if kind in known or href.startswith(_LEFT_OUT):
            continue
        known.add(kind)
        answer = client.get(href, follow=True)
        if answer.status_code in (401, 403) or answer.status_code >= 500:
            yield href, source, answer.status_code
        if source == "menu" and answer.headers["Content-Type"].startswith("text/html"):
            waiting += [(found, href) for found in _LINK.findall(answer.content.decode())]


@pytest.mark.long
def test_every_link_of_the_menus_and_of_the_pages_behind_them_opens_for_whom_it_is_shown(
    cast: Cast, malang: object
) -> None:
    desk(cast)
    public: set[str] = set()
    assert list(_refused(cast.sari.client, public)) == []
    for role, person in list(_people(cast)):
        assert list(_refused(person.client, set(public))) == [], role
