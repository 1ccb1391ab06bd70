"""The way through the gate; with it the parser is loaded, which most processes never need."""

from collections.abc import Mapping
from dataclasses import replace

from django.utils.translation import gettext as _
from sqlglot import exp

from balai.base.errors import Fault, Invalid
from balai.data.rules.gate.meaning import same_everywhere
from balai.data.rules.gate.names import Names
from balai.data.rules.gate.text import checked_tree
from balai.data.rules.gate.values import Question, Table
from balai.data.rules.gate.writing import for_duckdb, for_spark, without_formulas


def read(text: str, tables: Mapping[str, Table], most_rows: int, dialect: str) -> Question:
    try:
        tree = checked_tree(text, dialect)
        while isinstance(tree, exp.Subquery) and tree.args.get("alias") is None:
            tree = tree.this
        names = Names(text, tables)
        shape = names.query(tree, None, {})
        tree = same_everywhere(tree, text, dialect)
        _limit(tree, most_rows)
        sql = for_duckdb(tree)
    except RecursionError:
        right = _("Pecah menjadi beberapa bagian dengan WITH.")
        raise Invalid([Fault(_("Pertanyaan"), _("Terlalu dalam bersarang."), right)]) from None
    return Question(sql, tuple(names.read.values()), shape.columns, most_rows, tree)


def _limit(tree: exp.Query, most_rows: int) -> None:
    limit = tree.args.get("limit")
    asked = int(limit.expression.name) if limit is not None else most_rows + 1
    tree.set("limit", exp.Limit(expression=exp.Literal.number(min(asked, most_rows + 1))))


def spark(question: Question) -> str:
    return for_spark(question.tree)


def guarded(question: Question) -> Question:
    tree = without_formulas(question.tree, question.columns)
    return replace(question, tree=tree, sql=for_duckdb(tree))
