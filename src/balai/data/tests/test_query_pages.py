"""The page where data are asked in SQL: what it shows, to whom, and what leaves it as a file."""

import io
import json
import tracemalloc
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.test import Client
from tests.cast import Cast, visitor_at
from tests.clock import within

from balai.base import tenancy
from balai.base.errors import Conflict, Forbidden, Invalid, NotFound
from balai.base.journal import JournalEntry
from balai.data import changes, reads
from balai.data.changes.queries import QueryDraft, change_query, remove_query, save_query
from balai.data.engines.turns import turns
from balai.data.models import Dataset, SavedQuery
from balai.data.pages.query import PART
from balai.data.reads.queries import saved_queries, saved_query
from balai.data.tests.registry import NOW, a_bin, declared, founded, publish, shelf_of, steward

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("malang", "fresh_turns")]

PAGE = "/data/tanya/"
BY_KIND = "SELECT kind, count(*) AS jumlah FROM bins GROUP BY kind ORDER BY kind"


@pytest.fixture
def fresh_turns() -> None:
    turns.cache_clear()


shelf = shelf_of(a_bin(1), a_bin(2, kind="kecil", name="=1+1", litres=None), a_bin(3))


@pytest.fixture
def cast(shelf: Cast, db: None) -> Cast:
    return shelf


@pytest.fixture
def bins(cast: Cast) -> Dataset:
    return Dataset.objects.get(code="bins")


@pytest.fixture
def closed(cast: Cast) -> Dataset:
    """A dataset that officers of Kota Malang read, and visitors do not."""
    row = founded(cast, declared(code="staf", classification="limited", title={"id": "Staf", "en": "Staff"}))
    changes.publish(steward(), "staf", [a_bin(1), a_bin(2)], "2026", at=NOW)
    return row


def asked(client: Client, text: str, **more: Any) -> Any:
    return client.post(PAGE, {"sql": text, **more})


