"""From the text of a question to a tree made only of what is on the lists."""

import re
import unicodedata
from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _
from sqlglot import exp, parse, tokenize
from sqlglot.errors import ParseError, TokenError
from sqlglot.tokenizer_core import Token, TokenType

from balai.base.errors import Fault, Invalid
from balai.data.rules.gate import allowed
from balai.data.rules.gate.faults import place_at, place_of, refusal

MOST_FAULTS = 10
_NUMBER = re.compile(r"\d{1,38}(\.\d{0,38})?([eE][+-]?\d{1,3})?|\.\d{1,38}([eE][+-]?\d{1,3})?")
_WHOLE = re.compile(r"\d{1,18}")
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
    if len(text) > allowed.MOST_CHARACTERS:
        wrong = _("Terlalu panjang: %(found)d huruf.") % {"found": len(text)}
        right = _("Paling banyak %(most)d huruf.") % {"most": allowed.MOST_CHARACTERS}
        raise Invalid([Fault(_("Pertanyaan"), wrong, right)])
    for offset, character in enumerate(text):
        if character not in "\n\r\t" and unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"}:
            wrong = _("Ada huruf yang tidak terlihat: U+%(code)s.") % {"code": f"{ord(character):04X}"}
            raise Invalid([Fault(place_at(text, offset), wrong, _("Hapus huruf itu."))])


def _parse(text: str, dialect: str) -> exp.Query:
    try:
        _check_tokens(tokenize(text, read=dialect), text)
        statements = [statement for statement in parse(text, read=dialect) if statement is not None]
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
        wrong, right = _fault(node)
        if wrong:
            yield Fault(place_of(node, text), wrong, right)


def _fault(node: exp.Expr) -> tuple[str, str]:
    """Say what is wrong with this one node, or twice nothing."""
    kind = type(node)
    if kind in allowed.FUNCTIONS:
        parts = allowed.FUNCTIONS[kind][1]
    elif kind in allowed.NODES:
        parts = allowed.NODES[kind]
    else:
        return _unknown(node)
    for part, value in node.args.items():
        if value is None or value is False or value == []:
            continue
        if part not in parts:
            shown = allowed.FUNCTIONS[kind][0] if kind in allowed.FUNCTIONS else node.key.upper()
            wrong = _("'%(part)s' pada %(kind)s tidak boleh.") % {
                "part": part.strip("_").upper(),
                "kind": shown,
            }
            return wrong, _("Tulis tanpa bagian itu.")
        if isinstance(value, str) and not _is_known_word(kind, part, value):
            return _("'%(found)s' tidak boleh di sini.") % {"found": value[:40]}, ""
    check = _CHECKS.get(kind)
    return check(node) if check else ("", "")


def _is_known_word(kind: type[exp.Expr], part: str, value: str) -> bool:
    if kind in {exp.Identifier, exp.Literal, exp.Var} and part == "this":
        return True
    return value.upper() in allowed.CONSTANTS.get((kind, part), frozenset())


def _unknown(node: exp.Expr) -> tuple[str, str]:
    if isinstance(node, exp.Func):
        name = (
            node.name if isinstance(node, exp.Anonymous | exp.AnonymousAggFunc) else node.sql_name().lower()
        )
        wrong = _("Fungsi '%(name)s' tidak ada dalam daftar.") % {"name": name[:60]}
        return wrong, _("Yang boleh: %(names)s.") % {"names": ", ".join(allowed.FUNCTION_NAMES)}
    wrong = _("'%(kind)s' tidak boleh dalam pertanyaan.") % {"kind": node.key.upper()}
    return wrong, _("Yang boleh: SELECT dengan JOIN, WHERE, GROUP BY, HAVING, QUALIFY, ORDER BY dan LIMIT.")


def _literal(node: exp.Expr) -> tuple[str, str]:
    value = str(node.this)
    if node.args.get("is_string"):
        if len(value) <= allowed.MOST_LITERAL:
            return "", ""
        most = {"most": allowed.MOST_LITERAL}
        return _("Teks terlalu panjang."), _("Paling banyak %(most)d huruf.") % most
    if _NUMBER.fullmatch(value):
        return "", ""
    return _("'%(found)s' bukan bilangan.") % {"found": value[:40]}, _("Tulis dengan angka biasa.")


def _identifier(node: exp.Expr) -> tuple[str, str]:
    value = str(node.this)
    if 0 < len(value) <= allowed.MOST_NAME and value.isprintable():
        return "", ""
    return _("Nama itu kosong atau terlalu panjang."), _("Paling banyak %(most)d huruf.") % {
        "most": allowed.MOST_NAME
    }


def _word(node: exp.Expr) -> tuple[str, str]:
    words: set[str] = set()
    if node.parent is not None:
        words = allowed.WORDS.get((type(node.parent), str(node.arg_key)), set())
    if str(node.this).upper() in words:
        return "", ""
    wrong = _("'%(found)s' tidak boleh di sini.") % {"found": str(node.this)[:40]}
    return wrong, _("Yang boleh: %(names)s.") % {"names": ", ".join(sorted(words))} if words else ""


