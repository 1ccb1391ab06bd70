"""What an expression holds, and the rewrites that make it mean the same on every engine.

Measured on DuckDB 2.0 and Spark 4.1 in the spike of One Data: the dangerous differences
are those that answer differently instead of failing.
"""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from sqlglot import exp

from balai.data.rules.gate import allowed
from balai.data.rules.gate.faults import refusal
from balai.data.rules.gate.values import ColumnType as T

KIND = "balai_kind"
MOST_DIGITS = 12
"""after the point, of a double that is rounded"""
_RIGHT_TEXT = gettext_lazy("Tulis CAST(CAST(… AS DECIMAL(18, 2)) AS TEXT).")

_BY_TYPE = {
    exp.DType.DECIMAL: T.DECIMAL,
    exp.DType.DOUBLE: T.DOUBLE,
    exp.DType.TEXT: T.TEXT,
    exp.DType.VARCHAR: T.TEXT,
    exp.DType.BOOLEAN: T.BOOLEAN,
    exp.DType.DATE: T.DATE,
    exp.DType.TIMESTAMP: T.TIMESTAMP,
    exp.DType.TIMESTAMPNTZ: T.TIMESTAMP,
    **dict.fromkeys(allowed.INTEGERS, T.INTEGER),
}

_ALWAYS: dict[type[exp.Expr], T] = {
    **dict.fromkeys(
        (
            *(exp.Count, exp.CountIf, exp.RowNumber, exp.Rank, exp.DenseRank, exp.Ntile, exp.Grouping),
            *(exp.Length, exp.StrPosition, exp.Year, exp.Quarter, exp.Month, exp.Day, exp.WeekOfYear),
            *(exp.Hour, exp.Minute, exp.Extract, exp.DateDiff, exp.IntDiv, exp.Sign),
        ),
        T.INTEGER,
    ),
    **dict.fromkeys(
        (
            *(exp.Avg, exp.Median, exp.PercentileCont, exp.WithinGroup, exp.Stddev, exp.StddevSamp),
            *(exp.StddevPop, exp.Variance, exp.VariancePop, exp.Corr, exp.PercentRank, exp.CumeDist),
            *(exp.Sqrt, exp.Pow, exp.Exp, exp.Ln, exp.Div),
        ),
        T.DOUBLE,
    ),
    **dict.fromkeys(
        (
            *(exp.Lower, exp.Upper, exp.Trim, exp.Substring, exp.Left, exp.Right, exp.Replace),
            *(exp.SplitPart, exp.TimeToStr, exp.DPipe),
        ),
        T.TEXT,
    ),
    **dict.fromkeys(
        (
            *(exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ),
            *(exp.NullSafeNEQ, exp.In, exp.Exists, exp.Between, exp.Is, exp.Like, exp.ILike, exp.RegexpLike),
            *(exp.StartsWith, exp.EndsWith, exp.Contains, exp.LogicalAnd, exp.LogicalOr, exp.Boolean),
        ),
        T.BOOLEAN,
    ),
    exp.DateFromParts: T.DATE,
    exp.LastDay: T.DATE,
    exp.Interval: T.INTERVAL,
    exp.Null: T.UNKNOWN,
}

# Holds what its first argument holds.
_AS_FIRST = (
    *(exp.Paren, exp.Alias, exp.Window, exp.Filter, exp.Distinct, exp.Neg, exp.Sum, exp.Min, exp.Max),
    *(exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.Abs, exp.Round, exp.Floor, exp.Ceil),
    *(exp.Nullif, exp.TimestampTrunc, exp.DateTrunc),
)

_NUMBERS = (T.INTEGER, T.DECIMAL, T.DOUBLE)


