"""Which dataset every table is, and whether a join may pair its rows."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from sqlglot import exp

from balai.data.rules.gate import allowed
from balai.data.rules.gate.faults import refusal
from balai.data.rules.gate.meaning import KIND, kind
from balai.data.rules.gate.scopes import Columns, Scope, Source, folded, quoted, reference
from balai.data.rules.gate.values import Column


class Sources(Columns):
    """Resolves FROM and JOIN; USING is written as ON."""

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
