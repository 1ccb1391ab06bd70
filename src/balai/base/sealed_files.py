"""Sealed files: bytes that lie on the disk for a while and that the disk must not show.

A file is a row of records, each ``length (4 bytes) · nonce (12) · AES-256-GCM of up to a MiB``, bound
to the name of the file and to its place in the row: none can be moved, left out in between, or taken
from elsewhere. It has a key of its own, made by `new_key`, which its owner keeps in a `SealedField`;
so keys are rotated without touching files, and who forgets the key has forgotten the bytes.
"""

import base64
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from balai.base.sealing import SealBroken

PART = 1 << 20
"""Bytes in clear of a whole record."""
_NONCE = 12
_MORE = _NONCE + 16
"""What a record is longer than its bytes in clear."""


def new_key() -> str:
    """Return a key for one thing's files, as text to be sealed."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def append(path: Path, key: str, offset: int, content: BinaryIO, most: int) -> int:
    """Write bytes behind the first `offset` ones in clear; return how many. What stood there is gone.

    The caller holds whatever lock is needed and sees to it that the folder is on disk.

    Raises:
        SealBroken: no record ends at `offset`.
        OSError: the content broke off before anything came; what came before that is kept.
    """
    cipher = _cipher(key)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        number = _go_to(file, offset)
        file.truncate()
        written = 0
        try:
            while written < most and (part := _filled(content, min(PART, most - written))):
                file.write(_record(cipher, path.name, number, part))
                written, number = written + len(part), number + 1
        except OSError:
            if not written:
                raise
        file.flush()
        os.fsync(file.fileno())
    return written


def seal(source: Path, target: Path, key: str) -> None:
    """Write the bytes of `source` sealed to `target`, which is whole or is not there."""
    draft = target.with_name(f"{target.name}.draft")
    cipher = _cipher(key)
    with source.open("rb") as clear, os.fdopen(os.open(draft, _NEW, 0o600), "wb") as file:
        for number, part in enumerate(iter(lambda: clear.read(PART), b"")):
            file.write(_record(cipher, target.name, number, part))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)


def unseal(source: Path, target: Path, key: str) -> Path:
    """Write the bytes of a sealed file in clear to `target`, for work that is under way; return it.

    Raises:
        SealBroken: it was altered, or sealed with another key or name.
        FileNotFoundError
    """
    with os.fdopen(os.open(target, _NEW, 0o600), "wb") as file:
        for part in parts(source, key):
            file.write(part)
    return target


def parts(path: Path, key: str) -> Iterator[bytes]:
    """Yield the bytes of a sealed file in clear. Raises as `unseal`."""
    cipher = _cipher(key)
    with path.open("rb") as file:
        number = 0
        while size := int.from_bytes(file.read(4)):
            closed = file.read(size)
            try:
                yield cipher.decrypt(closed[:_NONCE], closed[_NONCE:], _bound(path.name, number))
            except InvalidTag as error:
                raise SealBroken(f"record {number} of {path.name} does not open") from error
            number += 1


_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


def _cipher(key: str) -> AESGCM:
    return AESGCM(base64.b64decode(key, validate=True))


def _bound(name: str, number: int) -> bytes:
    return f"{name}\0{number}".encode()


def _record(cipher: AESGCM, name: str, number: int, part: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return b"".join(
        ((len(part) + _MORE).to_bytes(4), nonce, cipher.encrypt(nonce, part, _bound(name, number)))
    )


def _go_to(file: BinaryIO, offset: int) -> int:
    """Set the file behind its first `offset` bytes in clear; return how many records they are."""
    clear = place = number = 0
    whole = offset // PART
    if offset % PART == 0 and os.fstat(file.fileno()).st_size == offset + whole * (4 + _MORE):
        # As long as so many whole records and no shorter one: a large file is not walked for each part.
        clear, place, number = offset, offset + whole * (4 + _MORE), whole
    while clear < offset:
        size = int.from_bytes(file.read(4))
        if size <= _MORE:
            break
        clear, place, number = clear + size - _MORE, place + 4 + size, number + 1
        file.seek(place)
    if clear != offset:
        raise SealBroken(f"no record ends at byte {offset} in clear, but at {clear}")
    file.seek(place)
    return number


def _filled(content: BinaryIO, most: int) -> bytes:
    """Read until `most` bytes are there or no more come; a line that breaks keeps what had come."""
    found = bytearray()
    while len(found) < most:
        try:
            part = content.read(most - len(found))
        except OSError:
            if not found:
                raise
            break
        if not part:
            break
        found += part
    return bytes(found)
