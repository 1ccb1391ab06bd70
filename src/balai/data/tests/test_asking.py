"""Questions in SQL reach the datasets the asker may read, and no others."""

import pytest
from tests.cast import Cast

from balai.base import tenancy
from balai.base.errors import Invalid
from balai.data import reads
from balai.data.models import Dataset
from balai.data.tests.registry import a_bin, founded, publish, steward

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder", "malang")]


@pytest.fixture
def bins(cast: Cast) -> Dataset:
    row = founded(cast)
    publish([a_bin(1), a_bin(2, kind="kecil", litres=None)])
    publish([a_bin(1)], corrects=1, reason="Tong 2 tidak ada")
    return row


def test_a_question_is_answered_from_the_current_version(bins: Dataset) -> None:
    with reads.ask(steward(), "SELECT kind, count(*) AS n, sum(cost) AS cost FROM bins GROUP BY 1") as answer:
        assert [column.name for column in answer.columns] == ["kind", "n", "cost"]
        assert list(answer.rows) == [("besar", 1, 750_000)]


def test_an_old_version_can_be_asked(bins: Dataset) -> None:
    old = {"bins": reads.readable_version(steward(), "bins", 1)}
    with reads.ask(steward(), "SELECT count(*), count(litres) FROM bins", tables=old) as answer:
        assert list(answer.rows) == [(2, 1)]


def test_a_whole_answer_leaves_as_a_file(bins: Dataset) -> None:
    asked = reads.question(steward(), "SELECT id, name FROM bins")
    with reads.export(asked, "csv") as export:
        assert b"".join(export.parts) == b"id,name\n1,Tong 1\n"


def test_nobody_asks_of_another_tenants_data(bins: Dataset, cast: Cast) -> None:
    with tenancy.scope("35.07"), pytest.raises(Invalid, match="bins"):
        reads.ask(cast.joko.actor, "SELECT * FROM bins")
