"""Whose turn it is to ask: so that nobody keeps every reader busy, and strangers none for long.

Counted within one process of the web server, as its readers are; nothing is written down.
"""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.utils.translation import gettext as _

from balai.base.errors import Refused

SECONDS_TO_WAIT = 2.0
"""A page that asks anew leaves its question before; that takes a moment to be noticed."""
MOST_REMEMBERED = 10_000
LONG_QUESTIONS = 5
"""How many questions a minute of a visitor may take as long as one may."""


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


@dataclass
class Visit:
    """A question of a visitor: when it was asked, and how long a reader worked on it so far as is known."""

    at: float
    seconds: float = 0.0


class Turns:
    """One question at once for each asker; an address of visitors has so many a minute, and so long."""

    def __init__(self, readers: int, per_minute: int, seconds_per_minute: float) -> None:
        """Args:
        readers: how many questions are answered at once; from three on, visitors leave one free.
        per_minute: how many questions one network address may ask without signing in.
        seconds_per_minute: how long readers may work for it within a minute.
        """
        self._most_visitors = readers - 1 if readers > 2 else readers
        self._most_files = max(1, readers - 1)
        self._files = 0
        self._per_minute = per_minute
        self._seconds_per_minute = seconds_per_minute
        self._asking: set[str] = set()
        self._visitors = 0
        self._visits: OrderedDict[str, deque[Visit]] = OrderedDict()
        self._changed = threading.Condition()

    def take(self, who: str, is_visitor: bool, is_file: bool = False) -> Turn:
        """Wait for a turn, for at most two seconds.

        Args:
            who: tells askers apart: an account, or a network address.
            is_file: the whole answer is wanted, which may take minutes; one reader is kept free of those.

        Raises:
            TooMany: with words for the asker.
        """
        with self._changed:
            visit = self._visit(who) if is_visitor else None
            if not self._changed.wait_for(lambda: not self._taken(who, is_visitor, is_file), SECONDS_TO_WAIT):
                raise TooMany(self._taken(who, is_visitor, is_file))
            self._asking.add(who)
            self._visitors += is_visitor
            self._files += is_file
        began = time.monotonic()
        return Turn(lambda: self._give_back(who, visit, is_file, began))

    def _taken(self, who: str, is_visitor: bool, is_file: bool) -> str:
        """Return why it is not their turn, "" where it is."""
        if who in self._asking:
            return _("Pertanyaan Anda yang sebelumnya masih berjalan. Batalkan, atau tunggu.")
        if is_visitor and self._visitors >= self._most_visitors:
            return _("Banyak pengunjung sedang bertanya. Coba lagi sebentar lagi.")
        if is_file and self._files >= self._most_files:
            return _("Unduhan lain sedang berjalan. Coba lagi sebentar lagi.")
        return ""

    def _give_back(self, who: str, visit: Visit | None, is_file: bool, began: float) -> None:
        with self._changed:
            self._asking.discard(who)
            self._files -= is_file
            if visit:
                self._visitors -= 1
                visit.seconds = time.monotonic() - began
            self._changed.notify_all()

    def _visit(self, who: str) -> Visit:
        """Write down that a visitor asks. Raises TooMany."""
        now = time.monotonic()
        visits = self._visits.setdefault(who, deque())
        self._visits.move_to_end(who)
        while visits and visits[0].at < now - 60:
            visits.popleft()
        if len(visits) >= self._per_minute or sum(one.seconds for one in visits) >= self._seconds_per_minute:
            raise TooMany(
                _(
                    "Tanpa masuk, paling banyak %(most)d pertanyaan semenit, dan %(long)d detik menghitung. "
                    "Coba lagi %(seconds)d detik lagi."
                )
                % {
                    "most": self._per_minute,
                    "long": self._seconds_per_minute,
                    "seconds": int(visits[0].at + 60 - now) + 1,
                }
            )
        visits.append(Visit(now))
        while len(self._visits) > MOST_REMEMBERED:
            self._visits.popitem(last=False)
        return visits[-1]


@cache
def turns() -> Turns:
    """Return the turns of this process, as the settings want them."""
    return Turns(
        settings.QUERY_READERS,
        settings.QUERY_VISITOR_PER_MINUTE,
        LONG_QUESTIONS * settings.QUERY_VISITOR_SECONDS,
    )
