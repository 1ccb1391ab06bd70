"""Addresses that are fetched for a dataset: only what is new, never our own network, put out in the end."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.utils import timezone
from tests.cast import Cast

from balai.base import worker
from balai.base.errors import Forbidden, Invalid, NotFound
from balai.base.tests.test_outgoing import SPELLINGS
from balai.data import changes, reads
from balai.data.intake.models import FetchSource, Upload
from balai.data.models import DatasetVersion
from balai.data.tests.files import agreed, published
from balai.data.tests.registry import founded, producer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("malang", "own_folder")]


class _Site(BaseHTTPRequestHandler):
    """Gives a file with its mark, a CKAN resource that names it, or whatever status is set."""

    content = b"id,name\n1,Satu\n"
    mark = '"satu"'
    status = 200
    asked: list[str]

    def do_GET(self) -> None:
        site: Any = self.server
        site.asked.append(self.path)
        if self.path.startswith("/api/3/action/resource_show"):
            url = f"http://127.0.0.1:{site.server_port}/a.csv"
            return self._say(200, json.dumps({"success": True, "result": {"url": url}}).encode())
        if site.status == 200 and self.headers.get("If-None-Match") == site.mark:
            return self._say(304, b"")
        return self._say(site.status, site.content)

    def _say(self, status: int, body: bytes) -> None:
        site: Any = self.server
        self.send_response(status)
        self.send_header("ETag", site.mark)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""


@pytest.fixture
def site(settings: Any) -> Iterator[Any]:
    server: Any = HTTPServer(("127.0.0.1", 0), _Site)
    server.content, server.mark, server.status, server.asked = _Site.content, _Site.mark, 200, []
    settings.OPTIONS = replace(settings.OPTIONS, outgoing_allow=f"127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def _kept(cast: Cast, site: Any, **said: Any) -> FetchSource:
    usual = {
        "kind": "file",
        "address": f"http://127.0.0.1:{site.server_port}/a.csv",
        "resource": "",
        "every": "day",
        "starts_on": timezone.localdate(),
        "ends_on": None,
    }
    return changes.keep_source(producer(cast), "bins", usual | said, at=timezone.now())


def _fetched(row: FetchSource) -> Upload | None:
    row.refresh_from_db()
    return changes.fetch_source(row.pk, row.next_at)


def test_a_file_waits_once_then_publishes_by_itself_when_it_is_read_as_before(cast: Cast, site: Any) -> None:
    founded(cast)
    row = _kept(cast, site)
    assert changes.fetch_due(timezone.now()) == 1
    worker.drain()
    first = reads.uploads(producer(cast))[0]
    assert (first.state, first.source) == ("asking", "fetch")
    published(producer(cast), agreed(producer(cast), first, period="2026"))
    assert _fetched(row) is None, "not changed"
    site.content, site.mark = b"id,name\n1,Satu\n2,Dua\n", '"dua"'
    assert _fetched(row) is not None
    worker.drain()
    assert DatasetVersion.objects.order_by("-number")[0].rows == 2
    site.content, site.mark = b"id,name\nx,Satu\n", '"tiga"'
    assert _fetched(row) is not None
    worker.drain()
    assert DatasetVersion.objects.count() == 2, "what is not as declared waits for a person"
    assert reads.uploads(producer(cast))[0].state == "judged"


def test_a_resource_of_ckan_is_asked_where_it_lies_now(cast: Cast, site: Any) -> None:
    founded(cast)
    row = _kept(cast, site, kind="ckan", address=f"http://127.0.0.1:{site.server_port}", resource="a1-b2")
    assert _fetched(row) is not None
    assert site.asked == ["/api/3/action/resource_show?id=a1-b2", "/a.csv"]


def test_failures_are_told_wait_longer_and_put_it_out(cast: Cast, site: Any) -> None:
    founded(cast)
    row = _kept(cast, site)
    site.status = 500
    waits = []
    for _try in range(FetchSource.MOST_FAILURES):
        at = FetchSource.objects.get().next_at
        assert changes.fetch_source(row.pk, at) is None
        waits.append(FetchSource.objects.get().next_at - at)
    found = FetchSource.objects.get()
    assert waits[:3] == [timedelta(minutes=15), timedelta(minutes=30), timedelta(minutes=60)]
    assert not found.is_on and "500" in found.last_told
    assert changes.fetch_due(found.next_at) == 0
    changes.switch_source(producer(cast), row.pk, on=True, at=timezone.now())
    assert FetchSource.objects.get().failures == 0


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_of_our_own_network_is_kept(cast: Cast, spelling: str) -> None:
    founded(cast)
    said = {
        "kind": "file",
        "resource": "",
        "every": "day",
        "starts_on": timezone.localdate(),
        "ends_on": None,
    }
    try:
        changes.keep_source(
            producer(cast), "bins", said | {"address": spelling.format(port=8000)}, at=timezone.now()
        )
    except Invalid:
        return
    # A name that is not found today is kept, and refused or not found when it is asked.
    assert changes.fetch_source(FetchSource.objects.get().pk, timezone.now() + timedelta(days=1)) is None
    assert FetchSource.objects.get().failures == 1 and not Upload.objects.exists()


def test_agus_and_joko_keep_no_address_for_others(cast: Cast, site: Any) -> None:
    founded(cast)
    row = _kept(cast, site)
    for actor in (cast.agus.actor, cast.joko.actor, cast.sari.actor):
        assert reads.sources(actor, "bins") == ()
        with pytest.raises((NotFound, Forbidden)):
            changes.switch_source(actor, row.pk, on=False, at=timezone.now())
    page = cast.budi.client.get("/meja/data/bins/pengambilan/").content.decode()
    assert "Diambil dari 1 alamat" in page
    assert cast.agus.client.get("/meja/data/bins/pengambilan/").status_code == 404
