"""The keys of sealed values: one file outside of the database, made on first use.

Whoever loses the file loses every sealed value: it belongs in the backup,
apart from the data.
"""

import base64
import json
import os
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from django.conf import settings

from balai.base.disk import make_folder, settle


class KeysUnreadable(RuntimeError):
    """The keys file is there, but does not hold keys."""


@dataclass(frozen=True)
class Keys:
    """The keys of sealed values.

    Attributes:
        current: id of the key that new values are sealed with.
        sealing: every key still needed to open something, by id; 32 bytes each.
        index: root of the blind indexes; never changed, or nothing would be found again.
        is_rotating: a rotation has begun and has not been finished.
    """

    current: str
    sealing: Mapping[str, bytes]
    index: bytes
    is_rotating: bool = False

    @classmethod
    def new(cls) -> Self:
        first = secrets.token_hex(4)
        return cls(first, {first: secrets.token_bytes(32)}, secrets.token_bytes(32))

    def with_new_key(self) -> Self:
        added = secrets.token_hex(4)
        return replace(
            self, current=added, sealing={**self.sealing, added: secrets.token_bytes(32)}, is_rotating=True
        )

    def as_json(self) -> str:
        return json.dumps(
            {
                "current": self.current,
                "rotating": self.is_rotating,
                "index": base64.b64encode(self.index).decode(),
                "keys": {name: base64.b64encode(key).decode() for name, key in self.sealing.items()},
            },
            indent=1,
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        stored = json.loads(text)
        return cls(
            stored["current"],
            {name: base64.b64decode(key, validate=True) for name, key in stored["keys"].items()},
            base64.b64decode(stored["index"], validate=True),
            stored["rotating"],
        )


def keys_path() -> Path:
    """Return where the keys lie in this installation."""
    return Path(settings.OPTIONS.keys_file or settings.DATA / "keys" / "sealed.json")


_read: dict[Path, tuple[tuple[int, int], Keys]] = {}
_reading = threading.Lock()


def keys() -> Keys:
    """Return the keys, made and written when there is no file yet.

    A file changed by a rotation in another process is read again at once.

    Raises:
        KeysUnreadable: the file is there but does not hold keys.
    """
    path = keys_path()
    with _reading:
        try:
            stat = path.stat()
        except FileNotFoundError:
            _make(path)
            stat = path.stat()
        stamp = (stat.st_mtime_ns, stat.st_ino)
        if path not in _read or _read[path][0] != stamp:
            try:
                _read[path] = (stamp, Keys.from_json(path.read_text()))
            except (ValueError, KeyError, TypeError) as error:
                raise KeysUnreadable(f"{path} does not hold the keys of sealed values") from error
        return _read[path][1]


def _make(path: Path) -> None:
    """Write new keys unless another process was first."""
    make_folder(path.parent)
    fresh = _written(path, Keys.new())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    settle(path.parent)


def store_keys(changed: Keys) -> None:
    """Replace the keys file; it is the old one or the new one at any moment, never half of it."""
    path = keys_path()
    _written(path, changed).replace(path)
    settle(path.parent)


def _written(path: Path, held: Keys) -> Path:
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(held.as_json())
        file.flush()
        os.fsync(file.fileno())
    return fresh


def begin_rotation() -> Keys:
    """Make a new current key, unless a rotation that has not ended goes on; return the keys."""
    if not keys().is_rotating:
        store_keys(keys().with_new_key())
    return keys()


def end_rotation() -> None:
    """Note that every value has the current key. Older keys are kept: backups need them."""
    store_keys(replace(keys(), is_rotating=False))
