"""The part of Solr's query language that programs use against CKAN's `q` and `fq`.

    organization:(diskominfo OR dinkes) -tags:"tempat sampah" metadata_modified:[2026-01-01T00:00:00Z TO *]

Words, "phrases", fields, brackets, AND OR NOT + - && || !, ranges, and * ? within a word. Neighbours
without a word between them must all fit, as CKAN sets it. A field nobody knows fits nothing.

Source: Apache Solr reference guide, "The Standard Query Parser".
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase

from balai.data.faces.ckan.faults import BadSearch
from balai.data.faces.ckan.index import Index
from balai.data.reads.entries import words_of
from balai.data.reads.shelved import Bits

MOST = 4000
"""Letters of a query."""
MOST_DEPTH = 20

type Fits = Callable[[Index], Bits]
"""gives the packages that fit, as a set of their places"""

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<phrase>"(?:[^"\\]|\\.)*")(?:~\d*)?(?:\^[\d.]+)?
    |(?P<range>[\[{]\s*(?:"[^"]*"|[^\s\]}"]+)\s+TO\s+(?:"[^"]*"|[^\s\]}"]+)\s*[\]}])
    |(?P<open>\()
    |(?P<close>\)(?:\^[\d.]+)?)
    |(?P<sign>&&|\|\||[+\-!](?=\S))
    |(?P<field>[\w.*]+):(?=\S)
    |(?P<word>(?:[^\s()"\[\]{}:\\^~]|\\.|(?<=\S):)+)(?:~[\d.]*)?(?:\^[\d.]+)?
    )""",
    re.VERBOSE,
)
_NOW = re.compile(r"NOW(?:([+-])(\d{1,5})(HOUR|DAY|MONTH|YEAR)S?)?(?:/(?:HOUR|DAY|MONTH|YEAR)S?)?")
_DAYS = {"DAY": 1, "MONTH": 30, "YEAR": 365}
_TEXTS = frozenset({"text", "title", "notes", "author", "maintainer"})
"""Fields that are looked at word by word; the others as a whole."""


@dataclass(frozen=True)
class Query:
    """A query that was read. `words`: those that are looked for, by which finds are weighed."""

    fits: Fits
    words: tuple[str, ...]


def read(text: str, now: datetime) -> Query:
    """Read a query; an empty one and `*:*` fit everything.

    Raises:
        BadSearch: it cannot be read; says where.
    """
    if len(text) > MOST:
        raise BadSearch(f"longer than {MOST} characters")
    if text.strip() in ("", "*", "*:*"):
        return Query(lambda index: index.every, ())
    reading = _Reading(list(_tokens(text)), now)
    fits = reading.some()
    if reading.rest:
        raise BadSearch(f"unexpected {reading.rest[0][1]!r}")
    return Query(fits, tuple(dict.fromkeys(reading.words)))


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    place = 0
    while text[place:].strip():
        found = _TOKEN.match(text, place)
        if found is None or found.lastgroup is None:
            raise BadSearch(f"cannot read {text[place : place + 40]!r}")
        yield found.lastgroup, found[found.lastgroup]
        place = found.end()


