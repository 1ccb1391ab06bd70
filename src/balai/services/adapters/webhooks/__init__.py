"""Programs elsewhere that are told of cases: one message out, one answer read.

It goes through the one way out (`base.outgoing`), so an address inside our own network is
never asked, whoever wrote it.
"""

from balai.base import outgoing
from balai.services.rules.webhooks import headers

SECONDS = 15.0
MOST_READ = 64_000
"""Bytes of an answer; nothing in it is looked at but its status."""
GONE = 410
"""The receiver says that it will never come back: its subscription ends."""


class NotTaken(Exception):
    """The receiver did not take a message; `status` is what it answered, None where nothing came."""

    def __init__(self, told: str, status: int | None = None) -> None:
        self.status = status
        super().__init__(told)


def send(url: str, secret: str, message_id: str, timestamp: int, body: str) -> int:
    """Post a message and return the status with which it was taken, 200 to 299.

    Raises:
        NotTaken: another status, no answer, or a redirect; it may be tried again.
        outgoing.NotReachable: the address is not one we ask; trying again would not help.
    """
    told = headers(secret, message_id, timestamp, body)
    try:
        answer = outgoing.fetch(
            "POST", url, headers=told, content=body.encode(), seconds=SECONDS, max_bytes=MOST_READ
        )
    except outgoing.NoAnswer as error:
        raise NotTaken(str(error)) from error
    if not 200 <= answer.status < 300:
        raise NotTaken(f"HTTP {answer.status}", answer.status)
    return answer.status
