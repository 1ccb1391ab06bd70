"""Searches for words as PostgreSQL's `to_tsquery` writes them, which CKAN takes with `plain: false`.

    pajak & (sawah | tegal:*) & !lunas

Words are letters and digits, small; nothing is stemmed, so `rumah` does not find `perumahan`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from balai.data.faces.ckan.faults import Wrong
from balai.data.reads.rows_columns import _IN_WORDS
from balai.data.rules.rows import MOST_WORDS, word_list
from balai.data.sidefiles.shape import SideColumn, quoted

_TOKEN = re.compile(r"\s*(?:([&|!()]|<->)|('(?:[^']|'')*'|[^\s&|!()<>':]+)(:\*)?)")
_MOST_DEPTH = 20

type Column = SideColumn | None
"""Where a word is to stand; None for any text of the row."""


@dataclass(frozen=True)
class Word:
    """A word, or the beginning of one."""

    text: str
    is_prefix: bool
    column: Column


@dataclass(frozen=True)
class Both:
    parts: tuple["Tree", ...]


@dataclass(frozen=True)
class Either:
    parts: tuple["Tree", ...]


@dataclass(frozen=True)
class Not:
    part: "Tree"


type Tree = Word | Both | Either | Not


def plain(text: str, column: Column = None) -> Tree:
    """Return all words of a text as it was typed."""
    return Both(tuple(Word(word, False, column) for word in word_list(text)))


def read(text: str, column: Column = None) -> Tree:
    """Read a search. Raises Wrong."""
    tokens: list[str] = []
    place = 0
    while text[place:].strip():
        found = _TOKEN.match(text, place)
        if not found:
            raise _unreadable(text)
        tokens.append(found[1] or found[2] + (found[3] or ""))
        place = found.end()
    if sum(part[:1] not in "&|!()<" for part in tokens) > MOST_WORDS:
        raise Wrong("q", _("Terlalu banyak kata."), str(MOST_WORDS))
    reading = _Reading(tokens, column, text)
    tree = reading.either()
    if reading.rest:
        raise _unreadable(text)
    return tree


def condition(tree: Tree, texts: Sequence[SideColumn]) -> str:
    """Return a search as a condition of SQL; a word without a column may stand in any of `texts`."""
    match tree:
        case Word():
            columns = [tree.column] if tree.column else texts
            # A word is letters and digits, so nothing of it means anything in the pattern.
            after = "" if tree.is_prefix else f"([^{_IN_WORDS}]|$)"
            pattern = f"'(^|[^{_IN_WORDS}]){tree.text}{after}'"
            held = [f"coalesce(regexp_matches({_lower(one)}, {pattern}), false)" for one in columns]
            return f"({' OR '.join(held) or 'false'})"
        case Not():
            return f"(NOT {condition(tree.part, texts)})"
        case Both():
            return f"({' AND '.join(condition(one, texts) for one in tree.parts) or 'true'})"
        case Either():
            return f"({' OR '.join(condition(one, texts) for one in tree.parts) or 'false'})"


def _lower(one: SideColumn) -> str:
    return f"lower({quoted(one.name)})" if one.is_text else f"lower(CAST({quoted(one.name)} AS VARCHAR))"


def _unreadable(text: str) -> Wrong:
    return Wrong(
        "q",
        _("“%(text)s” tidak dapat dibaca sebagai pencarian kata.") % {"text": text[:80]},
        _("Tulis misalnya pajak & sawah:*, atau pakai plain: true."),
    )


class _Reading:
    """Reads tokens from left to right: | binds least, then &, then !."""

    def __init__(self, tokens: list[str], column: Column, text: str) -> None:
        self.rest = tokens
        self._column = column
        self._text = text
        self._depth = 0

    def either(self) -> Tree:
        return self._chain(("|",), self._both, Either)

    def _both(self) -> Tree:
        return self._chain(("&", "<->"), self._one, Both)

    def _chain(
        self, signs: tuple[str, ...], inner: Callable[[], Tree], kind: type[Both] | type[Either]
    ) -> Tree:
        parts = [inner()]
        while self.rest and self.rest[0] in signs:
            self.rest.pop(0)
            parts.append(inner())
        return parts[0] if len(parts) == 1 else kind(tuple(parts))

    def _one(self) -> Tree:
        self._depth += 1
        if not self.rest or self._depth > _MOST_DEPTH:
            raise _unreadable(self._text)
        part = self.rest.pop(0)
        try:
            if part == "!":
                return Not(self._one())
            if part == "(":
                tree = self.either()
                if not self.rest or self.rest.pop(0) != ")":
                    raise _unreadable(self._text)
                return tree
            if part in (")", "&", "|", "<->"):
                raise _unreadable(self._text)
            return self._word(part)
        finally:
            self._depth -= 1

    def _word(self, part: str) -> Tree:
        is_prefix = part.endswith(":*")
        listed = word_list(part.removesuffix(":*").strip("'"))
        if not listed:
            raise _unreadable(self._text)
        *whole, last = listed
        parts = (*(Word(one, False, self._column) for one in whole), Word(last, is_prefix, self._column))
        return parts[0] if len(parts) == 1 else Both(parts)
