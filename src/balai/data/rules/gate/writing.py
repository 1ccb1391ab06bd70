"""The text for an engine, written from the checked tree; nothing of the asker's text is copied."""

from django.utils.translation import gettext as _
from sqlglot import exp
from sqlglot.errors import ErrorLevel, UnsupportedError

from balai.base.errors import Fault, Invalid
from balai.data.rules.gate.scopes import quoted

KEEP = "balai_keep"
INNER = "balai_rows"


def for_duckdb(tree: exp.Query) -> str:
    return _written(tree, "duckdb")


def for_spark(tree: exp.Query) -> str:
    """Write for Spark: exact percentiles, and QUALIFY as a condition around the query."""
    copy = tree.copy()
    for node in list(copy.find_all(exp.PercentileCont)):
        node.replace(exp.Anonymous(this="PERCENTILE", expressions=[node.this, node.expression]))
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
