"""The part of Solr's query language that programs use against CKAN's `q` and `fq`.

    organization:(diskominfo OR dinkes) -tags:"tempat sampah" metadata_modified:[2026-01-01T00:00:00Z TO *]

Words, "phrases", fields, brackets, AND OR NOT + - && || !, ranges, and * ? within a word. Neighbours
without a word between them must all fit, as CKAN sets it. A field nobody knows fits nothing.

Source: Apache Solr reference guide, "The Standard Query Parser".
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase

from balai.data.faces.ckan.faults import BadSearch
from balai.data.faces.ckan.packages import Doc, words_of

MOST = 4000
"""Letters of a query."""
MOST_DEPTH = 20

type Fits = Callable[[Doc], bool]

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

    def score(self, doc: Doc) -> int:
        """Return how well a package fits: words of the name and title weigh most, then tags."""
        return sum(
            4 * (word in doc.main_words) + 2 * (word in doc.tag_words) + (word in doc.words)
            for word in self.words
        )


def read(text: str, now: datetime) -> Query:
    """Read a query; an empty one and `*:*` fit everything.

    Raises:
        BadSearch: it cannot be read; says where.
    """
    if len(text) > MOST:
        raise BadSearch(f"longer than {MOST} characters")
    if text.strip() in ("", "*", "*:*"):
        return Query(lambda _doc: True, ())
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
        return lambda doc: any(all(fits(doc) for fits in every) for every in either)

    def _clause(self, field: str) -> Fits:
        kind, text = self.rest.pop(0)
        if (kind, text) in (("sign", "-"), ("sign", "!"), ("word", "NOT")):
            heard = len(self.words)
            inner = self._following(field)
            del self.words[heard:]
            return lambda doc: not inner(doc)
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
            return lambda doc: text in _values(doc, field)
        wanted = " ".join(words_of(text))
        self.words += wanted.split()
        if field in ("", "text"):
            return lambda doc: f" {wanted} " in f" {doc.running} "
        return lambda doc: any(
            f" {wanted} " in f" {' '.join(words_of(value))} " for value in _values(doc, field)
        )

    def _word(self, field: str, text: str) -> Fits:
        if text.endswith(":"):
            raise BadSearch(f"nothing follows {text!r}")
        has_signs = re.search(r"(?<!\\)[*?]", text) is not None
        plain = re.sub(r"\\(.)", r"\1", text)
        if field == "*" or (field and text == "*"):
            return lambda doc: field == "*" or bool(_values(doc, field))
        if field and field not in _TEXTS:
            if has_signs:
                return lambda doc: any(fnmatchcase(value, _only(plain)) for value in _values(doc, field))
            return lambda doc: plain in _values(doc, field)
        if has_signs:
            pattern = _only(plain.lower())
            return lambda doc: any(fnmatchcase(word, pattern) for word in _words(doc, field))
        wanted = words_of(plain)
        self.words += wanted
        return lambda doc: bool(wanted) and all(word in _words(doc, field) for word in wanted)

    def _range(self, field: str, text: str) -> Fits:
        if not field:
            raise BadSearch("a range needs a field before it")
        least, greatest = (part.strip().strip('"') for part in re.split(r"\s+TO\s+", text[1:-1], maxsplit=1))
        low, high = self._bound(least), self._bound(greatest)
        opens, closes = text[0] == "[", text[-1] == "]"

        def fits(doc: Doc) -> bool:
            return any(
                (low is None or value > low or (opens and value == low))
                and (high is None or value < high or (closes and value == high))
                for value in _values(doc, field)
            )

        return fits

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


def _values(doc: Doc, field: str) -> tuple[str, ...]:
    return doc.fields.get(field.removeprefix("extras_"), ())


def _words(doc: Doc, field: str) -> frozenset[str]:
    if field in ("", "text"):
        return doc.words
    return frozenset(word for value in _values(doc, field) for word in words_of(value))
