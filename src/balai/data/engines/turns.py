"""Whose turn it is to ask: so that nobody keeps every reader busy, and strangers leave room for officers.

Counted within one process of the web server, as its readers are; nothing is written down.
"""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.utils.translation import gettext as _

from balai.base.errors import Refused

SECONDS_TO_WAIT = 2.0
"""A page that asks anew leaves its question before; that takes a moment to be noticed."""
MOST_REMEMBERED = 10_000


class TooMany(Refused):
    """The asker has a question under way, or has asked too often."""

    status = 429


class Turn:
    """The right to have one question answered; ended once, at the latest when nobody holds it any more."""

    def __init__(self, end: Callable[[], None]) -> None:
        self._end: Callable[[], None] | None = end

    def end(self) -> None:
        end, self._end = self._end, None
        if end is not None:
            end()

    def __del__(self) -> None:
        self.end()


class Turns:
    """One question at once for each asker; visitors together leave one reader to those signed in."""

    def __init__(self, readers: int, per_minute: int) -> None:
        """Args:
        readers: how many questions are answered at once.
        per_minute: how many questions one network address may ask without signing in.
        """
        self._most_visitors = max(1, readers - 1)
        self._per_minute = per_minute
        self._asking: set[str] = set()
        self._visitors = 0
        self._asked: OrderedDict[str, deque[float]] = OrderedDict()
        self._changed = threading.Condition()

    def take(self, who: str, is_visitor: bool) -> Turn:
        """Wait for a turn, for at most two seconds.

        Args:
            who: tells askers apart: an account, or a network address.

        Raises:
            TooMany: with words for the asker.
        """
        with self._changed:
            if is_visitor:
                self._count(who)
            if not self._changed.wait_for(lambda: self._is_free(who, is_visitor), SECONDS_TO_WAIT):
                if who in self._asking:
                    raise TooMany(_("Pertanyaan Anda yang sebelumnya masih berjalan. Batalkan, atau tunggu."))
                raise TooMany(_("Banyak pengunjung sedang bertanya. Coba lagi sebentar lagi."))
            self._asking.add(who)
            self._visitors += is_visitor
        return Turn(lambda: self._give_back(who, is_visitor))

    def _is_free(self, who: str, is_visitor: bool) -> bool:
        return who not in self._asking and (not is_visitor or self._visitors < self._most_visitors)

    def _give_back(self, who: str, is_visitor: bool) -> None:
        with self._changed:
            self._asking.discard(who)
            self._visitors -= is_visitor
            self._changed.notify_all()

    def _count(self, who: str) -> None:
        now = time.monotonic()
        times = self._asked.setdefault(who, deque())
        self._asked.move_to_end(who)
        while times and times[0] < now - 60:
            times.popleft()
        if len(times) >= self._per_minute:
            wait = int(times[0] + 60 - now) + 1
            raise TooMany(
                _("Tanpa masuk, paling banyak %(most)d pertanyaan semenit. Coba lagi %(seconds)d detik lagi.")
                % {"most": self._per_minute, "seconds": wait}
            )
        times.append(now)
        while len(self._asked) > MOST_REMEMBERED:
            self._asked.popitem(last=False)


@cache
def turns() -> Turns:
    """Return the turns of this process, as the settings want them."""
    return Turns(settings.QUERY_READERS, settings.QUERY_VISITOR_PER_MINUTE)
