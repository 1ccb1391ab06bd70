"""The text for an engine, written from the checked tree; nothing of the asker's text is copied."""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _
from sqlglot import exp
from sqlglot.errors import ErrorLevel, UnsupportedError

from balai.base.errors import Fault, Invalid
from balai.data.rules.gate.patterns import for_java
from balai.data.rules.gate.scopes import quoted
from balai.data.rules.gate.values import FORMULA, Column, ColumnType

KEEP = "balai_keep"
INNER = "balai_rows"


def for_duckdb(tree: exp.Query) -> str:
    return _written(tree, "duckdb")


def for_spark(tree: exp.Query) -> str:
    """Write for Spark: exact percentiles, patterns of Java, and QUALIFY as a condition around the query."""
    copy = tree.copy()
    for node in list(copy.find_all(exp.PercentileCont)):
        node.replace(exp.Anonymous(this="PERCENTILE", expressions=[node.this, node.expression]))
    for search in copy.find_all(exp.RegexpLike):
        search.set("expression", exp.Literal.string(for_java(search.expression.name)))
    for select in reversed(list(copy.find_all(exp.Select))):
        if select.args.get("qualify") is not None:
            _qualify_outside(select)
    return _written(copy, "spark")


def _written(tree: exp.Query, dialect: str) -> str:
    try:
        return tree.sql(dialect=dialect, identify=True, comments=False, unsupported_level=ErrorLevel.RAISE)
    except UnsupportedError as error:
        wrong = _("Tidak dapat ditulis untuk %(engine)s: %(why)s") % {"engine": dialect, "why": error}
        raise Invalid([Fault(_("Pertanyaan"), wrong)]) from None


def _qualify_outside(select: exp.Select) -> None:
    """SELECT a … QUALIFY c ORDER BY o  →  SELECT a FROM (SELECT a, c, o …) WHERE c ORDER BY o."""
    names = [item.alias for item in select.expressions]
    inner = exp.Select(
        **{part: select.args.get(part) for part in ("from_", "joins", "where", "group", "having")}
    )
    hidden = [exp.alias_(select.args["qualify"].this.copy(), KEEP, quoted=True)]
    outer_order = select.args.get("order")
    for number, ordered in enumerate(outer_order.expressions if outer_order is not None else ()):
        if isinstance(ordered.this, exp.Column) and not ordered.this.table:
            continue
        name = f"{KEEP}_{number}"
        hidden.append(exp.alias_(ordered.this.copy(), name, quoted=True))
        ordered.set("this", exp.Column(this=quoted(name)))
    inner.set("expressions", [item.copy() for item in select.expressions] + hidden)
    inner = inner.copy()
    for part in ("joins", "where", "group", "having", "qualify"):
        select.set(part, None)
    outer = [exp.Alias(this=exp.Column(this=quoted(name)), alias=quoted(name)) for name in names]
    select.set("expressions", outer)
    select.set("from_", exp.From(this=inner.subquery(quoted(INNER))))
    select.set("where", exp.Where(this=exp.Column(this=quoted(KEEP))))


def without_formulas(tree: exp.Query, columns: Iterable[Column]) -> exp.Query:
    """SELECT a …  →  SELECT CASE WHEN a begins a formula THEN "'" || a ELSE a END AS a FROM (SELECT a …)."""
    outer = []
    for column in columns:
        value: exp.Expr = exp.Column(this=quoted(column.name))
        if column.type in (ColumnType.TEXT, ColumnType.UNKNOWN):
            value = _guarded(exp.Cast(this=value, to=exp.DataType.build("TEXT")))
        name = f"'{column.name}" if re.match(FORMULA, column.name) else column.name
        outer.append(exp.Alias(this=value, alias=quoted(name)))
    return exp.Select(expressions=outer).from_(tree.copy().subquery(quoted(INNER)))


def _guarded(text: exp.Expr) -> exp.Expr:
    begins = exp.RegexpLike(this=text.copy(), expression=exp.Literal.string(FORMULA))
    marked = exp.DPipe(this=exp.Literal.string("'"), expression=text.copy())
    return exp.Case(ifs=[exp.If(this=begins, true=marked)], default=text.copy())
