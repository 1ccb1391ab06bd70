"""Which dataset every table is, and which column every name is.

Afterwards every column carries the name of its source, every `*` is written out, every
name given by AS stands for its expression, and USING is written as ON: so the answer does not
depend on which of two names an engine would prefer. Only what the asker named and the
declared names of datasets and columns are left in the tree, all quoted.
"""

from collections.abc import Iterator, Mapping
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


class Names:
    """Resolves the names of one question; used once."""

    def __init__(self, text: str, tables: Mapping[str, Table]) -> None:
        self.text = text
        self.tables = {folded(name): table for name, table in tables.items()}
        if len({folded(table.name) for table in tables.values()} & set(self.tables)) != len(tables):
            raise ValueError("every dataset is listed under its own name, and no two differ only in case")
        self.read: dict[str, Table] = {}
        self.unnamed = 0
        self.inlined = 0

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

    # -- WITH ---------------------------------------------------------------------

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

    def _own_name(self, node: exp.Expr) -> str:
        """Return a name for a source given by the asker: letters, digits and _ only."""
        name = node.name
        if name.isascii() and name.isidentifier() and not folded(name).startswith("balai_"):
            return name
        wrong = _("'%(name)s' tidak dapat dipakai sebagai nama.") % {"name": name}
        raise refusal(node, self.text, wrong, _("Pakai huruf, angka dan _, mulai dengan huruf."))

    def _renamed(self, alias: exp.Expr | None, columns: tuple[Column, ...]) -> tuple[Column, ...]:
        """Apply the column names of `AS nama(a, b)`; refuse columns of one name."""
        given = list(alias.args.get("columns") or []) if alias is not None else []
        if given and len(given) != len(columns):
            wrong = _("Ada %(given)d nama untuk %(found)d kolom.") % {
                "given": len(given),
                "found": len(columns),
            }
            raise refusal(given[0], self.text, wrong)
        if given and alias is not None:
            columns = tuple(Column(name.name, old.type) for name, old in zip(given, columns, strict=True))
            if len({folded(column.name) for column in columns}) != len(columns):
                raise refusal(given[0], self.text, _("Ada dua kolom dengan nama yang sama."))
            alias.set("columns", [quoted(name.name) for name in given])
        return columns

    # -- UNION, INTERSECT, EXCEPT -------------------------------------------------

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

    # -- SELECT -------------------------------------------------------------------

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

    # -- FROM and JOIN ------------------------------------------------------------

    def _add_source(self, holder: exp.Expr, scope: Scope, parts: Mapping[str, Source]) -> Source:
        node = holder.this
        if isinstance(node, exp.Table):
            source = self._named(node, parts)
        elif isinstance(node, exp.Values):
            source = self._values(node)
        elif isinstance(node, exp.Subquery):
            shape = self.query(node.this, None, parts)
            columns = self._renamed(node.args.get("alias"), shape.columns)
            source = Source(self._alias(node), columns, shape.most_rows)
        else:
            right = _("Yang boleh: nama set data, bagian WITH, atau (SELECT …) AS nama.")
            raise refusal(node, self.text, _("Ini bukan set data."), right)
        if scope.source(source.name) is not None:
            wrong = _("Nama '%(name)s' sudah dipakai.") % {"name": source.name}
            raise refusal(node, self.text, wrong, _("Beri nama lain dengan AS."))
        scope.sources.append(source)
        return source

    def _alias(self, node: exp.Expr) -> str:
        alias = node.args.get("alias")
        if alias is not None and alias.this is not None:
            name = self._own_name(alias.this)
            alias.set("this", quoted(name, alias.this))
            return name
        self.unnamed += 1
        name = f"balai_{self.unnamed}"
        node.set("alias", exp.TableAlias(this=quoted(name)))
        return name

    def _named(self, node: exp.Table, parts: Mapping[str, Source]) -> Source:
        if not isinstance(node.this, exp.Identifier):
            right = _("Yang boleh: nama set data, bagian WITH, atau (SELECT …) AS nama.")
            raise refusal(node, self.text, _("Fungsi tidak boleh menjadi sumber baris."), right)
        key = folded(node.name)
        part, table = parts.get(key), self.tables.get(key)
        alias = node.args.get("alias")
        if alias is not None and alias.args.get("columns"):
            raise refusal(node, self.text, _("Kolom set data tidak dapat diberi nama di sini."))
        if part is not None:
            name = self._alias(node) if alias is not None else part.name
            node.set("this", quoted(part.name, node.this))
            source = Source(name, part.columns, part.most_rows)
        elif table is not None:
            name = self._alias(node) if alias is not None else table.name
            self.read[key] = table
            node.set("this", quoted(table.name, node.this))
            columns = tuple(Column(column, held) for column, held in table.columns.items())
            source = Source(name, columns)
        else:
            wrong = _("Tidak ada set data '%(name)s' yang boleh Anda baca.") % {"name": node.name}
            names = ", ".join(sorted(table.name for table in self.tables.values())[:20]) or "-"
            raise refusal(node, self.text, wrong, _("Yang ada: %(names)s.") % {"names": names})
        node.set("alias", exp.TableAlias(this=quoted(name)))
        return source

    def _values(self, node: exp.Values) -> Source:
        alias = node.args.get("alias")
        names = list(alias.args.get("columns") or []) if alias is not None else []
        widths = {len(row.expressions) for row in node.expressions}
        if len(widths) != 1 or len(names) != next(iter(widths)):
            right = _("Tulis (VALUES (1, 'a')) AS nama(kolom_1, kolom_2).")
            raise refusal(node, self.text, _("VALUES memerlukan nama dan kolom."), right)
        for row in node.expressions:
            for value in row.expressions:
                if value.find(exp.Column, exp.Query, exp.AggFunc, exp.Window) is not None:
                    raise refusal(value, self.text, _("VALUES hanya berisi nilai."))
        first = node.expressions[0].expressions
        plain = tuple(Column(name.name, kind(value)) for name, value in zip(names, first, strict=True))
        return Source(self._alias(node), self._renamed(alias, plain), len(node.expressions))

    def _join(self, join: exp.Join, scope: Scope, parts: Mapping[str, Source]) -> None:
        before = list(scope.sources)
        source = self._add_source(join, scope, parts)
        using = join.args.get("using") or []
        if using:
            self._using(join, using, before, source, scope)
        elif join.args.get("on") is not None:
            self._bind(join, scope, parts, only="on")
            if not _links(join.args["on"], source, before):
                right = _("Tulis JOIN … ON a.kolom = b.kolom.")
                raise refusal(join, self.text, _("JOIN ini tidak menyamakan kolom kedua sisi."), right)
        else:
            self._crossed(join, before, source)

    def _crossed(self, join: exp.Join, before: list[Source], source: Source) -> None:
        """Every row with every row: only where one side is known to be a handful of rows."""
        most = allowed.MOST_ROWS_OF_A_SMALL_SIDE
        small = source.most_rows is not None and source.most_rows <= most
        if not small and not all(s.most_rows is not None and s.most_rows <= most for s in before):
            right = _("Tulis JOIN … ON a.kolom = b.kolom.")
            raise refusal(join, self.text, _("Setiap baris akan dipasangkan dengan setiap baris."), right)
        join.set("side", None)
        join.set("kind", "CROSS")

    def _using(
        self, join: exp.Join, using: list[exp.Expr], before: list[Source], source: Source, scope: Scope
    ) -> None:
        condition: exp.Expr | None = None
        for name in using:
            key = folded(name.name)
            right = source.find(key)
            left = scope.merged.get(key)
            if left is None:
                found = [(s, s.find(key)) for s in before if s.find(key)]
                if len(found) > 1:
                    raise self._ambiguous(name, name.name)
                left = reference(found[0][0], found[0][1]) if found and found[0][1] else None
            if right is None or left is None:
                wrong = _("Kolom '%(name)s' tidak ada di kedua sisi.") % {"name": name.name}
                raise refusal(name, self.text, wrong)
            own = reference(source, right)
            equal = exp.EQ(this=left.copy(), expression=own)
            condition = equal if condition is None else exp.And(this=condition, expression=equal)
            scope.merged[key] = _merge(str(join.side), left, own)
        join.set("using", None)
        join.set("on", condition)

    # -- names in expressions -----------------------------------------------------

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