class _Reading:
    """Reads tokens from left to right; used once."""

    def __init__(self, tokens: list[tuple[str, str]], now: datetime) -> None:
        self.rest = tokens
        self.words: list[str] = []
        self._now = now
        self._depth = 0

    def some(self, field: str = "") -> Fits:
        """Read clauses up to a closing bracket or the end: OR binds less than AND and neighbourhood."""
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise BadSearch("nested too deeply")
        either: list[list[Fits]] = [[]]
        while self.rest and self.rest[0][0] != "close":
            match self.rest[0][1]:
                case "OR" | "||":
                    self.rest.pop(0)
                    either.append([])
                case "AND" | "&&":
                    self.rest.pop(0)
                case _:
                    either[-1].append(self._clause(field))
        self._depth -= 1
        if not all(either):
            raise BadSearch("a word is missing beside OR, or between brackets")

        def fits(index: Index) -> Bits:
            found = 0
            for every in either:
                these = index.every
                for one in every:
                    these &= one(index)
                found |= these
            return found

        return fits

    def _clause(self, field: str) -> Fits:
        kind, text = self.rest.pop(0)
        if (kind, text) in (("sign", "-"), ("sign", "!"), ("word", "NOT")):
            heard = len(self.words)
            inner = self._following(field)
            del self.words[heard:]
            return lambda index: index.every & ~inner(index)
        if (kind, text) == ("sign", "+"):
            return self._following(field)
        if kind == "field":
            return self._following(text)
        if kind == "open":
            fits = self.some(field)
            if not self.rest:
                raise BadSearch("a bracket is not closed")
            self.rest.pop(0)
            return fits
        if kind == "range":
            return self._range(field, text)
        if kind == "phrase":
            return self._phrase(field, re.sub(r"\\(.)", r"\1", text[1:-1]))
        return self._word(field, text)

    def _following(self, field: str) -> Fits:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise BadSearch("nested too deeply")
        if not self.rest or self.rest[0][0] == "close":
            raise BadSearch("a word is missing at the end")
        fits = self._clause(field)
        self._depth -= 1
        return fits

    def _phrase(self, field: str, text: str) -> Fits:
        if field and field not in _TEXTS:
            return lambda index: index.values(field).get(text, 0)
        wanted = " ".join(words_of(text))
        self.words += wanted.split()

        return lambda index: index.only(_all_of(index, field, wanted.split()), field, wanted)

    def _word(self, field: str, text: str) -> Fits:
        if text.endswith(":"):
            raise BadSearch(f"nothing follows {text!r}")
        has_signs = re.search(r"(?<!\\)[*?]", text) is not None
        plain = re.sub(r"\\(.)", r"\1", text)
        if field == "*":
            return lambda index: index.every
        if field and text == "*":
            return lambda index: _any_of(index.values(field), lambda _value: True)
        if field and field not in _TEXTS:
            if has_signs:
                pattern = _only(plain)
                return lambda index: _any_of(index.values(field), lambda value: fnmatchcase(value, pattern))
            return lambda index: index.values(field).get(plain, 0)
        if has_signs:
            pattern = _only(plain.lower())
            return lambda index: _any_of(index.words(field), lambda word: fnmatchcase(word, pattern))
        wanted = words_of(plain)
        self.words += wanted
        return lambda index: _all_of(index, field, wanted) if wanted else 0

    def _range(self, field: str, text: str) -> Fits:
        if not field:
            raise BadSearch("a range needs a field before it")
        least, greatest = (part.strip().strip('"') for part in re.split(r"\s+TO\s+", text[1:-1], maxsplit=1))
        low, high = self._bound(least), self._bound(greatest)
        opens, closes = text[0] == "[", text[-1] == "]"

        def lies(value: str) -> bool:
            return (low is None or value > low or (opens and value == low)) and (
                high is None or value < high or (closes and value == high)
            )

        return lambda index: _any_of(index.values(field), lies)

    def _bound(self, text: str) -> str | None:
        """Return one end of a range as it compares with a value: dates without their zone."""
        if text == "*":
            return None
        if found := _NOW.fullmatch(text):
            step = timedelta(0)
            if found[2]:
                amount = int(found[2])
                step = timedelta(hours=amount) if found[3] == "HOUR" else timedelta(amount * _DAYS[found[3]])
            at = self._now - step if found[1] == "-" else self._now + step
            return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
        if re.match(r"\d{4}-\d{2}-\d{2}", text):
            try:
                at = datetime.fromisoformat(text.replace("\\", ""))
            except ValueError:
                raise BadSearch(f"{text!r} is no date") from None
            at = at if at.tzinfo is None else at.astimezone(UTC).replace(tzinfo=None)
            return at.isoformat(timespec="microseconds")
        return text


def _only(pattern: str) -> str:
    """Return a pattern in which only * and ? have a meaning."""
    return pattern.replace("[", "[[]")


def _any_of(known: Mapping[str, Bits], fits: Callable[[str], bool]) -> Bits:
    found = 0
    for text, places in known.items():
        if fits(text):
            found |= places
    return found


def _all_of(index: Index, field: str, words: Sequence[str]) -> Bits:
    found, known = index.every, index.words(field)
    for word in words:
        found &= known.get(word, 0)
    return found