def kind(node: exp.Expr | None) -> T:
    """Say what `node` holds; its columns must have been resolved."""
    if node is None:
        return T.UNKNOWN
    if KIND in node.meta:
        return T(node.meta[KIND])
    if isinstance(node, exp.Cast):
        return _BY_TYPE.get(node.to.this, T.UNKNOWN)
    fixed = _ALWAYS.get(type(node))
    if fixed is not None:
        return fixed
    if isinstance(node, _AS_FIRST):
        first = node.this if not isinstance(node, exp.Distinct) else node.expressions[0]
        return kind(first)
    if isinstance(node, exp.Literal):
        return _kind_of_literal(node)
    if isinstance(node, exp.Case):
        return _common([*(branch.args["true"] for branch in node.args["ifs"]), node.args.get("default")])
    if isinstance(node, exp.If):
        return _common([node.args["true"], node.args.get("false")])
    if isinstance(node, exp.Coalesce | exp.Greatest | exp.Least):
        return _common([node.this, *node.expressions])
    if isinstance(node, exp.Add | exp.Sub | exp.Mul | exp.Mod):
        return _kind_of_sum(node)
    return T.UNKNOWN


def _kind_of_literal(node: exp.Literal) -> T:
    if node.is_string:
        return T.TEXT
    if "e" in node.name.lower():
        return T.DOUBLE
    return T.DECIMAL if "." in node.name else T.INTEGER


def _common(nodes: list[exp.Expr | None]) -> T:
    return _common_kind({kind(node) for node in nodes})


def _common_kind(found: set[T]) -> T:
    kinds = found - {T.UNKNOWN}
    if len(kinds) == 1:
        return kinds.pop()
    if kinds and kinds <= set(_NUMBERS):
        return max(kinds, key=_NUMBERS.index)
    return T.UNKNOWN


def _kind_of_sum(node: exp.Expr) -> T:
    left, right = kind(node.this), kind(node.expression)
    if T.INTERVAL in {left, right}:
        return left if right is T.INTERVAL else right
    if left is right is T.DATE:
        return T.INTEGER
    # Not asked of the nodes again: that would take twice as long for each sign of a long sum.
    return _common_kind({left, right})


def same_everywhere(tree: exp.Query, text: str, dialect: str) -> exp.Query:
    """Rewrite, innermost first, what engines would answer differently.

    Raises:
        Invalid: where the asker must say what is meant.
    """
    for node in reversed(list(tree.walk(bfs=True))):
        rewrite = _REWRITES.get(type(node))
        if rewrite is None:
            continue
        held = kind(node)
        new = rewrite(node, text, dialect)
        if new is not node:
            new.meta.setdefault(KIND, held)
            node.replace(new)
    return tree


def _cast(node: exp.Expr, to: str) -> exp.Cast:
    return exp.Cast(this=node, to=exp.DataType.build(to))


def _division(node: exp.Expr, text: str, dialect: str) -> exp.Expr:
    """Divide by zero to missing; `/` never cuts, except between whole numbers in PostgreSQL."""
    left, right = node.this.copy(), _never_zero(node.expression.copy())
    if isinstance(node, exp.Mod):
        return exp.Mod(this=left, expression=right)
    whole = kind(node.this) is T.INTEGER and kind(node.expression) is T.INTEGER
    if isinstance(node, exp.IntDiv) or (dialect == "postgres" and whole):
        if not whole:
            raise refusal(node, text, _("// hanya untuk bilangan bulat."), _("Tulis floor(a / b)."))
        made = exp.IntDiv(this=left, expression=right)
        made.meta[KIND] = T.INTEGER
        return made
    if T.DECIMAL in {kind(node.this), kind(node.expression)}:
        left = _cast(left, "DOUBLE")
    return exp.Div(this=left, expression=right)


def _never_zero(divisor: exp.Expr) -> exp.Expr:
    bare = divisor.unnest()
    if isinstance(bare, exp.Literal) and not bare.is_string and float(bare.name) != 0:
        return divisor
    if isinstance(bare, exp.Nullif) and bare.expression.name == "0":
        return divisor
    return exp.Nullif(this=divisor, expression=exp.Literal.number(0))


