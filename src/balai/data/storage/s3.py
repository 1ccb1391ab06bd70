"""Files in S3-compatible storage, at ``<prefix>/<tenant>/ab/<sha256>.parquet``.

A file comes to stand in three steps: sent under a name of its own, read back and
compared, copied by the server to its name in one stroke. So a name that is there always has
the right bytes. Reading goes through copies on this machine (`Nearby`), compared too.

A sweep and a file laid down meanwhile, perhaps on two machines: the sweep first puts up a
sign, then looks. Who lays down first copies, then looks for signs; where one stands,
they wait until it is gone and look whether their file still is there. Either the sweep
saw a young file, or the file is laid down again.
"""

import hashlib
import secrets
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import obstore
import structlog
from obstore.exceptions import BaseError
from obstore.store import S3Store

from balai.data.storage import names
from balai.data.storage.names import Damaged
from balai.data.storage.nearby import Nearby

log = structlog.get_logger(__name__)

TRIES = 3
PAUSE_SECONDS = 0.2
"""before the second try; four times as long before each further one"""
FIRST_PAUSE = timedelta(milliseconds=200)
"""before one request within a try is sent again; longer and longer each time"""
PART_BYTES = 16 * 1024 * 1024
"""Sent and fetched at once; each part has a time and tries of its own."""
SWEEP_SECONDS = 120
"""A sweep stops then; the next one goes on."""
SIGN_HOLDS_SECONDS = 300
"""A sign older than this was left by a sweep that was stopped."""
_SWEEPING = "sweeping"
_TROUBLE = (BaseError, FileNotFoundError)
"""What the client raises; of what is missing it speaks with Python's own error."""


class S3:
    """Files in a bucket. See `Storage` for what each method promises."""

    def __init__(self, options: Mapping[str, Any], near: Path) -> None:
        """Args:
        options: what `balai.site.options.object_storage` read from the setting.
        near: folder of this machine for copies and drafts.
        """
        self._near = Nearby(near, options["cache_mb"] * 1024 * 1024)
        self._store = _store(options)

    def drafting(self, tenant: str) -> AbstractContextManager[Path]:
        return names.drafting(self._near.folder(tenant))

    def lay_down(self, tenant: str, draft: Path) -> tuple[str, int]:
        digest, size = names.digest_of(draft), draft.stat().st_size
        sent = f"{names.of_tenant(tenant)}/{names.INCOMING}/{secrets.token_hex(16)}"
        with _in_words():
            try:
                self._send(draft, sent, digest)
                self._name(tenant, sent, digest)
            finally:
                with suppress(*_TROUBLE):
                    obstore.delete(self._store, sent)
        self._near.keep(draft, self._near.place(tenant, digest))
        return digest, size

    def local(self, tenant: str, sha256: str) -> Path:
        place = self._near.place(tenant, sha256)
        if not self._near.has(place):
            with names.drafting(self._near.folder(tenant)) as folder:
                self._near.keep(self._fetched(tenant, sha256, folder / "fetched"), place)
        return place

    def expected(self, tenant: str, sha256: str) -> Path:
        return self._near.place(tenant, sha256)

    def fetch(self, path: Path) -> None:
        named = self._near.named_by(path)
        if named:
            self.local(*named)

    def kept(self, tenant: str) -> Iterator[tuple[str, datetime]]:
        with _in_words():
            for path, at in self._listed(names.of_tenant(tenant)):
                sha256 = path.rsplit("/", 1)[-1].removesuffix(".parquet")
                with suppress(ValueError):
                    if path == f"{tenant}/{names.of_file(sha256)}":
                        yield sha256, at

    def sweep(self, tenant: str, wanted: Collection[str], before: datetime) -> int:
        began = time.monotonic()
        sign = f"{names.of_tenant(tenant)}/{_SWEEPING}/{secrets.token_hex(16)}"
        gone = names.sweep_drafts(self._near.folder(tenant), before)
        with _in_words():
            obstore.put(self._store, sign, b"")
            try:
                for batch in _batches(self._left(tenant, wanted, before, sign)):
                    if time.monotonic() - began > SWEEP_SECONDS:
                        break
                    obstore.delete(self._store, batch)
                    self._near.drop(batch)
                    gone += len(batch)
            finally:
                with suppress(*_TROUBLE):
                    obstore.delete(self._store, sign)
        return gone

    def _left(self, tenant: str, wanted: Collection[str], before: datetime, sign: str) -> Iterator[str]:
        for sha256, at in self.kept(tenant):
            if sha256 not in wanted and at < before:
                yield f"{tenant}/{names.of_file(sha256)}"
        for folder in (names.INCOMING, _SWEEPING):
            for path, at in self._listed(f"{tenant}/{folder}"):
                if at < before and path != sign:
                    yield path

    def _listed(self, folder: str) -> Iterator[tuple[str, datetime]]:
        for page in obstore.list(self._store, prefix=folder, chunk_size=1000):
            for one in page:
                yield one["path"], one["last_modified"]

    def _send(self, draft: Path, key: str, digest: str) -> None:
        """Send the bytes and read them back, until they are the same."""

        def send() -> None:
            obstore.put(self._store, key, draft, chunk_size=PART_BYTES, max_concurrency=2)
            told = hashlib.sha256()
            for part in self._parts(key):
                told.update(part)
            if told.hexdigest() != digest:
                raise Damaged(f"the storage keeps other bytes than those sent as {digest}")

        _again(send, "data.storage.send")

    def _name(self, tenant: str, sent: str, digest: str) -> None:
        key = f"{tenant}/{names.of_file(digest)}"
        for _time in range(TRIES):
            # Also over equal bytes: that makes them young, so no sweep takes them.
            obstore.copy(self._store, sent, key)
            if not self._wait_for_sweeps(tenant):
                return
            with suppress(FileNotFoundError):
                obstore.head(self._store, key)
                return
        raise Damaged(f"{digest} was swept up each time it was laid down")

    def _wait_for_sweeps(self, tenant: str) -> bool:
        """Wait until no sweep is under way; say whether one was."""
        waited = False
        while True:
            since = datetime.now(UTC) - timedelta(seconds=SIGN_HOLDS_SECONDS)
            if all(at < since for _path, at in self._listed(f"{tenant}/{_SWEEPING}")):
                return waited
            waited = True
            time.sleep(PAUSE_SECONDS)

    def _fetched(self, tenant: str, sha256: str, path: Path) -> Path:
        key = f"{tenant}/{names.of_file(sha256)}"

        def fetch() -> None:
            told = hashlib.sha256()
            with path.open("wb") as file:
                for part in self._parts(key):
                    told.update(part)
                    file.write(part)
            if told.hexdigest() != sha256:
                raise Damaged(f"the storage gave other bytes than {sha256}")

        with _in_words(gone=f"the bytes {sha256} of a version of tenant {tenant} are gone"):
            _again(fetch, "data.storage.fetch")
        return path

    def _parts(self, key: str) -> Iterator[bytes]:
        size = obstore.head(self._store, key)["size"]
        for start in range(0, size, PART_BYTES):
            yield bytes(obstore.get_range(self._store, key, start=start, end=min(size, start + PART_BYTES)))


