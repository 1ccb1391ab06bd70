"""Where a visitor asks from, and how often, for what is counted by network and not by person."""

import ipaddress
import threading
from collections import OrderedDict
from functools import cache

from django.conf import settings
from django.http import HttpRequest

_MOST_REMEMBERED = 10_000


def address_of(request: HttpRequest) -> str:
    """Return the network a visitor asks from: an address, or of version 6 what one house is given."""
    told = str(request.META.get("REMOTE_ADDR", ""))
    forwarded = request.headers.get("X-Forwarded-For", "")
    # Only the last entry is written by the server in front of us; the others by whoever asks.
    if settings.ALLAUTH_TRUSTED_PROXY_COUNT and forwarded:
        told = forwarded.split(",")[-1].strip()
    try:
        found = ipaddress.ip_address(told)
    except ValueError:
        return told
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return told


class Visits:
    """How often each network address asked within the running minute."""

    def __init__(self, per_minute: int) -> None:
        """Args: per_minute: 0 for any number."""
        self._per_minute = per_minute
        self._counts: OrderedDict[str, tuple[int, int]] = OrderedDict()
        self._lock = threading.Lock()

    def seconds_to_wait(self, who: str, now: float) -> int:
        """Count a visit at `now` (seconds of a clock that never goes back); return 0 where it is welcome."""
        if not self._per_minute:
            return 0
        minute, gone = divmod(int(now), 60)
        with self._lock:
            then, count = self._counts.pop(who, (minute, 0))
            count = count + 1 if then == minute else 1
            self._counts[who] = (minute, count)
            while len(self._counts) > _MOST_REMEMBERED:
                self._counts.popitem(last=False)
        return 60 - gone if count > self._per_minute else 0


@cache
def visits() -> Visits:
    """Return the visits of this process."""
    return Visits(settings.FACES_VISITOR_PER_MINUTE)