def _conversion(node: exp.Expr, text: str, dialect: str) -> exp.Expr:
    """Round a fraction before it becomes whole; never fail on a text that does not fit."""
    assert isinstance(node, exp.Cast)  # noqa: S101 - for the type checker; the table below says so
    inner, held, whole = node.this, kind(node.this), node.to.this in allowed.INTEGERS
    literal = isinstance(inner.unnest(), exp.Literal)
    if held is T.TEXT and node.to.this not in {exp.DType.TEXT, exp.DType.VARCHAR}:
        if not isinstance(node, exp.TryCast) and not literal:
            name = allowed.TYPES[node.to.this]
            right = _("Tulis TRY_CAST(… AS %(type)s); yang bukan %(type)s menjadi kosong.") % {"type": name}
            raise refusal(node, text, _("Teks yang tidak cocok akan menggagalkan seluruh jawaban."), right)
        if whole:
            number = exp.TryCast(this=inner.copy(), to=exp.DataType.build("DECIMAL(38, 10)"), safe=True)
            return type(node)(this=exp.Round(this=number), to=node.to.copy(), **_safety(node))
        return node
    if held is T.DOUBLE and node.to.this in {exp.DType.TEXT, exp.DType.VARCHAR}:
        raise refusal(node, text, _("Pecahan ditulis berbeda tergantung mesin."), str(_RIGHT_TEXT))
    if held is T.DOUBLE and node.to.this == exp.DType.DECIMAL:
        return type(node)(this=_digits(inner.copy()), to=node.to.copy(), **_safety(node))
    if whole and held is T.UNKNOWN and not isinstance(inner.unnest(), exp.Null):
        right = _("Tulis CAST(round(…) AS INTEGER).")
        raise refusal(node, text, _("Pecahan dibulatkan atau dipotong tergantung mesin."), right)
    if whole and held in {T.DECIMAL, T.DOUBLE} and not isinstance(inner.unnest(), exp.Round):
        return type(node)(this=exp.Round(this=inner.copy()), to=node.to.copy(), **_safety(node))
    return node


def _digits(node: exp.Expr) -> exp.Expr:
    """The digits of a double as a person reads them: 0.285 is no bit less than 0.285 there."""
    return _cast(node, "TEXT")


def _rounded(node: exp.Expr, text: str, dialect: str) -> exp.Expr:
    """Round a double by its digits: 0.285 becomes 0.28 on one engine and 0.29 on the other."""
    decimals = node.args.get("decimals")
    if kind(node.this) is not T.DOUBLE or decimals is None:
        return node
    number = decimals.this if isinstance(decimals, exp.Neg) else decimals
    if not (isinstance(number, exp.Literal) and number.name.isdigit() and int(number.name) <= MOST_DIGITS):
        right = _("Tulis misalnya round(nilai, 2).")
        raise refusal(node, text, _("Banyak angka di belakang koma harus ditulis langsung."), right)
    exact = _cast(_digits(node.this.copy()), f"DECIMAL(38, {MOST_DIGITS})")
    return _cast(exp.Round(this=exact, decimals=decimals.copy()), "DOUBLE")


def _sign(node: exp.Expr, text: str, dialect: str) -> exp.Expr:
    """A whole number on one engine, a double on the other."""
    return _cast(exp.Sign(this=node.this.copy()), "INTEGER")


def _whole_double(node: exp.Expr, text: str, dialect: str) -> exp.Expr:
    """floor and ceil of a double stay doubles; one engine makes them whole numbers."""
    return _cast(node.copy(), "DOUBLE") if kind(node.this) is T.DOUBLE else node