def _store(options: Mapping[str, Any]) -> S3Store:
    config: dict[str, Any] = {
        name: options[name]
        for name in ("region", "endpoint", "access_key_id", "secret_access_key")
        if options.get(name)
    }
    return S3Store(
        options["bucket"],
        prefix=options["prefix"] or None,
        client_options={
            "connect_timeout": timedelta(seconds=5),
            "timeout": timedelta(seconds=60),
            "allow_http": str(options.get("endpoint", "")).startswith("http://"),
        },
        retry_config={
            "max_retries": 4,
            "retry_timeout": timedelta(seconds=90),
            "backoff": {"init_backoff": FIRST_PAUSE, "max_backoff": timedelta(seconds=5)},
        },
        **config,
    )


def _again(act: Callable[[], None], event: str) -> None:
    """Do it, and again after a pause where bytes were damaged or the storage did not answer."""
    for number in range(1, TRIES + 1):
        try:
            return act()
        except FileNotFoundError:
            raise
        except (BaseError, Damaged) as error:
            log.warning(event, attempt=number, error=str(error)[:500])
            if number == TRIES:
                raise
            time.sleep(PAUSE_SECONDS * 4 ** (number - 1))
    return None


@contextmanager
def _in_words(gone: str = "") -> Iterator[None]:
    try:
        yield
    except _TROUBLE as error:
        if gone and isinstance(error, FileNotFoundError):
            raise FileNotFoundError(gone) from None
        raise OSError(f"the S3-compatible storage does not do it: {str(error)[:500]}") from error


def _batches(every: Iterator[str], size: int = 500) -> Iterator[list[str]]:
    batch: list[str] = []
    for one in every:
        batch.append(one)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
