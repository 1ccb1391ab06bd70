"""Whether one node of a question is on the lists, with every part it carries."""

import re
from collections.abc import Callable

from django.utils.translation import gettext as _
from sqlglot import exp

from balai.data.rules.gate import allowed, patterns

_NUMBER = re.compile(r"\d{1,38}(\.\d{0,38})?([eE][+-]?\d{1,3})?|\.\d{1,38}([eE][+-]?\d{1,3})?")
_WHOLE = re.compile(r"\d{1,18}")


def fault_of(node: exp.Expr) -> tuple[str, str]:
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


def _like(node: exp.Expr) -> tuple[str, str]:
    wrong, right = _pattern(node)
    if wrong or "\\" not in node.expression.name:
        return wrong, right
    # One engine takes what follows it as it stands, the other looks for the sign itself.
    return _("Tanda \\ tidak boleh di pola LIKE."), _("Pakai contains(teks, '…').")


def _regular(node: exp.Expr) -> tuple[str, str]:
    wrong, right = _pattern(node)
    if wrong or patterns.is_shared(node.expression.name):
        return wrong, right
    right = _("Pakai huruf, . [ ] ( ) | ^ $ * + ? {1,3} dan \\d \\w \\s \\b saja; (?i) diganti lower(…).")
    return _("Pola ini tidak sama artinya di semua mesin."), right


def _part_of_text(node: exp.Expr) -> tuple[str, str]:
    """Where a text is cut: engines take zero and negative numbers differently."""
    lengths = [node.args.get("length")] if isinstance(node, exp.Substring) else [node.expression]
    if any(isinstance(length, exp.Neg) for length in lengths):
        return _("Banyak huruf tidak boleh negatif."), _("Tulis misalnya left(teks, length(teks) - 1).")
    start = node.args.get("start")
    if isinstance(start, exp.Literal) and start.name == "0":
        return _("Huruf pertama bernomor 1, bukan 0."), _("Tulis misalnya substring(teks, 1, 3).")
    return "", ""


def _split(node: exp.Expr) -> tuple[str, str]:
    mark, index = node.args.get("delimiter"), node.args.get("part_index")
    number = index.this if isinstance(index, exp.Neg) else index
    literal = isinstance(mark, exp.Literal) and mark.is_string and mark.name
    if literal and isinstance(number, exp.Literal) and number.name.strip("0"):
        return "", ""
    wrong = _("Pemisah dan nomor bagian harus ditulis langsung, tidak kosong dan bukan 0.")
    return wrong, _("Tulis misalnya split_part(kode, '.', 1).")


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
    exp.Like: _like,
    exp.ILike: _like,
    exp.RegexpLike: _regular,
    exp.Substring: _part_of_text,
    exp.Left: _part_of_text,
    exp.Right: _part_of_text,
    exp.SplitPart: _split,
    exp.Replace: _replace,
    exp.TimeToStr: _format,
    exp.Count: _count,
    exp.Star: _star,
    exp.Limit: _whole_limit,
    exp.Offset: _whole_limit,
    exp.PercentileCont: _percentile,
    exp.WithinGroup: _within_group,
}
