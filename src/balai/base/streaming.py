"""Answers made piece by piece, after the middlewares have let go of the request."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager

from django.http import FileResponse
from django.http.response import HttpResponseBase


def make_within(response: HttpResponseBase, context: Callable[[], AbstractContextManager[object]]) -> None:
    """Have each piece of a streamed answer made within a new `context()`.

    Between two pieces nothing of it is in force: the thread may serve somebody
    else by then. A file is sent as it lies and left alone, as is an answer that
    is whole.
    """
    if response.streaming and not isinstance(response, FileResponse):
        response.streaming_content = _within(response.streaming_content, context)  # type: ignore[attr-defined]


def _within(
    pieces: Iterable[bytes], context: Callable[[], AbstractContextManager[object]]
) -> Iterator[bytes]:
    source = iter(pieces)
    while True:
        with context():
            try:
                piece = next(source)
            except StopIteration:
                return
        yield piece