def _substring(node: exp.Expr, text: str, dialect: str) -> exp.Expr:
    """A reckoned start of 0 is missing, a reckoned length below 0 is none: engines cut differently there."""
    start, length = node.args.get("start"), node.args.get("length")
    made = node.copy()
    if start is not None and not isinstance(start, exp.Literal | exp.Neg):
        made.set("start", exp.Nullif(this=start.copy(), expression=exp.Literal.number(0)))
    if length is not None and not isinstance(length, exp.Literal):
        made.set("length", _not_below_zero(length))
    return made if made != node else node


def _end_of_text(node: exp.Expr, text: str, dialect: str) -> exp.Expr:
    if isinstance(node.expression, exp.Literal):
        return node
    return type(node)(this=node.this.copy(), expression=_not_below_zero(node.expression))


def _not_below_zero(length: exp.Expr) -> exp.Expr:
    return exp.Greatest(this=length.copy(), expressions=[exp.Literal.number(0)])


def _joined(node: exp.Expr, text: str, dialect: str) -> exp.Expr:
    if T.DOUBLE in {kind(node.this), kind(node.expression)}:
        raise refusal(node, text, _("Pecahan ditulis berbeda tergantung mesin."), str(_RIGHT_TEXT))
    return node


def _safety(node: exp.Expr) -> dict[str, bool]:
    return {"safe": True} if isinstance(node, exp.TryCast) else {}


def _exact_share(node: exp.Expr, text: str, dialect: str) -> exp.Expr:
    """A percentile of decimals is cut to their scale on one engine and not on the other."""
    if kind(node.this) is not T.DECIMAL or isinstance(node.parent, exp.WithinGroup):
        return node
    shares = {"expression": node.expression.copy()} if isinstance(node, exp.PercentileCont) else {}
    return type(node)(this=_cast(node.this.copy(), "DOUBLE"), **shares)


def _average(node: exp.Expr, text: str, dialect: str) -> exp.Expr:
    """The mean of decimals has more digits on one engine than on the other."""
    if kind(node.this) is not T.DECIMAL or isinstance(node.this, exp.Distinct):
        return node
    return exp.Avg(this=_cast(node.this.copy(), "DOUBLE"))


def _percentile(node: exp.Expr, text: str, dialect: str) -> exp.Expr:
    """percentile_cont … WITHIN GROUP is silently approximate on Spark; both have an exact form."""
    value = node.expression.expressions[0].this
    made = exp.PercentileCont(this=value.copy(), expression=node.this.this.copy())
    return _exact_share(made, text, dialect)


def _difference(node: exp.Expr, text: str, dialect: str) -> exp.Expr:
    """Days between two dates: a number on DuckDB, an interval on Spark."""
    if not kind(node.this) is kind(node.expression) is T.DATE:
        return _shifted(node, text, dialect)
    return exp.DateDiff(this=node.this.copy(), expression=node.expression.copy(), unit=exp.var("DAY"))


def _shifted(node: exp.Expr, text: str, dialect: str) -> exp.Expr:
    """A date moved by whole days or truncated stays a date; one engine makes it an instant."""
    if kind(node) is not T.DATE:
        return node
    return _cast(node.copy(), "DATE")


_REWRITES: dict[type[exp.Expr], Callable[[exp.Expr, str, str], exp.Expr]] = {
    exp.Div: _division,
    exp.IntDiv: _division,
    exp.Mod: _division,
    exp.Cast: _conversion,
    exp.TryCast: _conversion,
    exp.Round: _rounded,
    exp.Sign: _sign,
    exp.Floor: _whole_double,
    exp.Ceil: _whole_double,
    exp.Substring: _substring,
    exp.Left: _end_of_text,
    exp.Right: _end_of_text,
    exp.DPipe: _joined,
    exp.Avg: _average,
    exp.WithinGroup: _percentile,
    exp.PercentileCont: _exact_share,
    exp.Median: _exact_share,
    exp.Sub: _difference,
    exp.Add: _shifted,
    exp.TimestampTrunc: _shifted,
    exp.DateTrunc: _shifted,
}
