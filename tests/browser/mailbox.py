"""The mail of the installation under test, which it writes to a folder."""

import email
import re
import time
from email import policy

from tests.browser.conftest import Site


def latest(site: Site, to: str) -> str:
    """Return the text of the newest message to somebody; wait for it a little."""
    end = time.monotonic() + 15
    while time.monotonic() < end:
        files = sorted((site.data / "mail").glob("*"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
        for file in files:
            # One file holds the messages of one connection, one below the other.
            for raw in reversed(re.split(rb"\n-{79}\n", file.read_bytes())):
                message = email.message_from_bytes(raw.lstrip(), policy=policy.default)
                if to in str(message["To"]):
                    body = message.get_body(("plain",))
                    return body.get_content() if body else ""
        time.sleep(0.2)
    raise AssertionError(f"no message to {to}")
