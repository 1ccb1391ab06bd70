"""The SQL of indicators: only shapes in which the rows behind a figure can be told exactly.

    SELECT region, CAST(year AS TEXT) AS period, count(*) AS value
    FROM plan_progress WHERE is_reported GROUP BY 1, 2

One SELECT over one dataset; others are joined by their whole key, so that every row of the first
is counted at most once. Then the rows behind a figure are those of the same FROM and
WHERE whose group expressions have the figure's values: nothing is kept beside the query.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from sqlglot import exp, parse_one

from balai.base.errors import Fault, Invalid
from balai.data.rules import gate
from balai.data.rules.gate.faults import refusal
from balai.data.rules.gate.meaning import kind
from balai.data.rules.gate.scopes import folded
from balai.data.rules.gate.values import ColumnType as T
from balai.data.rules.gate.values import Table
from balai.data.rules.indicators import PERIOD, REGION, VALUE, Indicator, Period
from balai.data.rules.indicators_parts import MOST_FIGURES, Part

_AGGREGATES = (exp.Count, exp.Sum, exp.Min, exp.Max)
_REFUSED = {
    "with_": "WITH",
    "distinct": "DISTINCT",
    "having": "HAVING",
    "qualify": "QUALIFY",
    "order": "ORDER BY",
    "offset": "OFFSET",
}


def part(
    indicator: Indicator, text: str, known: Mapping[str, Table], keys: Mapping[str, tuple[str, ...]]
) -> Part:
    """Check the SQL of one part.

    Args:
        known: the datasets it may read.
        keys: the key columns of each, by which others are joined.

    Raises:
        Invalid: each fault with line and column of `text`.
    """
    question = gate.read(text, known, MOST_FIGURES)
    found = question.tree
    if not isinstance(found, exp.Select) or found.args.get("from_") is None:
        right = _("Tulis satu SELECT … FROM set_data … GROUP BY ….")
        raise Invalid([Fault(_("Pertanyaan"), _("Indikator dihitung dari satu SELECT."), right)])
    _shape(found, text)
    _joins(found, text, keys)
    items = {item.alias: item.this for item in found.expressions}
    _columns(found, text, items, indicator)
    _grouped(found, text, items, indicator)
    counted = _aggregate(found, text, items[VALUE])
    tree = found.copy()
    tree.set("limit", None)
    zero = Decimal(0) if isinstance(counted, exp.Count | exp.Sum) else None
    names = tuple(table.name for table in question.tables)
    return Part(names, zero, tree, counted.copy(), _counted(counted))


def behind(indicator: Indicator, made: Part, region: str, period: str, dimensions: Mapping[str, str]) -> str:
    """Return SQL that gives the rows of the first dataset that one figure counts."""
    first = _first(made.tree)
    items = {item.alias: item.this for item in made.tree.expressions}
    values = {REGION: region, PERIOD: period, **dimensions}
    conditions = [_equals(items[name], values[name]) for name in indicator.groups]
    counted = items[VALUE].find(*_AGGREGATES)
    if counted is not None and not isinstance(counted.this, exp.Star):
        argument = counted.this.expressions[0] if isinstance(counted.this, exp.Distinct) else counted.this
        conditions.append(exp.Not(this=exp.Is(this=exp.Paren(this=argument.copy()), expression=exp.Null())))
    where = made.tree.args.get("where")
    if where is not None:
        conditions.insert(0, exp.Paren(this=where.this.copy()))
    select = exp.Select(
        expressions=[exp.Column(this=exp.Star(), table=exp.to_identifier(first, quoted=True))],
        from_=made.tree.args["from_"].copy(),
        joins=[join.copy() for join in made.tree.args.get("joins") or []],
    )
    select.set("where", exp.Where(this=exp.and_(*conditions, copy=False)))
    return select.sql("duckdb", identify=True)


def over(sql: str, names: Mapping[str, str]) -> str:
    """Return SQL of `behind` over datasets of other names; inside it they are called as before."""
    tree = parse_one(sql, read="duckdb")
    for table in tree.find_all(exp.Table):
        table.set("this", exp.to_identifier(names[table.name], quoted=True))
    return tree.sql("duckdb", identify=True)


def changed_rows(before: str, after: str, columns: Sequence[str], key: Sequence[str]) -> str:
    """Return SQL that gives the rows added, removed and changed from one set of rows to another.

    Whole rows are taken apart, for EXCEPT finds missing values equal where a join does not: a row
    in both differences by its key has changed.
    """
    shown = ", ".join(f'"{name}"' for name in columns)
    keys = ", ".join(f'"{name}"' for name in key)
    steps = {
        "old": f"SELECT {shown} FROM ({before}) AS b",  # noqa: S608
        "new": f"SELECT {shown} FROM ({after}) AS a",  # noqa: S608
        "gone": "SELECT * FROM old EXCEPT SELECT * FROM new",
        "come": "SELECT * FROM new EXCEPT SELECT * FROM old",
        "both_sides": f"SELECT {keys} FROM gone INTERSECT SELECT {keys} FROM come",  # noqa: S608
        "counts": "SELECT (SELECT count(*) FROM come) AS come, (SELECT count(*) FROM gone) AS gone, "
        "(SELECT count(*) FROM both_sides) AS changed",
    }
    written = ", ".join(f"{name} AS ({sql})" for name, sql in steps.items())
    counted = "SELECT come - changed AS added, gone - changed AS removed, changed FROM counts"
    return f"WITH {written} {counted}"


def _first(tree: exp.Select) -> str:
    return str(tree.args["from_"].this.alias_or_name)


def _shape(tree: exp.Select, text: str) -> None:
    for name, word in _REFUSED.items():
        if tree.args.get(name) is not None:
            raise refusal(tree.args[name], text, _("%(word)s tidak boleh di sini.") % {"word": word})
    for node in tree.walk():
        if node is not tree and isinstance(node, exp.Query | exp.Values | exp.Window | exp.Filter):
            wrong = _("Baris di balik angka ini tidak dapat ditelusuri.")
            right = _("Pakai satu SELECT tanpa subkueri, WITH, OVER atau FILTER; saring dengan WHERE.")
            raise refusal(node, text, wrong, right)
    limit = tree.args.get("limit")
    if limit is not None and int(limit.expression.name) <= MOST_FIGURES:
        raise refusal(limit, text, _("LIMIT tidak boleh di sini."), _("Hapus LIMIT."))


def _joins(tree: exp.Select, text: str, keys: Mapping[str, tuple[str, ...]]) -> None:
    """Every row of the first dataset once: a join finds at most one row of the other."""
    for join in tree.args.get("joins") or []:
        table = join.this
        if str(join.side).upper() not in ("", "LEFT") or str(join.kind).upper() == "CROSS":
            raise refusal(join, text, _("Hanya JOIN dan LEFT JOIN."))
        equal = set(_equal_columns(join.args.get("on"), table.alias_or_name))
        missing = [name for name in keys[folded(table.name)] if name not in equal]
        if missing:
            wrong = _("Satu baris dapat terhitung lebih dari sekali.")
            right = _("Samakan juga kunci %(table)s: %(names)s.") % {
                "table": table.name,
                "names": ", ".join(missing),
            }
            raise refusal(join, text, wrong, right)


def _equal_columns(condition: exp.Expr | None, source: str) -> Iterator[str]:
    if condition is None:
        return
    bare = condition.unnest()
    for each in bare.flatten() if isinstance(bare, exp.And) else [bare]:
        equal = each.unnest()
        if isinstance(equal, exp.EQ):
            sides = [equal.this.unnest(), equal.expression.unnest()]
            for own, other in (sides, sides[::-1]):
                from_elsewhere = all(column.table != source for column in other.find_all(exp.Column))
                if isinstance(own, exp.Column) and own.table == source and from_elsewhere:
                    yield own.name


def _columns(tree: exp.Select, text: str, items: Mapping[str, exp.Expr], indicator: Indicator) -> None:
    wanted = [*indicator.groups, VALUE]
    if sorted(items) != sorted(wanted):
        wrong = _("Kolomnya %(found)s.") % {"found": ", ".join(items)}
        raise refusal(tree, text, wrong, _("Kolomnya harus: %(names)s.") % {"names": ", ".join(wanted)})
    whole = (T.TEXT, T.INTEGER) if indicator.period is Period.YEAR else (T.TEXT,)
    fitting = {
        REGION: ((T.TEXT,), _("Wilayah berupa kode, yaitu teks.")),
        PERIOD: (whole, _("Periode berupa teks; tahun boleh bilangan bulat.")),
        VALUE: (
            (T.INTEGER, T.DECIMAL),
            _("Nilai harus persis: bilangan bulat atau desimal, tanpa pembagian atau rata-rata."),
        ),
    }
    others = ((T.TEXT, T.INTEGER, T.BOOLEAN), _("Rincian berupa teks, bilangan bulat, atau ya/tidak."))
    for name, value in items.items():
        kinds, right = fitting.get(name, others)
        if kind(value) not in kinds:
            wrong = _("“%(name)s” berjenis %(kind)s.") % {"name": name, "kind": kind(value)}
            raise refusal(value, text, wrong, right)


def _grouped(tree: exp.Select, text: str, items: Mapping[str, exp.Expr], indicator: Indicator) -> None:
    """Groups are told apart by the columns of the figure, all of them and nothing else."""
    own = {items[name].sql("duckdb") for name in indicator.groups}
    group = tree.args.get("group")
    if group is not None and group.args.get("all") and not group.expressions:
        return
    found = {each.sql("duckdb") for each in group.expressions} if group is not None else set()
    needed = {items[name].sql("duckdb") for name in indicator.groups if items[name].find(exp.Column)}
    if found - own or needed - found:
        right = _("Tulis GROUP BY %(names)s.") % {"names": ", ".join(indicator.groups)}
        raise refusal(group or tree, text, _("Kelompoknya bukan kolom angka ini."), right)


def _aggregate(tree: exp.Select, text: str, value: exp.Expr) -> exp.Expr:
    bare = value.unnest()
    if isinstance(bare, _AGGREGATES) and not (isinstance(bare, exp.Count) and bare.expressions):
        return bare
    right = _("Tulis count(*), count(kolom), count(DISTINCT kolom), sum, min, atau max.")
    raise refusal(value, text, _("Nilai harus satu hitungan atas baris."), right)


def _counted(aggregate: exp.Expr) -> exp.Expr:
    """Count the rows an aggregate takes into account: those where its argument is not missing."""
    inner = aggregate.this
    if isinstance(inner, exp.Distinct):
        inner = inner.expressions[0]
    return exp.Count(this=inner.copy(), big_int=True)


def _equals(expression: exp.Expr, value: str) -> exp.Expr:
    held = kind(expression)
    if held is T.INTEGER:
        number = int(value)
        right: exp.Expr = exp.Literal.number(abs(number))
        right = exp.Neg(this=right) if number < 0 else right
    elif held is T.BOOLEAN:
        right = exp.Boolean(this=value == "true")
    else:
        right = exp.Literal.string(value)
    return exp.EQ(this=exp.Paren(this=expression.copy()), expression=right)
