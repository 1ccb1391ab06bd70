"""From the text of a question to a tree made only of what is on the lists."""

import unicodedata
from collections.abc import Iterator

from django.utils.translation import gettext as _
from sqlglot import Dialect, exp
from sqlglot.errors import ParseError, TokenError
from sqlglot.tokenizer_core import Token, TokenType

from balai.base.errors import Fault, Invalid
from balai.data.rules.gate import allowed
from balai.data.rules.gate.faults import place_at, place_of, refusal
from balai.data.rules.gate.nodes import fault_of
from balai.data.rules.gate.values import MOST_CHARACTERS

MOST_FAULTS = 10
_OPENING = frozenset({TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE, TokenType.CASE})
_CLOSING = frozenset({TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE, TokenType.END})


def checked_tree(text: str, dialect: str) -> exp.Query:
    """Parse one question and check every node of it against the lists.

    Raises:
        Invalid: with up to ten faults, each with line and column.
    """
    _check_characters(text)
    tree = _parse(text, dialect)
    _check_size(tree, text)
    faults = []
    for fault in _faults(tree, text):
        faults.append(fault)
        if len(faults) == MOST_FAULTS:
            break
    if faults:
        raise Invalid(faults)
    for node in tree.walk():
        node.pop_comments()
    return tree


def _check_characters(text: str) -> None:
    if not text.strip():
        raise Invalid([Fault(_("Pertanyaan"), _("Kosong."), _("Tulis satu SELECT."))])
    if len(text) > MOST_CHARACTERS:
        wrong = _("Terlalu panjang: %(found)d huruf.") % {"found": len(text)}
        right = _("Paling banyak %(most)d huruf.") % {"most": MOST_CHARACTERS}
        raise Invalid([Fault(_("Pertanyaan"), wrong, right)])
    for offset, character in enumerate(text):
        if character not in "\n\r\t" and unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"}:
            wrong = _("Ada huruf yang tidak terlihat: U+%(code)s.") % {"code": f"{ord(character):04X}"}
            raise Invalid([Fault(place_at(text, offset), wrong, _("Hapus huruf itu."))])


def _parse(text: str, dialect: str) -> exp.Query:
    try:
        spoken = Dialect.get_or_raise(dialect)
        tokens = spoken.tokenize(text)
        _check_tokens(tokens, text)
        statements = [statement for statement in spoken.parser().parse(tokens, text) if statement is not None]
    except ParseError as error:
        raise Invalid([_unreadable(error, text)]) from None
    except TokenError:
        wrong = _("Tidak dapat dibaca: ada tanda kutip atau komentar yang tidak ditutup.")
        raise Invalid([Fault(_("Pertanyaan"), wrong)]) from None
    except RecursionError:
        raise _too_deep() from None
    except (ValueError, TypeError, AttributeError, IndexError, KeyError):
        # The parser has corners in which it stumbles instead of refusing.
        raise Invalid([Fault(_("Pertanyaan"), _("Tidak dapat dibaca sebagai SQL."))]) from None
    if len(statements) != 1:
        wrong = _("Ada %(found)d perintah.") % {"found": len(statements)}
        raise Invalid([Fault(_("Pertanyaan"), wrong, _("Tulis satu SELECT saja."))])
    tree = statements[0]
    if not isinstance(tree, exp.Query):
        raise _not_a_question(tree.key.upper(), text, 0)
    return tree


def _check_tokens(tokens: list[Token], text: str) -> None:
    """Refuse what is no question, or nested so deeply that reading it would be costly."""
    if not tokens:
        raise Invalid([Fault(_("Pertanyaan"), _("Kosong."), _("Tulis satu SELECT."))])
    first = tokens[0]
    if first.token_type.name not in allowed.FIRST_WORDS:
        raise _not_a_question(first.text.upper(), text, first.start)
    if len(tokens) > allowed.MOST_TOKENS:
        wrong = _("Terlalu panjang: %(found)d kata.") % {"found": len(tokens)}
        right = _("Paling banyak %(most)d kata.") % {"most": allowed.MOST_TOKENS}
        raise Invalid([Fault(_("Pertanyaan"), wrong, right)])
    depth = 0
    for token in tokens:
        depth += (token.token_type in _OPENING) - (token.token_type in _CLOSING)
        if depth > allowed.MOST_BRACKETS:
            raise _too_deep(place_at(text, token.start))


def _not_a_question(found: str, text: str, offset: int) -> Invalid:
    wrong = _("'%(found)s' tidak boleh di sini.") % {"found": found[:40]}
    right = _("Pertanyaan hanya membaca: mulailah dengan SELECT atau WITH.")
    return Invalid([Fault(place_at(text, offset), wrong, right)])


def _too_deep(place: str = "") -> Invalid:
    right = _("Pecah menjadi beberapa bagian dengan WITH.")
    return Invalid([Fault(place or _("Pertanyaan"), _("Terlalu dalam bersarang."), right)])


def _unreadable(error: ParseError, text: str) -> Fault:
    found = error.errors[0] if error.errors else {}
    near = str(found.get("highlight") or "")[:40]
    wrong = _("Tidak dapat dibaca sebagai SQL di dekat '%(near)s'.") % {"near": near}
    line, end = found.get("line"), found.get("col")
    if not line or not end:
        return Fault(_("Pertanyaan"), wrong)
    column = max(1, int(end) - len(near) + 1)
    return Fault(_("Baris %(line)s, kolom %(column)s") % {"line": line, "column": column}, wrong)


def _check_size(tree: exp.Query, text: str) -> None:
    joins = 0
    for nodes, node in enumerate(tree.walk(), start=1):
        joins += isinstance(node, exp.Join)
        if nodes > allowed.MOST_NODES:
            right = _("Paling banyak %(most)d bagian.") % {"most": allowed.MOST_NODES}
            raise Invalid([Fault(_("Pertanyaan"), _("Terlalu besar."), right)])
        if joins > allowed.MOST_JOINS:
            right = _("Paling banyak %(most)d JOIN.") % {"most": allowed.MOST_JOINS}
            raise refusal(node, text, _("Terlalu banyak JOIN."), right)
    if _depth(tree) > allowed.MOST_DEPTH:
        raise _too_deep()


def _depth(tree: exp.Expr) -> int:
    """Count levels without recursion; a chain of AND or OR is one level, as the writer flattens it."""
    deepest, stack = 0, [(tree, 1)]
    while stack:
        node, depth = stack.pop()
        deepest = max(deepest, depth)
        for child in node.iter_expressions():
            chained = isinstance(child, exp.Connector) and type(child) is type(node)
            stack.append((child, depth if chained else depth + 1))
    return deepest


def _faults(tree: exp.Query, text: str) -> Iterator[Fault]:
    for node in tree.walk():
        wrong, right = fault_of(node)
        if wrong:
            yield Fault(place_of(node, text), wrong, right)
