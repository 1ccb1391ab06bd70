"""The names of a whole question, from WITH to ORDER BY.

Every `*` is written out and every expression gets a name. Only what the asker named and the
declared names of datasets and columns are left in the tree, all quoted.
"""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _
from sqlglot import exp

from balai.data.rules.gate import allowed
from balai.data.rules.gate.faults import refusal
from balai.data.rules.gate.meaning import kind
from balai.data.rules.gate.scopes import Scope, Shape, Source, folded, quoted, reference
from balai.data.rules.gate.sources import Sources
from balai.data.rules.gate.values import Column
from balai.data.rules.gate.values import ColumnType as T


class Names(Sources):
    """Resolves the names of one question; used once."""

    def query(self, node: exp.Expr, outer: Scope | None, parts: Mapping[str, Source]) -> Shape:
        """Resolve one SELECT, set operation or bracketed query."""
        parts = self._parts(node, parts)
        if isinstance(node, exp.Subquery):
            return self.query(node.this, outer, parts)
        if isinstance(node, exp.SetOperation):
            return self._combined(node, outer, parts)
        if isinstance(node, exp.Select):
            return self._select(node, outer, parts)
        raise refusal(node, self.text, _("Di sini harus ada SELECT."))

    def _parts(self, node: exp.Expr, parts: Mapping[str, Source]) -> Mapping[str, Source]:
        given = node.args.get("with_")
        if given is None:
            return parts
        known = dict(parts)
        for part in given.expressions:
            name = self._own_name(part.args["alias"].this)
            if folded(name) in self.tables or folded(name) in known:
                wrong = _("Nama '%(name)s' sudah dipakai.") % {"name": name}
                raise refusal(part.args["alias"], self.text, wrong, _("Beri bagian WITH ini nama lain."))
            shape = self.query(part.this, None, known)
            columns = self._renamed(part.args["alias"], shape.columns)
            part.args["alias"].set("this", quoted(name, part.args["alias"].this))
            known[folded(name)] = Source(name, columns, shape.most_rows)
        return known

    def _combined(self, node: exp.SetOperation, outer: Scope | None, parts: Mapping[str, Source]) -> Shape:
        left = self.query(node.this, outer, parts)
        right = self.query(node.expression, outer, parts)
        if len(left.columns) != len(right.columns):
            wrong = _("Bagian kiri punya %(left)d kolom, bagian kanan %(right)d.") % {
                "left": len(left.columns),
                "right": len(right.columns),
            }
            raise refusal(node.expression, self.text, wrong, _("Jumlah kolom harus sama."))
        for ordered in self._orders(node):
            column = self._output(ordered.this, left.columns)
            if column is None:
                right_words = _("Urutkan menurut nama kolom hasil.")
                raise refusal(ordered, self.text, _("Urutan ini bukan kolom hasil."), right_words)
            ordered.set("this", exp.Column(this=quoted(column.name)))
        return Shape(left.columns, self._limit(node))

    def _orders(self, node: exp.Expr) -> Iterator[exp.Ordered]:
        order = node.args.get("order")
        yield from order.expressions if order is not None else ()

    def _output(self, node: exp.Expr, columns: tuple[Column, ...]) -> Column | None:
        """Return the output column that a name or an ordinal in ORDER BY or GROUP BY means."""
        if isinstance(node, exp.Literal) and not node.is_string:
            if node.name.isdigit() and 1 <= int(node.name) <= len(columns):
                return columns[int(node.name) - 1]
            wrong = _("Tidak ada kolom ke-%(position)s.") % {"position": node.name}
            raise refusal(node, self.text, wrong, _("Ada %(found)d kolom.") % {"found": len(columns)})
        if isinstance(node, exp.Column) and not node.table:
            return next((column for column in columns if folded(column.name) == folded(node.name)), None)
        return None

    def _limit(self, node: exp.Expr) -> int | None:
        limit = node.args.get("limit")
        return int(limit.expression.name) if limit is not None else None

    def _select(self, node: exp.Select, outer: Scope | None, parts: Mapping[str, Source]) -> Shape:
        scope = Scope(outer)
        if node.args.get("from_") is not None:
            self._add_source(node.args["from_"], scope, parts)
            for join in node.args.get("joins") or []:
                self._join(join, scope, parts)
        columns = self._expressions(node, scope, parts)
        for name in ("where", "having", "qualify"):
            if node.args.get(name) is not None:
                self._bind(node.args[name], scope, parts)
        self._group(node, scope, parts)
        for ordered in self._orders(node):
            column = self._output(ordered.this, columns)
            if column is not None:
                ordered.set("this", exp.Column(this=quoted(column.name)))
            else:
                self._bind(ordered, scope, parts)
        return Shape(columns, self._most_rows(node, scope))

    def _most_rows(self, node: exp.Select, scope: Scope) -> int | None:
        bounds = [self._limit(node)]
        grouped = node.args.get("group") is not None
        if not scope.sources or (not grouped and any(map(has_aggregate, node.expressions))):
            bounds.append(1)
        if len(scope.sources) == 1 and not grouped:
            bounds.append(scope.sources[0].most_rows)
        return min((bound for bound in bounds if bound is not None), default=None)

    def _expressions(self, node: exp.Select, scope: Scope, parts: Mapping[str, Source]) -> tuple[Column, ...]:
        """Write out `*`, bind every expression and give every one a name."""
        made: list[exp.Expr] = []
        columns: list[Column] = []
        taken: set[str] = set()
        items = [item for written in node.expressions for item in self._written_out(written, scope)]
        for item in items:
            given = item.args["alias"].name if isinstance(item, exp.Alias) else ""
            value = item.this if isinstance(item, exp.Alias) else item
            derived = value.sql("duckdb").lower()
            holder = exp.Alias(this=value)
            holder.parent = node
            self._bind(holder, scope, parts)
            if isinstance(value, exp.Column):
                derived = holder.this.name or value.name
            if given and folded(given) in taken:
                wrong = _("Nama '%(name)s' dipakai dua kali.") % {"name": given}
                raise refusal(item, self.text, wrong, _("Beri nama lain dengan AS."))
            name = given or self._free(derived[: allowed.MOST_NAME - 4], taken)
            taken.add(folded(name))
            holder.set("alias", quoted(name))
            made.append(holder)
            columns.append(Column(name, kind(holder.this)))
            if given:
                scope.given[folded(given)] = holder.this
        if not made:
            raise refusal(node, self.text, _("Tidak ada kolom yang dipilih."))
        node.set("expressions", made)
        return tuple(columns)

    def _free(self, name: str, taken: set[str]) -> str:
        tries, number = name, 1
        while folded(tries) in taken:
            number += 1
            tries = f"{name}_{number}"
        return tries

    def _written_out(self, item: exp.Expr, scope: Scope) -> list[exp.Expr]:
        star = item.this if isinstance(item, exp.Column) else item
        if not isinstance(star, exp.Star):
            return [item]
        sources = scope.sources
        if isinstance(item, exp.Column):
            one = scope.source(item.table)
            if one is None:
                raise self._no_source(item, scope)
            sources = [one]
        if not sources:
            raise refusal(item, self.text, _("'*' tanpa FROM."), _("Sebut set datanya dengan FROM."))
        left_out = {folded(name.name): name for name in star.args.get("except_") or []}
        made = []
        for number, source in enumerate(sources):
            for column in source.columns:
                key = folded(column.name)
                if left_out.pop(key, None) is not None or self._is_left_out(key, star):
                    continue
                merged = scope.merged.get(key) if not isinstance(item, exp.Column) else None
                if merged is not None and any(s.find(key) for s in sources[:number]):
                    continue
                made.append(self._merged_or_own(source, column, merged))
        if left_out:
            name, where = next(iter(left_out.items()))
            raise refusal(where, self.text, _("Tidak ada kolom '%(name)s'.") % {"name": name})
        return made

    def _is_left_out(self, key: str, star: exp.Expr) -> bool:
        return any(folded(name.name) == key for name in star.args.get("except_") or [])

    def _merged_or_own(self, source: Source, column: Column, merged: exp.Expr | None) -> exp.Expr:
        if merged is None:
            return reference(source, column)
        return exp.Alias(this=merged.copy(), alias=quoted(column.name))

    def _group(self, node: exp.Select, scope: Scope, parts: Mapping[str, Source]) -> None:
        """Put the expression itself where GROUP BY names it by position or by its name."""
        group = node.args.get("group")
        if group is None:
            return
        items = list(node.expressions)
        shown = tuple(Column(one.alias, T.UNKNOWN) for one in items)
        for holder in [group, *group.find_all(exp.Rollup, exp.Cube, exp.GroupingSets, exp.Tuple)]:
            for number, value in enumerate(list(holder.expressions)):
                if isinstance(value, exp.Literal):
                    column = self._output(value, shown)
                    if column is None:
                        raise refusal(value, self.text, _("GROUP BY memerlukan nama kolom."))
                    new = items[shown.index(column)].this.copy()
                    holder.set("expressions", new, index=number, overwrite=True)
        self._bind(group, scope, parts)


def has_aggregate(node: exp.Expr) -> bool:
    """Say whether `node` sums up rows, not counting windows and queries inside it."""
    if isinstance(node, exp.Window | exp.Query):
        return False
    if isinstance(node, exp.AggFunc):
        return True
    return any(has_aggregate(child) for child in node.iter_expressions())
