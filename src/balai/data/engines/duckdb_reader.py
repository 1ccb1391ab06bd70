"""DuckDB inside a reader process: a fresh locked engine over the files of one question.

The statement is checked here a second time, by the engine's own parser: should a text ever mean
one thing to the gate and another to the engine, it is the engine's reading that counts.
"""

import json
import os
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

# The engine alone: loading what its package has around it takes half the time a reader starts in.
import _duckdb as duckdb

# What the text of the gate becomes in the engine's own tree, and nothing else.
_CLASSES = frozenset(
    {"BETWEEN", "CASE", "CAST", "COLUMN_REF", "COMPARISON", "CONJUNCTION", "CONSTANT", "FUNCTION"}
    | {"OPERATOR", "SUBQUERY", "WINDOW", "TYPE"}
)
_PARTS_OF_A_STAR = (
    "columns",
    "expr",
    "exclude_list",
    "replace_list",
    "rename_list",
    "qualified_exclude_list",
)
_SOURCES = frozenset({"BASE_TABLE", "EMPTY", "EXPRESSION_LIST", "JOIN", "SUBQUERY"})
_QUERIES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "CTE_NODE"})
_NAMES = """
    + - * / // % || ~~ !~~ ~~* !~~*
    count count_star count_if sum avg min max median quantile_cont stddev stddev_samp stddev_pop
    variance var_samp var_pop corr bool_and bool_or grouping
    row_number rank rank_dense dense_rank percent_rank cume_dist ntile lag lead
    first_value last_value first last
    abs round trunc floor ceil sign sqrt power pow exp ln greatest least coalesce nullif
    lower upper length trim ltrim rtrim substring left right replace
    starts_with ends_with suffix prefix contains strpos position split_part regexp_matches
    year quarter month day weekofyear week hour minute date_part date_trunc date_diff make_date
    last_day strftime to_years to_months to_weeks to_days to_hours to_minutes to_seconds
    row
"""
_FUNCTIONS = frozenset(_NAMES.split())
MOST_ENGINES = 4


class NotAllowed(Exception):
    """The engine's own parser sees more in the text than one reading SELECT."""


def parser() -> duckdb.DuckDBPyConnection:
    """An engine that only parses: it has no files and cannot get any."""
    engine = _engine(64)
    _lock(engine)
    return engine


def check(engine: duckdb.DuckDBPyConnection, sql: str, names: frozenset[str]) -> None:
    """Refuse everything that is not one SELECT over `names` with the functions of the list."""
    statements = engine.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise NotAllowed("only one SELECT is read")
    row = engine.execute("SELECT json_serialize_sql(?::VARCHAR)", [sql]).fetchone()
    told: dict[str, Any] = json.loads(row[0]) if row else {}
    if told.get("error", True) or len(told["statements"]) != 1:
        raise NotAllowed("the engine cannot show how it reads this")
    nodes = list(_nodes(told["statements"][0]["node"]))
    parts = {entry["key"].lower() for node in nodes for entry in _parts(node)}
    for node in nodes:
        _check_node(node, names | parts)


def _nodes(root: Any) -> Iterator[dict[str, Any]]:
    stack = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            yield node
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)


