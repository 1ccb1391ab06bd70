"""A reader process: answers one question at a time, started with `python -m balai.data.engines.child`.

It is started anew and not forked, because a fork of a web process with threads may stand still
for ever. It ends when the web process does.
"""

import contextlib
import json
import os
import queue
import re
import socket
import sys
import threading
from dataclasses import asdict
from typing import Any

# The engine alone: loading what its package has around it takes half the time a reader starts in.
import _duckdb as duckdb

from balai.data.engines import duckdb_reader, frames, walls

ROWS_OF_A_FRAME = 2_000
_FORMS = {
    "csv": "FORMAT csv, HEADER true",
    "json": "FORMAT json, ARRAY true",
    "parquet": "FORMAT parquet, COMPRESSION zstd",
    "texts": f"FORMAT csv, HEADER true, NULLSTR '{frames.MISSING}'",
}
_MEMORY = re.compile(r"bad_alloc|out of memory|allocat", re.IGNORECASE)

_KINDS = (
    (re.compile(r"^(TINY|SMALL|BIG|HUGE|U\w*)?INT(EGER)?"), "integer"),
    (re.compile(r"^DECIMAL"), "decimal"),
    (re.compile(r"^(DOUBLE|FLOAT)"), "double"),
    (re.compile(r"^BOOL"), "boolean"),
    (re.compile(r"^DATE$"), "date"),
    (re.compile(r"^TIMESTAMP"), "timestamp"),
)


def main(descriptor: int, address_space_mb: int) -> None:
    sock = socket.socket(fileno=descriptor)
    _load_everything()
    standing = walls.confine(address_space_mb)
    parser = duckdb_reader.parser()
    engines = duckdb_reader.Engines()
    questions: queue.Queue[tuple[dict[str, Any], list[int]]] = queue.Queue()
    threading.Thread(target=_listen, args=(sock, questions), daemon=True).start()
    frames.send_frame(sock, frames.READY, json.dumps(asdict(standing)).encode())
    while True:
        question, files = questions.get()
        _answer(sock, parser, engines, question, files)


def _load_everything() -> None:
    """Touch what is loaded late, while the process may still open files."""
    engine = duckdb.connect(":memory:")
    engine.execute("SELECT 1.5::DECIMAL(9, 2), DATE '2026-01-01', TIMESTAMP '2026-01-01', 'a', 1").fetchall()
    engine.execute("SELECT json_serialize_sql('SELECT 1')").fetchall()
    engine.close()


def _listen(sock: socket.socket, questions: queue.Queue[tuple[dict[str, Any], list[int]]]) -> None:
    """Read questions; end the process at once when the web process is gone, even amid an answer."""
    try:
        while True:
            questions.put(frames.receive_question(sock))
    except BaseException:
        os._exit(0)


def _answer(
    sock: socket.socket,
    parser: duckdb.DuckDBPyConnection,
    engines: duckdb_reader.Engines,
    question: dict[str, Any],
    files: list[int],
) -> None:
    try:
        tables = question["tables"]
        names = frozenset(str(table["name"]).lower() for table in tables)
        duckdb_reader.check(parser, question["sql"], names)
        if question["form"]:
            _export(sock, question, files)
        else:
            _send_rows(sock, engines.over(tables, files, question["memory_mb"]), question["sql"])
        frames.send_frame(sock, frames.DONE)
    except OSError:
        os._exit(0)
    except Exception as error:
        frames.send_frame(sock, frames.ERROR, json.dumps(_told(error)).encode())


def _told(error: Exception) -> dict[str, str]:
    message = re.sub(r"/dev/fd/\d+", "…", str(error)).split("\n")[0][:400]
    if isinstance(error, MemoryError | duckdb.OutOfMemoryException) or _MEMORY.search(message):
        return {"kind": "memory", "message": message}
    broken = isinstance(error, duckdb.FatalException | duckdb.InternalException | duckdb.IOException)
    return {"kind": "broken" if broken else "refused", "message": message}


def _send_rows(sock: socket.socket, engine: duckdb.DuckDBPyConnection, sql: str) -> None:
    answer = engine.execute(sql)
    columns = [[str(name), _kind(str(type_))] for name, type_, *_rest in answer.description or []]
    frames.send_frame(sock, frames.COLUMNS, json.dumps(columns).encode())
    while rows := answer.fetchmany(ROWS_OF_A_FRAME):
        _send_some(sock, rows)


def _send_some(sock: socket.socket, rows: list[Any]) -> None:
    """Send rows as one frame, or as two halves where one would be too large."""
    payload = json.dumps(rows, default=str, ensure_ascii=False).encode()
    if len(payload) <= frames.MOST_FRAME:
        frames.send_frame(sock, frames.ROWS, payload)
    elif len(rows) == 1:
        raise MemoryError("one row is larger than an answer may be")
    else:
        half = len(rows) // 2
        _send_some(sock, rows[:half])
        _send_some(sock, rows[half:])


def _kind(type_: str) -> str:
    return next((kind for pattern, kind in _KINDS if pattern.match(type_)), "text")


def _export(sock: socket.socket, question: dict[str, Any], files: list[int]) -> None:
    """Let the engine write into a pipe and pass the bytes on as they come.

    A pipe and not a file that is followed: the engine writes files at fixed offsets from several
    threads, and a reader saw the gaps.
    """
    outlet, inlet = os.pipe()
    path = f"/dev/fd/{inlet}"
    pump = threading.Thread(target=_pump, args=(sock, outlet))
    pump.start()
    try:
        engine = duckdb_reader.open_locked(
            question["tables"], files, question["memory_mb"], also=path, threads=question["threads"]
        )
        with engine:
            engine.execute(f"COPY ({question['sql']}) TO '{path}' ({_FORMS[question['form']]})")
    finally:
        os.close(inlet)
        pump.join()
        duckdb_reader.close_all(files)


def _pump(sock: socket.socket, outlet: int) -> None:
    with open(outlet, "rb", buffering=0) as source, contextlib.suppress(OSError):
        while part := source.read(1 << 18):
            frames.send_frame(sock, frames.BYTES, part)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
