"""What the words of a text speak for: phrases that are found in it, counted by the answer they belong to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Hit:
    """An answer a text speaks for.

    Attributes:
        share: its words among all words that were found for any answer, 0 to 1.
        words: the phrases that were found, in alphabetical order.
    """

    key: str
    weight: int
    share: float
    words: tuple[str, ...]


def plain(text: str) -> str:
    """Return a text in small letters, its words apart by one space, without signs.

    >>> plain("Lampu-jalan  MATI!")
    'lampu jalan mati'
    """
    return " ".join("".join(sign if sign.isalnum() else " " for sign in text.casefold()).split())


def phrases(cells: Iterable[str]) -> frozenset[str]:
    """Return the phrases of cells in which they stand apart by commas."""
    return frozenset[str]().union(*map(_phrases, cells))


@lru_cache(maxsize=4_096)
def _phrases(cell: str) -> frozenset[str]:
    # The cells of a table are the same at every page, and taking them apart costs more than looking.
    return frozenset(map(plain, cell.split(","))) - {""}


def weighed(text: str, known: Mapping[str, frozenset[str]]) -> tuple[Hit, ...]:
    """Return the answers a text speaks for, the strongest first; a longer phrase outweighs a word of it.

    >>> known = {"light": frozenset({"lampu jalan", "gelap"}), "road": frozenset({"jalan"})}
    >>> [(hit.key, hit.weight, hit.share) for hit in weighed("Lampu jalan mati, jalan gelap", known)]
    [('light', 3, 0.75), ('road', 1, 0.25)]
    """
    said = f" {plain(text)} "
    found = {
        key: tuple(sorted(phrase for phrase in phrases if f" {phrase} " in said))
        for key, phrases in known.items()
    }
    weights = {key: sum(len(phrase.split()) for phrase in words) for key, words in found.items() if words}
    whole = sum(weights.values())
    # Of equal ones the first in the file stands first: the sort keeps their order.
    return tuple(
        Hit(key, weight, weight / whole, found[key])
        for key, weight in sorted(weights.items(), key=lambda pair: -pair[1])
    )
