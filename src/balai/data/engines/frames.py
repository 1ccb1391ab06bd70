"""What the web process and a reader process say to each other: framed JSON and raw bytes.

    question  parent → child   length (4 bytes), JSON; the files travel as open descriptors
    frame     child → parent   kind (1 byte), length (4 bytes), payload

The parent decodes nothing but JSON of bounded size: a child that fell to its asker must not be
able to hand over an object that runs code. No import of Django here, so that a child starts fast.
"""

import json
import socket
import struct
from collections.abc import Callable
from typing import Any

READY, COLUMNS, ROWS, BYTES, ERROR, DONE = b"!", b"C", b"R", b"B", b"E", b"."
MOST_FRAME = 8 * 1024 * 1024
MOST_QUESTION = 512 * 1024
MOST_FILES = 64
MISSING = "\x1a"
"""Stands for a missing value in the form "texts", where CSV cannot tell it from an empty text."""

_LENGTH = struct.Struct("!I")
_HEAD = struct.Struct("!cI")


class Broken(Exception):
    """The other side is gone or does not keep to the protocol."""


def send_question(sock: socket.socket, question: dict[str, Any], files: list[int]) -> None:
    body = json.dumps(question, ensure_ascii=True).encode()
    if len(body) > MOST_QUESTION or len(files) > MOST_FILES:
        raise Broken(f"a question of {len(body)} bytes and {len(files)} files is too large")
    message = _LENGTH.pack(len(body)) + body
    sent = socket.send_fds(sock, [message], files) if files else 0
    sock.sendall(message[sent:])


def receive_question(sock: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """Return the next question and its files, open for reading."""
    first, files, _flags, _address = socket.recv_fds(sock, _LENGTH.size, MOST_FILES)
    while first and len(first) < _LENGTH.size:
        first += sock.recv(_LENGTH.size - len(first))
    if len(first) < _LENGTH.size:
        raise Broken("the web process is gone")
    (length,) = _LENGTH.unpack(first)
    question: dict[str, Any] = json.loads(_exactly(length, sock.recv))
    return question, list(files)


def send_frame(sock: socket.socket, kind: bytes, payload: bytes = b"") -> None:
    sock.sendall(_HEAD.pack(kind, len(payload)) + payload)


def receive_frame(receive: Callable[[int], bytes]) -> tuple[bytes, bytes]:
    """Return kind and payload; `receive(n)` gives 1 to n bytes, or none at the end."""
    kind, length = _HEAD.unpack(_exactly(_HEAD.size, receive))
    if length > MOST_FRAME:
        raise Broken(f"a frame of {length} bytes is too large")
    return kind, _exactly(length, receive)


def _exactly(length: int, receive: Callable[[int], bytes]) -> bytes:
    got = bytearray()
    while len(got) < length:
        part = receive(min(length - len(got), 1 << 18))
        if not part:
            raise Broken("the other side ended in the middle")
        got += part
    return bytes(got)