def reference(source: Source, column: Column) -> exp.Column:
    made = exp.Column(this=quoted(column.name), table=quoted(source.name))
    made.meta[KIND] = column.type
    return made


def _merge(side: str, left: exp.Expr, right: exp.Expr) -> exp.Expr:
    """Return what a column named in USING holds: the side that is never missing."""
    if side == "RIGHT":
        return right.copy()
    if side == "FULL":
        made = exp.Coalesce(this=left.copy(), expressions=[right.copy()])
        made.meta[KIND] = kind(left)
        return made
    return left.copy()


def _links(condition: exp.Expr, source: Source, before: list[Source]) -> bool:
    """Say whether the condition demands that a column of `source` equals one from before."""
    own, others = {folded(source.name)}, {folded(one.name) for one in before}
    for part in condition.unnest().flatten() if isinstance(condition.unnest(), exp.And) else [condition]:
        equal = part.unnest()
        if not isinstance(equal, exp.EQ):
            continue
        left, right = (
            {folded(column.table) for column in side.find_all(exp.Column)}
            for side in (equal.this, equal.expression)
        )
        if (left == own and right and right <= others) or (right == own and left and left <= others):
            return True
    return False


def has_aggregate(node: exp.Expr) -> bool:
    """Say whether `node` sums up rows, not counting windows and queries inside it."""
    if isinstance(node, exp.Window | exp.Query):
        return False
    if isinstance(node, exp.AggFunc):
        return True
    return any(has_aggregate(child) for child in node.iter_expressions())
