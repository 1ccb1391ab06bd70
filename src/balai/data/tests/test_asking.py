"""Questions in SQL reach the datasets the asker may read, and no others."""

import shutil
from pathlib import Path

import pytest
from tests.cast import Cast

from balai.base import tenancy
from balai.base.errors import Invalid
from balai.data import changes, reads
from balai.data.engines.lease import Gone
from balai.data.models import Dataset
from balai.data.tests.bucket import Bucket
from balai.data.tests.registry import NOW, a_bin, declared, founded, publish, steward

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder", "malang")]


@pytest.fixture
def bins(cast: Cast) -> Dataset:
    row = founded(cast)
    publish([a_bin(1), a_bin(2, kind="kecil", litres=None)])
    publish([a_bin(1)], corrects=1, reason="Tong 2 tidak ada")
    return row


@pytest.mark.parametrize("own_folder", ["disk", "s3"], indirect=True)
def test_a_question_is_answered_from_the_current_version(bins: Dataset) -> None:
    with reads.ask(steward(), "SELECT kind, count(*) AS n, sum(cost) AS cost FROM bins GROUP BY 1") as answer:
        assert [column.name for column in answer.columns] == ["kind", "n", "cost"]
        assert list(answer.rows) == [("besar", 1, 750_000)]


@pytest.mark.parametrize("own_folder", ["s3"], indirect=True)
def test_a_question_fetches_the_files_it_reads_and_no_others(
    bins: Dataset, cast: Cast, own_folder: str, tmp_path: Path
) -> None:
    founded(cast, declared(code="trees"))
    changes.publish(steward(), "trees", [a_bin(1), a_bin(2)], "2026", at=NOW)
    shutil.rmtree(tmp_path / "tmp")
    with reads.ask(steward(), "SELECT count(*) FROM bins") as answer:
        assert list(answer.rows) == [(1,)]
    assert len(list(tmp_path.rglob("*.parquet"))) == 1


@pytest.mark.parametrize("own_folder", ["s3"], indirect=True)
def test_files_that_are_gone_are_told_to_the_asker(bins: Dataset, served: Bucket, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "tmp")
    served.empty()
    with pytest.raises(Gone, match="tidak ada"):
        reads.ask(steward(), "SELECT count(*) FROM bins")


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
