"""Answers that take long, given so that the server learns when nobody waits for them any more.

A web server of the WSGI kind says nothing of a visitor who has gone, until it is handed something to
send. Measured with granian: when a piece, even an empty one, follows the closing of the connection,
the answer is closed within 0.2 seconds. So after a second the answer begins, and nothing is sent,
again and again, until there is something. Its status is 200 by then, whatever comes of it.
"""

import time
from collections.abc import Generator, Iterator

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from balai.base import answers
from balai.base.errors import Refused

GRACE = 1.0
"""Seconds in which an answer may still have a status of its own."""

type Steps = Generator[None, None, HttpResponseBase]
"""Work that stops now and then (PULSE seconds at most apart) and returns the answer in the end."""


def answered(request: HttpRequest, steps: Steps, kind: str = "text/html; charset=utf-8") -> HttpResponseBase:
    """Return the answer that `steps` comes to, beginning it early when it takes long.

    Args:
        kind: the content type of an answer that begins before it is known.

    Raises:
        Refused: what the steps refuse within a second. Later the refusal is the body of the answer.
    """
    until = time.monotonic() + GRACE
    try:
        while time.monotonic() < until:
            next(steps)
    except StopIteration as end:
        found: HttpResponseBase = end.value
        return found
    except BaseException:
        steps.close()
        raise
    response = StreamingHttpResponse(_late(request, steps), content_type=kind)
    # A generator that was never begun does not end what it holds; whoever left early is not waited for.
    response._resource_closers.append(steps.close)  # type: ignore[attr-defined]
    response.headers["Cache-Control"] = "no-store"
    # Asks a server in front of us to pass nothing on as well as something.
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _late(request: HttpRequest, steps: Steps) -> Iterator[bytes]:
    try:
        while True:
            yield b""
            next(steps)
    except StopIteration as end:
        found = end.value
    except Refused as error:
        found = answers.answer(request, error)
    yield from found if found.streaming else [found.content]
