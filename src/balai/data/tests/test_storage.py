"""Files of versions, on a disk and in S3-compatible storage: whole or not there, and never others."""

import os
import threading
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from balai.data.storage import Damaged, Disk, Storage, nearby, s3
from balai.data.storage.nearby import Nearby
from balai.data.tests.bucket import Bucket, road_to

BYTES = b"PAR1 isinya PAR1"
DIGEST = sha256(BYTES).hexdigest()
AN_HOUR = timedelta(hours=1)


@pytest.fixture
def empty(served: Bucket, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    served.empty()
    monkeypatch.setattr(s3, "PAUSE_SECONDS", 0.01)
    return served


@pytest.fixture(params=["disk", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "disk":
        return Disk(tmp_path / "kept")
    made: Bucket = request.getfixturevalue("empty")
    return made.store(tmp_path / "near")


def laid_down(store: Storage, body: bytes = BYTES, tenant: str = "35.73") -> str:
    with store.drafting(tenant) as folder:
        draft = folder / "rows.parquet"
        draft.write_bytes(body)
        digest, size = store.lay_down(tenant, draft)
    assert size == len(body) and not draft.exists() and not folder.exists()
    return digest


def test_what_is_laid_down_is_read_back_read_only_under_its_own_hash(store: Storage) -> None:
    assert laid_down(store) == DIGEST
    path = store.local("35.73", DIGEST)
    assert path.read_bytes() == BYTES and path.stat().st_mode & 0o777 == 0o444
    assert store.expected("35.73", DIGEST) == path
    assert [sha for sha, _at in store.kept("35.73")] == [DIGEST]


def test_each_tenant_has_files_of_its_own(store: Storage) -> None:
    laid_down(store)
    assert list(store.kept("35.07")) == [] and list(store.kept("35.7")) == []
    with pytest.raises(FileNotFoundError):
        store.local("35.07", DIGEST)


@pytest.mark.parametrize(
    ("tenant", "digest"), [("../35.73", DIGEST), ("", DIGEST), ("35.73", "../etc/passwd")]
)
def test_no_name_leads_out_of_the_place(store: Storage, tenant: str, digest: str) -> None:
    with pytest.raises(ValueError):
        store.local(tenant, digest)


def test_a_sweep_takes_what_is_old_and_unwanted_and_nothing_else(store: Storage) -> None:
    wanted, unwanted = laid_down(store), laid_down(store, b"lain")
    assert store.sweep("35.73", {wanted}, datetime.now(UTC) - AN_HOUR) == 0
    assert store.sweep("35.73", {wanted}, datetime.now(UTC) + AN_HOUR) == 1
    assert [sha for sha, _at in store.kept("35.73")] == [wanted] != [unwanted]


def test_a_draft_that_a_stopped_change_left_is_swept_up(store: Storage) -> None:
    with store.drafting("35.73") as folder:
        left = folder.parent / "tinggal"
        left.mkdir()
    assert store.sweep("35.73", (), datetime.now(UTC) - AN_HOUR) == 0 and left.is_dir()
    assert store.sweep("35.73", (), datetime.now(UTC) + AN_HOUR) == 1 and not left.exists()


def test_only_the_name_of_the_content_is_left_in_the_bucket(empty: Bucket, tmp_path: Path) -> None:
    laid_down(empty.store(tmp_path))
    assert empty.names() == [f"35.73/{DIGEST[:2]}/{DIGEST}.parquet"]


def test_another_machine_fetches_the_file_once(empty: Bucket, tmp_path: Path) -> None:
    laid_down(empty.store(tmp_path / "a"))
    other = empty.store(tmp_path / "b")
    path = other.expected("35.73", DIGEST)
    assert not path.exists()
    other.fetch(path)
    assert path.read_bytes() == BYTES
    empty.remove(empty.names()[0])
    other.fetch(path)
    other.fetch(tmp_path / "elsewhere.duckdb")
    with pytest.raises(FileNotFoundError, match=DIGEST):
        empty.store(tmp_path / "c").local("35.73", DIGEST)


def test_other_bytes_than_those_asked_for_are_never_given(empty: Bucket, tmp_path: Path) -> None:
    laid_down(empty.store(tmp_path / "a"))
    empty.put(f"35.73/{DIGEST[:2]}/{DIGEST}.parquet", b"rusak")
    other = empty.store(tmp_path / "b")
    with pytest.raises(Damaged, match="other bytes"):
        other.local("35.73", DIGEST)
    assert not other.expected("35.73", DIGEST).exists()


def test_bytes_that_arrive_damaged_are_never_named(
    empty: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = s3.obstore.put
    monkeypatch.setattr(
        s3.obstore,
        "put",
        lambda store, key, body, **more: put(
            store, key, b"rusak" if isinstance(body, Path) else body, **more
        ),
    )
    with pytest.raises(Damaged, match="than those sent"):
        laid_down(empty.store(tmp_path))
    assert empty.names() == []


def test_a_connection_that_breaks_while_sending_is_tried_again(empty: Bucket, tmp_path: Path) -> None:
    body = os.urandom(400_000)
    with road_to(empty.endpoint) as road:
        road.breaks = [100_000, 250_000]
        digest = laid_down(empty.store(tmp_path / "a", endpoint=road.endpoint), body)
        assert road.broken == 2
        assert empty.names() == [f"35.73/{digest[:2]}/{digest}.parquet"]
    assert empty.store(tmp_path / "b").local("35.73", digest).read_bytes() == body


def test_a_large_file_goes_and_comes_in_parts(
    empty: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3, "PART_BYTES", 5 * 1024 * 1024)
    body = os.urandom(12 * 1024 * 1024 + 7)
    digest = laid_down(empty.store(tmp_path / "a"), body)
    assert empty.store(tmp_path / "b").local("35.73", digest).read_bytes() == body


def test_a_storage_that_does_not_answer_leaves_nothing_named(
    empty: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3, "TRIES", 1)
    monkeypatch.setattr(s3, "FIRST_PAUSE", timedelta(milliseconds=2))
    with pytest.raises(OSError, match="S3-compatible"):
        laid_down(empty.store(tmp_path, endpoint="http://127.0.0.1:9"))
    with pytest.raises(OSError, match="S3-compatible"):
        empty.store(tmp_path, bucket="tidak-ada").lay_down("35.73", draft_in(tmp_path))


def draft_in(folder: Path) -> Path:
    draft = folder / "draft"
    draft.write_bytes(BYTES)
    return draft


def test_more_files_than_a_page_holds_are_kept_and_swept(empty: Bucket, tmp_path: Path) -> None:
    names = [sha256(bytes([n])).hexdigest() for n in range(110)]
    for name in names:
        empty.put(f"35.73/{name[:2]}/{name}.parquet", b"")
    empty.put("35.73/bukan-berkas.txt", b"")
    store = empty.store(tmp_path)
    assert {sha for sha, _at in store.kept("35.73")} == set(names)
    assert store.sweep("35.73", set(names[:3]), datetime.now(UTC) + AN_HOUR) == 107
    assert empty.names(".parquet") == sorted(f"35.73/{name[:2]}/{name}.parquet" for name in names[:3])


def test_what_a_publisher_that_was_killed_had_sent_is_swept_up(empty: Bucket, tmp_path: Path) -> None:
    empty.put("35.73/incoming/abc", b"separuh")
    empty.put("35.73/sweeping/abc", b"")
    store = empty.store(tmp_path)
    assert store.sweep("35.73", (), datetime.now(UTC) - AN_HOUR) == 0
    assert store.sweep("35.73", (), datetime.now(UTC) + AN_HOUR) >= 2
    assert empty.names() == []


def test_a_file_laid_down_during_a_sweep_is_there_afterwards(empty: Bucket, tmp_path: Path) -> None:
    """The sweep has looked, and takes the file while it is laid down again."""
    store = empty.store(tmp_path)
    laid_down(store)
    key = empty.names()[0]
    empty.put("35.73/sweeping/lain", b"")

    def sweep() -> None:
        time.sleep(0.5)
        for name in (key, "35.73/sweeping/lain"):
            empty.remove(name)

    other = threading.Thread(target=sweep)
    other.start()
    laid_down(store)
    other.join()
    assert empty.names() == [key]


def test_a_sign_that_a_stopped_sweep_left_holds_nobody_for_ever(
    empty: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3, "SIGN_HOLDS_SECONDS", 0)
    empty.put("35.73/sweeping/tinggal", b"")
    assert laid_down(empty.store(tmp_path)) == DIGEST


def test_copies_on_this_machine_are_bounded_and_the_least_used_go_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = Nearby(tmp_path, most_bytes=25)
    places = [near.place("35.73", f"{n:064x}") for n in range(3)]
    for place in places:
        draft = tmp_path / "draft"
        draft.write_bytes(b"0123456789")
        near.keep(draft, place)
    assert [near.has(place) for place in places] == [True, True, True], "what was asked for just now stays"
    for number, place in enumerate((places[1], places[0], places[2])):
        os.utime(place, (number, number))
    monkeypatch.setattr(nearby, "GRACE_SECONDS", -1)
    near._make_room()
    assert [place.exists() for place in places] == [True, False, True]
