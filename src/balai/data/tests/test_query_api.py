"""One Data for programs, in SQL."""

import io
import json
from typing import Any

import openpyxl
import pytest
from django.test import Client
from tests.cast import Cast, visitor_at

from balai.data import changes
from balai.data.changes.queries import QueryDraft, save_query
from balai.data.engines.turns import turns
from balai.data.models import Dataset
from balai.data.tests.registry import NOW, a_bin, declared, founded, publish, shelf_of, steward

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("malang")]

ADDRESS = "/api/v1/data/query"
BY_KIND = "SELECT kind, count(*) AS n, sum(litres) AS litres FROM bins GROUP BY kind ORDER BY kind"


shelf = shelf_of(a_bin(1), a_bin(2, kind="kecil", litres=None), a_bin(3))


@pytest.fixture
def cast(shelf: Cast, db: None) -> Cast:
    return shelf


@pytest.fixture
def bins(cast: Cast) -> Dataset:
    turns.cache_clear()
    return Dataset.objects.get(code="bins")


def posted(client: Client, **body: Any) -> Any:
    return client.post(ADDRESS, json.dumps(body), content_type="application/json")


def test_an_answer_has_columns_with_types_and_rows(bins: Dataset, cast: Cast) -> None:
    answer = posted(cast.budi.client, sql=BY_KIND).json()
    assert answer.pop("seconds") >= 0
    assert answer == {
        "columns": [
            {"name": "kind", "type": "text"},
            {"name": "n", "type": "integer"},
            {"name": "litres", "type": "decimal"},
        ],
        "rows": [["besar", 2, "241.00"], ["kecil", 1, None]],
        "truncated": False,
    }


def test_a_visitor_asks_by_an_address_that_other_sites_may_use_too(bins: Dataset) -> None:
    response = visitor_at("35.73").get(ADDRESS, {"sql": BY_KIND, "limit": 1})
    assert response["Access-Control-Allow-Origin"] == "*"
    assert (len(response.json()["rows"]), response.json()["truncated"]) == (1, True)


def test_faults_are_a_problem_with_their_places(bins: Dataset, cast: Cast) -> None:
    response = posted(cast.budi.client, sql="SELECT kind,\n litre FROM bins")
    assert (response.status_code, response["Content-Type"]) == (422, "application/problem+json")
    (fault,) = response.json()["faults"]
    assert fault["place"] == "Baris 2, kolom 2"
    assert "litres" in fault["right"]


MALFORMED = [{}, {"sql": ""}, {"sql": "SELECT 1", "format": "docx"}, {"sql": "x", "y": 1}]


@pytest.mark.parametrize("body", MALFORMED)
def test_a_malformed_request_is_a_problem_too(bins: Dataset, cast: Cast, body: dict[str, Any]) -> None:
    assert posted(cast.budi.client, **body).status_code == 422


def test_the_whole_answer_leaves_as_a_file_with_texts_as_they_are(bins: Dataset, cast: Cast) -> None:
    publish([a_bin(1, name="=1+1")], corrects=1, reason="Uji")
    client = cast.budi.client
    text = b"".join(posted(client, sql="SELECT name FROM bins", format="csv").streaming_content)
    assert text == b"name\n=1+1\n"
    book = b"".join(posted(client, sql="SELECT name FROM bins", format="xlsx").streaming_content)
    assert openpyxl.load_workbook(io.BytesIO(book))["Data"]["A2"].value == "=1+1"


def test_limited_data_are_for_those_who_may_read_them(bins: Dataset, cast: Cast) -> None:
    founded(cast, declared(code="staf", classification="limited", title={"id": "Staf", "en": "Staff"}))
    changes.publish(steward(), "staf", [a_bin(1)], "2026", at=NOW)
    codes = {
        name: client.get(ADDRESS, {"sql": "SELECT count(*) AS n FROM staf"}).status_code
        for name, client in {
            "budi": cast.budi.client,
            "agus": cast.agus.client,
            "sari": cast.sari.client,
            "joko": cast.joko.client,
            "visitor": visitor_at("35.73"),
        }.items()
    }
    assert codes == {"budi": 200, "agus": 200, "sari": 422, "joko": 422, "visitor": 422}


def test_saved_questions_are_listed_and_answered(bins: Dataset, cast: Cast) -> None:
    draft = QueryDraft("per-jenis", "Per jenis", BY_KIND, "officers")
    save_query(cast.budi.actor, draft, at=NOW)
    client = cast.agus.client
    assert [row["slug"] for row in client.get("/api/v1/data/queries").json()] == ["per-jenis"]
    assert client.get("/api/v1/data/queries/per-jenis").json()["text"] == BY_KIND
    assert len(client.get("/api/v1/data/queries/per-jenis/answer").json()["rows"]) == 2
    for other in (cast.joko.client, visitor_at("35.73")):
        assert other.get("/api/v1/data/queries").json() == []
        assert other.get("/api/v1/data/queries/per-jenis/answer").status_code == 404