def _type(node: exp.Expr) -> tuple[str, str]:
    names = ", ".join(sorted(set(allowed.TYPES.values())))
    right = _("Yang boleh: %(names)s.") % {"names": names}
    if node.this not in allowed.TYPES or node.args.get("nested"):
        return _("Jenis '%(found)s' tidak ada dalam daftar.") % {"found": node.sql()[:40]}, right
    sizes = [part.name for part in node.expressions]
    if node.this == exp.DType.DECIMAL:
        if len(sizes) == 2 and all(_WHOLE.fullmatch(size) for size in sizes):
            width, scale = map(int, sizes)
            if scale <= width <= 38 and width > 0:
                return "", ""
        return _("Ukuran DECIMAL tidak lengkap atau terlalu besar."), _("Tulis misalnya DECIMAL(18, 2).")
    return ("", "") if not sizes else (_("Jenis ini tidak memakai ukuran."), right)


def _interval(node: exp.Expr) -> tuple[str, str]:
    amount = node.this
    negative = isinstance(amount, exp.Neg)
    literal = amount.this if negative else amount
    if isinstance(literal, exp.Literal) and _WHOLE.fullmatch(literal.name) and node.args.get("unit"):
        if int(literal.name) <= allowed.MOST_DAYS_OF_INTERVAL:
            return "", ""
        return _("Selang waktu terlalu besar."), ""
    return _("Selang waktu harus bilangan bulat dan satuannya."), _("Tulis misalnya INTERVAL 3 MONTH.")


def _pattern(node: exp.Expr) -> tuple[str, str]:
    pattern = node.expression
    if not (isinstance(pattern, exp.Literal) and pattern.is_string):
        return _("Pola harus ditulis langsung sebagai teks."), ""
    if len(pattern.name) > allowed.MOST_PATTERN:
        return _("Pola terlalu panjang."), _("Paling banyak %(most)d huruf.") % {"most": allowed.MOST_PATTERN}
    return "", ""


def _replace(node: exp.Expr) -> tuple[str, str]:
    """A replacement that is longer than what it replaces is a way to grow a text without end."""
    old, new = node.expression, node.args.get("replacement")
    literal = all(isinstance(part, exp.Literal) and part.is_string for part in (old, new))
    if literal and new is not None and old.name and len(new.name) <= len(old.name) + 8:
        return "", ""
    right = _("Kedua teks ditulis langsung; pengganti paling banyak 8 huruf lebih panjang.")
    return _("replace ini dapat memperpanjang teks tanpa batas."), right


def _format(node: exp.Expr) -> tuple[str, str]:
    pattern = node.args["format"]
    right = _("Pakai %(codes)s dan tanda - . / : saja.") % {"codes": "%Y %y %m %d %H %M %S"}
    if not (isinstance(pattern, exp.Literal) and pattern.is_string):
        return _("Bentuk tanggal harus ditulis langsung sebagai teks."), right
    codes = re.findall(r"%(.?)", pattern.name)
    letters = re.sub(r"%.", "", pattern.name)
    if all(code in allowed.FORMAT_CODES for code in codes) and re.fullmatch(r"[-/. :]{0,20}", letters):
        return "", ""
    return _("Bentuk tanggal ini tidak sama di semua mesin."), right


def _count(node: exp.Expr) -> tuple[str, str]:
    if node.this is None or (isinstance(node.this, exp.Column) and isinstance(node.this.this, exp.Star)):
        return _("count memerlukan * atau satu kolom."), _("Tulis count(*).")
    return "", ""


def _star(node: exp.Expr) -> tuple[str, str]:
    holder = node.parent.parent if isinstance(node.parent, exp.Column) else node.parent
    in_count = isinstance(node.parent, exp.Count)
    if in_count or isinstance(holder, exp.Select):
        return "", ""
    return _("'*' tidak boleh di sini."), _("Tulis nama kolomnya.")


def _whole_limit(node: exp.Expr) -> tuple[str, str]:
    value = node.expression
    if isinstance(value, exp.Literal) and not value.is_string and _WHOLE.fullmatch(value.name):
        return "", ""
    return _("Batas harus bilangan bulat."), _("Tulis misalnya LIMIT 100.")


def _percentile(node: exp.Expr) -> tuple[str, str]:
    share = node.this if isinstance(node.parent, exp.WithinGroup) else node.expression
    if isinstance(share, exp.Literal) and not share.is_string and 0 <= float(share.name) <= 1:
        return "", ""
    return _("Persentil harus bilangan dari 0 sampai 1."), _("Tulis misalnya quantile_cont(nilai, 0.9).")


def _within_group(node: exp.Expr) -> tuple[str, str]:
    order = node.expression
    if (
        isinstance(node.this, exp.PercentileCont)
        and isinstance(order, exp.Order)
        and len(order.expressions) == 1
        and not order.expressions[0].args.get("desc")
    ):
        return "", ""
    return _("WITHIN GROUP hanya untuk percentile_cont, dengan satu urutan naik."), ""


_CHECKS: dict[type[exp.Expr], Callable[[exp.Expr], tuple[str, str]]] = {
    exp.Literal: _literal,
    exp.Identifier: _identifier,
    exp.Var: _word,
    exp.DataType: _type,
    exp.Interval: _interval,
    exp.Like: _pattern,
    exp.ILike: _pattern,
    exp.RegexpLike: _pattern,
    exp.Replace: _replace,
    exp.TimeToStr: _format,
    exp.Count: _count,
    exp.Star: _star,
    exp.Limit: _whole_limit,
    exp.Offset: _whole_limit,
    exp.PercentileCont: _percentile,
    exp.WithinGroup: _within_group,
}