def _parts(node: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the parts made by WITH that hang on this node."""
    held = node.get("cte_map")
    return list(held["map"]) if isinstance(held, dict) else []


def _check_node(node: dict[str, Any], names: frozenset[str]) -> None:
    # VALUES becomes a bare star over its rows; every other star the gate has written out.
    if node.get("class") == "STAR":
        if any(node.get(part) for part in _PARTS_OF_A_STAR):
            raise NotAllowed("a star with conditions is not read")
    elif "class" in node and node["class"] not in _CLASSES:
        raise NotAllowed(f"{node['class']} is not read")
    if "function_name" in node:
        if str(node["function_name"]).lower() not in _FUNCTIONS or node.get("schema") or node.get("catalog"):
            raise NotAllowed(f"the function {node['function_name']} is not read")
    elif "table_name" in node and "catalog_name" in node:
        named = str(node["table_name"]).lower() in names
        if not named or node["schema_name"] or node["catalog_name"] or node.get("sample"):
            raise NotAllowed(f"the table {node['table_name']} is not read")
    if "from_table" in node and node["type"] not in _QUERIES:
        raise NotAllowed(f"{node['type']} is not read")
    for place in ("from_table", "left", "right"):
        _check_source(node.get(place))
    if node.get("type") in {"RECURSIVE_CTE_NODE", "TABLE_FUNCTION", "PIVOT", "COLUMN_DATA", "SHOW_REF"}:
        raise NotAllowed(f"{node['type']} is not read")


def _check_source(child: Any) -> None:
    """Check what stands where rows come from; expressions, which have a class, are checked above."""
    source = isinstance(child, dict) and "class" not in child and "type" in child
    if source and child["type"] not in _SOURCES | _QUERIES:
        raise NotAllowed(f"{child['type']} is not read")


class Engines:
    """Locked engines, one for each set of files lately asked about.

    An engine serves only questions over exactly the same files and columns, so nothing can pass
    from one to another; each knows its files by open descriptors, never by a path.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[duckdb.DuckDBPyConnection, list[int]]] = OrderedDict()

    def over(
        self, tables: list[dict[str, Any]], files: list[int], memory_mb: int
    ) -> duckdb.DuckDBPyConnection:
        key = _key(tables, files, memory_mb)
        if key in self._kept:
            self._kept.move_to_end(key)
            close_all(files)
            return self._kept[key][0]
        while len(self._kept) >= MOST_ENGINES:
            _key_of_oldest, (oldest, its_files) = self._kept.popitem(last=False)
            oldest.close()
            close_all(its_files)
        engine = open_locked(tables, files, memory_mb)
        self._kept[key] = (engine, files)
        return engine


def close_all(files: list[int]) -> None:
    for file in files:
        os.close(file)


def _key(tables: list[dict[str, Any]], files: list[int], memory_mb: int) -> str:
    facts = [os.fstat(file) for file in files]
    seen = [(fact.st_dev, fact.st_ino, fact.st_size, fact.st_mtime_ns) for fact in facts]
    return json.dumps([tables, seen, memory_mb])


def open_locked(
    tables: list[dict[str, Any]], files: list[int], memory_mb: int, also: str = "", threads: int = 1
) -> duckdb.DuckDBPyConnection:
    """Open an engine that sees the files as tables and nothing else of the machine.

    Args:
        tables: name, columns and kind ("parquet" or "duckdb") of each, in the order of `files`.
        also: one more path it may use: the pipe an export goes to.
    """
    engine = _engine(memory_mb, threads)
    try:
        paths = [f"/dev/fd/{file}" for file in files]
        listed = ", ".join(_text(path) for path in [*paths, *([also] if also else [])])
        engine.execute(f"SET allowed_paths=[{listed}]")
        for number, (table, path) in enumerate(zip(tables, paths, strict=True)):
            source = f"read_parquet({_text(path)})"
            if table["kind"] == "duckdb":
                engine.execute(f"ATTACH {_text(path)} AS balai_file_{number} (READ_ONLY)")
                source = f"balai_file_{number}.main.rows"
            columns = ", ".join(_name(column) for column in table["columns"])
            engine.execute(f"CREATE VIEW {_name(table['name'])} AS SELECT {columns} FROM {source}")  # noqa: S608
        _lock(engine)
    except BaseException:
        engine.close()
        raise
    return engine


def _engine(memory_mb: int, threads: int = 1) -> duckdb.DuckDBPyConnection:
    engine = duckdb.connect(
        ":memory:",
        config={
            "threads": threads,
            "memory_limit": f"{memory_mb}MB",
            "temp_directory": "",
            "autoload_known_extensions": False,
            "autoinstall_known_extensions": False,
            "allow_community_extensions": False,
            "python_enable_replacements": False,
        },
    )
    engine.execute("SET TimeZone='UTC'")
    return engine


def _lock(engine: duckdb.DuckDBPyConnection) -> None:
    # The order matters: paths allowed after access is off are refused by the engine.
    engine.execute("SET enable_external_access=false")
    engine.execute("SET lock_configuration=true")


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
