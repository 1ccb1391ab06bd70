"""What names mean: the sources of rows, and the column that every name in an expression is.

Afterwards every column carries the name of its source and every name given by AS stands for its
expression, so the answer does not depend on which of two names an engine would prefer.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from sqlglot import exp

from balai.data.rules.gate import allowed
from balai.data.rules.gate.faults import refusal
from balai.data.rules.gate.meaning import KIND, kind
from balai.data.rules.gate.values import Column, Table
from balai.data.rules.gate.values import ColumnType as T


def folded(name: str) -> str:
    """Fold a name as the engines do, which compare names without regard to case."""
    return name.lower()


@dataclass(frozen=True)
class Source:
    """One thing rows come from: a dataset, a part made by WITH, a subquery, a list of values."""

    name: str
    columns: tuple[Column, ...]
    most_rows: int | None = None

    def find(self, name: str) -> Column | None:
        return next((column for column in self.columns if folded(column.name) == folded(name)), None)


@dataclass
class Scope:
    """What names mean inside one SELECT."""

    outer: "Scope | None" = None
    sources: list[Source] = field(default_factory=list)
    merged: dict[str, exp.Expr] = field(default_factory=dict)
    given: dict[str, exp.Expr] = field(default_factory=dict)

    def source(self, name: str) -> Source | None:
        return next((source for source in self.sources if folded(source.name) == folded(name)), None)


@dataclass(frozen=True)
class Shape:
    """What comes out of a query; `most_rows` where the text itself says so."""

    columns: tuple[Column, ...]
    most_rows: int | None = None


def quoted(name: str, like: exp.Expr | None = None) -> exp.Identifier:
    """Write a name in quotes; `like` is what stood there, so that a later fault finds its place."""
    made = exp.to_identifier(name, quoted=True)
    if like is not None:
        made.meta.update(like.meta)
    return made


def reference(source: Source, column: Column) -> exp.Column:
    made = exp.Column(this=quoted(column.name), table=quoted(source.name))
    made.meta[KIND] = column.type
    return made


class Columns(ABC):
    """Gives every column of an expression its source."""

    def __init__(self, text: str, tables: Mapping[str, Table]) -> None:
        self.text = text
        self.tables = {folded(name): table for name, table in tables.items()}
        if len({folded(table.name) for table in tables.values()} & set(self.tables)) != len(tables):
            raise ValueError("every dataset is listed under its own name, and no two differ only in case")
        self.read: dict[str, Table] = {}
        self.unnamed = 0
        self.inlined = 0

    @abstractmethod
    def query(self, node: exp.Expr, outer: Scope | None, parts: Mapping[str, Source]) -> Shape:
        """Resolve one SELECT, set operation or bracketed query."""

    def _bind(self, node: exp.Expr, scope: Scope, parts: Mapping[str, Source], only: str = "") -> None:
        """Give every column below `node` its source; queries inside see `scope` as their outer one."""
        children = [node.args[only]] if only else list(node.iter_expressions())
        for child in children:
            if KIND in child.meta:
                continue  # written here already
            if isinstance(child, exp.Column):
                child.replace(self._resolved(child, scope))
            elif isinstance(child, exp.Query):
                self._inner(child, scope, parts)
            elif not isinstance(child, exp.Identifier):
                self._bind(child, scope, parts)

    def _inner(self, node: exp.Query, scope: Scope, parts: Mapping[str, Source]) -> None:
        shape = self.query(node, scope, parts)
        if isinstance(node.parent, exp.Exists):
            node.meta[KIND] = T.BOOLEAN
            return
        if len(shape.columns) != 1:
            raise refusal(node, self.text, _("Subkueri ini harus menghasilkan satu kolom."))
        node.meta[KIND] = shape.columns[0].type

    def _resolved(self, node: exp.Column, scope: Scope) -> exp.Expr:
        here: Scope | None = scope
        passed: list[Source] = []
        while here is not None:
            found = self._found(node, here)
            if found is not None:
                self._check_not_hidden(node, found, passed)
                return found
            passed += here.sources
            here = here.outer
        if node.table and not self._any_source(node.table, scope):
            raise self._no_source(node, scope)
        wrong = _("Tidak ada kolom '%(name)s'.") % {"name": node.name}
        seen = list(dict.fromkeys(column.name for source in scope.sources for column in source.columns))
        raise refusal(node, self.text, wrong, _("Yang ada: %(names)s.") % {"names": ", ".join(seen[:40])})

    def _found(self, node: exp.Column, scope: Scope) -> exp.Expr | None:
        key = folded(node.name)
        if node.table:
            source = scope.source(node.table)
            column = source.find(key) if source is not None else None
            return reference(source, column) if source is not None and column is not None else None
        if key in scope.merged:
            return scope.merged[key].copy()
        found = [(source, column) for source in scope.sources if (column := source.find(key))]
        if len(found) > 1:
            raise self._ambiguous(node, node.name)
        if found:
            return reference(*found[0])
        if key in scope.given:
            return self._inline(scope.given[key], node)
        return None

    def _inline(self, value: exp.Expr, where: exp.Expr) -> exp.Expr:
        """Put the expression where its name stands, within a bound: names of names grow quickly."""
        self.inlined += sum(1 for _node in value.walk())
        if self.inlined > allowed.MOST_NODES:
            right = _("Pecah menjadi beberapa bagian dengan WITH.")
            raise refusal(where, self.text, _("Nama ini memuat terlalu banyak nama lain."), right)
        held = kind(value)
        made = exp.Paren(this=value.copy()) if isinstance(value, exp.Binary | exp.Connector) else value.copy()
        made.meta[KIND] = held
        return made

    def _check_not_hidden(self, node: exp.Column, found: exp.Expr, passed: list[Source]) -> None:
        """A column of an outer query must not be caught by an inner source of the same name."""
        for column in found.find_all(exp.Column):
            if any(folded(source.name) == folded(column.table) for source in passed):
                wrong = _("Nama '%(name)s' dipakai di luar dan di dalam.") % {"name": column.table}
                raise refusal(node, self.text, wrong, _("Beri sumber di dalam nama lain dengan AS."))

    def _any_source(self, name: str, scope: Scope | None) -> bool:
        while scope is not None:
            if scope.source(name) is not None:
                return True
            scope = scope.outer
        return False

    def _ambiguous(self, node: exp.Expr, name: str) -> Exception:
        wrong = _("Kolom '%(name)s' ada di lebih dari satu sumber.") % {"name": name}
        return refusal(node, self.text, wrong, _("Tulis nama sumbernya di depan: sumber.kolom."))

    def _no_source(self, node: exp.Column, scope: Scope) -> Exception:
        wrong = _("Tidak ada sumber '%(name)s' di FROM.") % {"name": node.table}
        names = ", ".join(source.name for source in scope.sources) or "-"
        return refusal(node, self.text, wrong, _("Yang ada: %(names)s.") % {"names": names})