def body(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return str(content.decode())


def draft(**changed: Any) -> QueryDraft:
    return QueryDraft(**{"slug": "per-jenis", "title": "Tong per jenis", "text": BY_KIND, **changed})


def test_the_page_names_the_datasets_and_what_their_columns_mean(bins: Dataset, cast: Cast) -> None:
    text = body(visitor_at("35.73").get(PAGE))
    assert "Tempat sampah" in text
    assert "litres" in text


def test_an_address_fills_the_editor_and_asks_nothing(bins: Dataset) -> None:
    text = body(visitor_at("35.73").get(PAGE, {"sql": BY_KIND}))
    assert "count(*) AS jumlah" in text
    assert 'data-part="answer"' not in text


@pytest.mark.parametrize("who", ["visitor", "budi"])
def test_an_answer_has_its_rows_its_chart_and_its_time(bins: Dataset, cast: Cast, who: str) -> None:
    client = visitor_at("35.73") if who == "visitor" else cast.budi.client
    response = asked(client, BY_KIND)
    text = body(response)
    assert response.status_code == 200
    assert "2 baris" in text
    assert "jumlah menurut kind" in text
    assert "detik" in text


def test_our_script_gets_the_answer_alone(bins: Dataset) -> None:
    text = body(visitor_at("35.73").post(PAGE, {"sql": BY_KIND}, headers={PART: "answer"}))
    assert text.lstrip().startswith('<div data-part="answer">')
    assert "<html" not in text


def test_a_fault_stands_at_its_line_with_a_mark_under_it(bins: Dataset) -> None:
    response = asked(visitor_at("35.73"), "SELECT kind,\n  litre FROM bins")
    text = body(response)
    assert response.status_code == 422
    assert 'data-line="2" data-column="3"' in text
    assert "litre FROM bins\n  ^" in text
    assert "SELECT kind," in text, "nothing that was written is lost"


def test_an_answer_of_many_rows_has_pages_and_says_when_it_is_cut(
    bins: Dataset, cast: Cast, settings: Any
) -> None:
    publish([a_bin(number) for number in range(1, 260)], corrects=1, reason="Lengkap")
    text = body(asked(cast.budi.client, "SELECT id FROM bins ORDER BY id", page="3"))
    assert "halaman 3 dari 3" in text
    assert ">259<" in text
    settings.QUERY_VISITOR_ROWS = 150
    text = body(asked(visitor_at("35.73"), "SELECT id FROM bins ORDER BY id"))
    assert "150 baris" in text
    assert "Hanya 150 baris pertama" in text


def test_a_map_is_drawn_where_the_answer_has_regions(bins: Dataset, monkeypatch: Any) -> None:
    monkeypatch.setattr("balai.places.reads.map_address", lambda name: f"/peta/{name}.json")
    text = body(asked(visitor_at("35.73"), "SELECT region, count(*) AS n FROM bins GROUP BY region"))
    assert 'data-map="/peta/35.73.json" data-layer="villages"' in text
    assert '"35.73.01.1001": {"value": 3.0' in text
    text = body(asked(visitor_at("35.73"), "SELECT name, place_lon, place_lat FROM bins"))
    assert '"coordinates": [112.63, -7.98]' in text


def test_visitors_and_other_governments_do_not_read_what_officers_read(closed: Dataset, cast: Cast) -> None:
    assert "2 baris" in body(asked(cast.agus.client, "SELECT * FROM staf"))
    for client in (visitor_at("35.73"), cast.joko.client):
        response = asked(client, "SELECT * FROM staf")
        assert response.status_code == 422
        assert "Tong 1" not in body(response)


def test_visitors_may_ask_only_so_often(bins: Dataset, settings: Any) -> None:
    settings.QUERY_VISITOR_PER_MINUTE = 2
    client = visitor_at("35.73")
    codes = [asked(client, "SELECT 1 AS x").status_code for _n in range(3)]
    assert codes == [200, 200, 429]
    assert asked(client, "SELECT 1 AS x", REMOTE_ADDR="10.0.0.9").status_code == 429
    other = visitor_at("35.73")
    other.defaults["REMOTE_ADDR"] = "10.0.0.9"
    assert asked(other, "SELECT 1 AS x").status_code == 200


SLOW = (
    "SELECT count(*) AS n FROM bins a "
    + " ".join(f"JOIN bins b{number} ON a.kind = b{number}.kind" for number in range(4))
    + " WHERE (a.id + b0.id + b1.id + b2.id + b3.id) % 7 = 3"
)


@pytest.mark.parametrize("address", [PAGE, "/data/tanya/unduh"])
def test_an_answer_that_is_given_up_ends_its_question(
    bins: Dataset, cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any, address: str
) -> None:
    settings.QUERY_SECONDS = 60
    publish([a_bin(number) for number in range(1, 500)], corrects=1, reason="Banyak")
    monkeypatch.setattr("balai.data.patience.GRACE", 0.1)
    monkeypatch.setattr("balai.data.pages.query_files.GRACE", 0.1)
    client = cast.budi.client
    assert asked(client, "SELECT 1 AS x").status_code == 200
    response = client.post(address, {"sql": SLOW, "kind": "csv"})
    assert response.streaming
    assert next(iter(response)) == b""
    with within(2):
        # As a server does when nobody listens any more. Closing the response itself would end the
        # request a second time, and with it the connection of the test.
        response._iterator.close()
        assert asked(client, "SELECT 1 AS x").status_code == 200


# --- files -------------------------------------------------------------------------


def fetched(
    client: Client, kind: str, text: str = "SELECT id, name FROM bins ORDER BY id", **more: str
) -> Any:
    return client.post("/data/tanya/unduh", {"sql": text, "kind": kind, **more})


def test_an_answer_leaves_as_csv_with_formulas_guarded(bins: Dataset) -> None:
    response = fetched(visitor_at("35.73"), "csv")
    assert body(response) == "id,name\n1,Tong 1\n2,'=1+1\n3,Tong 3\n"
    assert response["Content-Disposition"].startswith('attachment; filename="jawaban-20')
    assert body(fetched(visitor_at("35.73"), "csv", mentah="1")).splitlines()[2] == "2,=1+1"


def test_an_answer_leaves_as_json_parquet_and_excel(bins: Dataset) -> None:
    client = visitor_at("35.73")
    assert json.loads(body(fetched(client, "json")))[1] == {"id": 2, "name": "=1+1"}
    parquet = b"".join(fetched(client, "parquet").streaming_content)
    assert parquet[:4] == parquet[-4:] == b"PAR1"
    book = openpyxl.load_workbook(io.BytesIO(b"".join(fetched(client, "xlsx").streaming_content)))
    assert list(book["Data"].iter_rows(values_only=True))[2] == (2, "=1+1")
    assert book["Data"]["B3"].data_type == "s"
    assert "SELECT id, name" in str(book["Keterangan"]["B1"].value)


def test_a_file_is_refused_as_the_page_is(bins: Dataset, closed: Dataset) -> None:
    client = visitor_at("35.73")
    assert fetched(client, "csv", "SELECT * FROM staf").status_code == 422
    assert fetched(client, "docx").status_code == 422
    assert fetched(client, "csv", "SELECT CAST(name AS INTEGER) AS x FROM bins").status_code in (400, 422)


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_a_file_of_300_000_rows_is_sent_as_it_is_made(bins: Dataset, cast: Cast, kind: str) -> None:
    publish([a_bin(number) for number in range(1, 551)], corrects=1, reason="Banyak")
    text = "SELECT a.id, b.name, a.litres FROM bins a JOIN bins b ON a.kind = b.kind"
    response = fetched(cast.budi.client, kind, text)
    tracemalloc.start()
    size = sum(len(part) for part in response.streaming_content)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 5_000_000
    assert most < 8_000_000, f"{most} bytes at once"


# --- saved questions ---------------------------------------------------------------


@pytest.fixture
def saved(bins: Dataset, cast: Cast) -> Callable[..., SavedQuery]:
    def save(**changed: Any) -> SavedQuery:
        return save_query(cast.budi.actor, draft(**changed), at=NOW)

    return save


SEEN_BY = [
    ("me", {"budi"}),
    ("office", {"budi", "wati"}),
    ("officers", {"budi", "wati", "agus", "rini"}),
    ("public", {"budi", "wati", "agus", "rini", "sari", "visitor"}),
]


@pytest.mark.parametrize(("sharing", "seen_by"), SEEN_BY)
def test_a_saved_question_is_shown_to_those_it_is_shared_with(
    saved: Callable[..., SavedQuery], cast: Cast, sharing: str, seen_by: set[str]
) -> None:
    saved(sharing=sharing, office=str(cast.kominfo.pk) if sharing == "office" else "")
    people = {name: getattr(cast, name).actor for name in ("budi", "wati", "agus", "rini", "sari", "joko")}
    people["visitor"] = cast.visitor
    found = {name for name, actor in people.items() if name != "joko" and saved_queries(actor)}
    assert found == seen_by
    with tenancy.scope("35.07"):
        assert saved_queries(people["joko"]) == ()
        with pytest.raises(NotFound):
            saved_query(people["joko"], "per-jenis")


def test_whoever_opens_a_saved_question_asks_it_with_their_own_sight(
    closed: Dataset, bins: Dataset, cast: Cast
) -> None:
    """Budi's text over limited data is shared with all; somebody who lost the right sees no row of it."""
    save_query(cast.budi.actor, draft(text="SELECT name FROM staf", sharing="officers"), at=NOW)
    assert "Tong 1" in body(cast.agus.client.get("/data/tanya/per-jenis/"))
    SavedQuery.objects.filter(slug="per-jenis").update(sharing="public")
    response = visitor_at("35.73").get("/data/tanya/per-jenis/")
    assert response.status_code == 422
    assert "Tong 1" not in body(response)


def test_what_visitors_cannot_ask_is_not_made_public(closed: Dataset, bins: Dataset, cast: Cast) -> None:
    with pytest.raises(Invalid, match="Pengunjung"):
        save_query(cast.budi.actor, draft(text="SELECT name FROM staf", sharing="public"), at=NOW)


def test_an_answer_to_a_public_question_is_kept_for_visitors(
    saved: Callable[..., SavedQuery], cast: Cast
) -> None:
    saved(sharing="public")
    first = visitor_at("35.73").get("/data/tanya/per-jenis/")
    assert "ETag" in first.headers
    publish([a_bin(1)], corrects=1, reason="Tinggal satu")
    assert "1 baris" in body(visitor_at("35.73").get("/data/tanya/per-jenis/"))


def test_saving_changing_and_removing_are_in_the_journal(
    saved: Callable[..., SavedQuery], cast: Cast
) -> None:
    saved()
    change_query(cast.budi.actor, "per-jenis", draft(title="Lain"), version=1, at=NOW)
    with pytest.raises(Conflict):
        change_query(cast.budi.actor, "per-jenis", draft(title="Lagi"), version=1, at=NOW)
    with pytest.raises(Forbidden):
        remove_query(cast.agus.actor, "per-jenis", version=2)
    remove_query(cast.budi.actor, "per-jenis", version=2)
    verbs = (
        JournalEntry.objects.filter(verb__startswith="query.").order_by("pk").values_list("verb", flat=True)
    )
    assert list(verbs) == ["query.save", "query.change", "query.remove"]


FAULTY = [
    ("without a title", {"title": " "}, "title"),
    ("an address with spaces", {"slug": "per jenis"}, "slug"),
    ("an address of ours", {"slug": "simpanan"}, "slug"),
    ("shared with an office of others", {"sharing": "office", "office": "x"}, "sharing"),
    ("shared with nobody we know", {"sharing": "semua"}, "sharing"),
    ("a text the gate refuses", {"text": "DROP TABLE bins"}, "Baris 1, kolom 1"),
]


@pytest.mark.parametrize(("why", "changed", "place"), FAULTY, ids=[each[0] for each in FAULTY])
def test_a_faulty_question_is_not_saved(
    saved: Callable[..., SavedQuery], why: str, changed: dict[str, str], place: str
) -> None:
    with pytest.raises(Invalid) as found:
        saved(**changed)
    assert [fault.place for fault in found.value.faults] == [place]


def test_an_officer_saves_from_the_editor_and_shares_with_their_office(bins: Dataset, cast: Cast) -> None:
    client = cast.budi.client
    form = client.post("/data/tanya/simpan", {"sql": BY_KIND, "chart": "bar", "x": "kind", "y": "jumlah"})
    assert "Diskominfo" in body(form) or "Dinas Komunikasi" in body(form)
    sent = {"sql": BY_KIND, "title": "Tong per jenis", "sharing": f"office:{cast.kominfo.pk}", "chart": "bar"}
    response = client.post("/data/tanya/simpan", {**sent, "x": "kind", "y": "jumlah"})
    assert response.headers.get("Location") == "/data/tanya/tong-per-jenis/", body(response)
    assert "jumlah menurut kind" in body(cast.wati.client.get("/data/tanya/tong-per-jenis/"))
    assert cast.agus.client.get("/data/tanya/tong-per-jenis/").status_code == 404
    wrong = client.post("/data/tanya/simpan", {**sent, "sql": "SELECT x FROM bins"})
    assert wrong.status_code == 422
    assert "SELECT x FROM bins" in body(wrong)


def test_a_saved_question_leaves_as_a_file(saved: Callable[..., SavedQuery], cast: Cast) -> None:
    saved(sharing="public")
    response = visitor_at("35.73").get("/data/tanya/per-jenis/unduh.csv")
    assert body(response) == "kind,jumlah\nbesar,2\nkecil,1\n"
    assert "per-jenis-" in response["Content-Disposition"]


def test_a_whole_answer_is_what_reads_ask_gives(bins: Dataset, cast: Cast) -> None:
    with reads.ask(cast.budi.actor, BY_KIND) as answer:
        assert list(answer.rows) == [("besar", 2), ("kecil", 1)]
