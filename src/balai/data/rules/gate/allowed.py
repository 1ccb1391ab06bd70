"""The lists of the gate: what is not on them is refused.

Every kind of node is listed with the parts it may carry, because a parser hides much
in parts: sampling, locks, hints, time travel and pivots all hang on a node that looks
harmless. The functions are those that DuckDB and Spark answer alike, or that the gate
rewrites until they do; none of them can make a value much larger than what it was given.
"""

from sqlglot import exp

MOST_TOKENS = 4_000
MOST_BRACKETS = 24
MOST_NODES = 4_000
MOST_DEPTH = 120
MOST_JOINS = 8
MOST_LITERAL = 1_000
MOST_PATTERN = 200
MOST_NAME = 120
MOST_DAYS_OF_INTERVAL = 400_000
MOST_ROWS_OF_A_SMALL_SIDE = 100

_BINARY = {"this", "expression"}

# Queries, names, and the operators between values.
NODES: dict[type[exp.Expr], set[str]] = {
    exp.Select: {
        "with_",
        "expressions",
        "distinct",
        "from_",
        "joins",
        "where",
        "group",
        "having",
        "qualify",
        "order",
        "limit",
        "offset",
    },
    exp.Union: {"with_", "this", "expression", "distinct", "order", "limit", "offset"},
    exp.Intersect: {"with_", "this", "expression", "distinct", "order", "limit", "offset"},
    exp.Except: {"with_", "this", "expression", "distinct", "order", "limit", "offset"},
    exp.Subquery: {"this", "alias"},
    exp.With: {"expressions"},
    exp.CTE: {"this", "alias"},
    exp.TableAlias: {"this", "columns"},
    exp.From: {"this"},
    exp.Table: {"this", "alias"},
    exp.Values: {"expressions", "alias"},
    exp.Join: {"this", "on", "side", "kind", "using"},
    exp.Where: {"this"},
    exp.Group: {"expressions", "all"},
    exp.Rollup: {"expressions"},
    exp.Cube: {"expressions"},
    exp.GroupingSets: {"expressions"},
    exp.Having: {"this"},
    exp.Qualify: {"this"},
    exp.Order: {"expressions"},
    exp.Ordered: {"this", "desc", "nulls_first"},
    exp.Limit: {"expression"},
    exp.Offset: {"expression"},
    exp.Distinct: {"expressions"},
    exp.Window: {"this", "partition_by", "order", "spec", "over"},
    exp.WindowSpec: {"kind", "start", "start_side", "end", "end_side"},
    exp.Filter: _BINARY,
    exp.WithinGroup: _BINARY,
    exp.Identifier: {"this", "quoted"},
    exp.Column: {"this", "table"},
    exp.Star: {"except_"},
    exp.Alias: {"this", "alias"},
    exp.Tuple: {"expressions"},
    exp.Paren: {"this"},
    exp.Literal: {"this", "is_string"},
    exp.Boolean: {"this"},
    exp.Null: set(),
    exp.Var: {"this"},
    exp.DataType: {"this", "expressions", "nested"},
    exp.DataTypeParam: {"this"},
    exp.Cast: {"this", "to"},
    exp.TryCast: {"this", "to", "safe"},
    exp.Interval: {"this", "unit"},
    exp.Case: {"this", "ifs", "default"},
    exp.If: {"this", "true", "false"},
    exp.In: {"this", "expressions", "query"},
    exp.Exists: {"this"},
    exp.Between: {"this", "low", "high"},
    exp.Is: {"this", "expression", "negate"},
    exp.Like: {"this", "expression", "negate"},
    exp.ILike: {"this", "expression", "negate"},
    exp.DPipe: {"this", "expression", "safe"},
    exp.Div: {"this", "expression", "typed", "safe"},
    exp.Not: {"this"},
    exp.Neg: {"this"},
    **dict.fromkeys(
        (
            *(exp.And, exp.Or, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE),
            *(exp.NullSafeEQ, exp.NullSafeNEQ, exp.Add, exp.Sub, exp.Mul, exp.IntDiv, exp.Mod),
        ),
        _BINARY,
    ),
}

# Functions, with the name an analyst writes.
FUNCTIONS: dict[type[exp.Expr], tuple[str, set[str]]] = {
    exp.Count: ("count", {"this", "expressions", "big_int"}),
    exp.CountIf: ("count_if", {"this"}),
    exp.Sum: ("sum", {"this"}),
    exp.Avg: ("avg", {"this"}),
    exp.Min: ("min", {"this"}),
    exp.Max: ("max", {"this"}),
    exp.Median: ("median", {"this"}),
    exp.PercentileCont: ("quantile_cont", _BINARY),
    exp.Stddev: ("stddev", {"this"}),
    exp.StddevSamp: ("stddev_samp", {"this"}),
    exp.StddevPop: ("stddev_pop", {"this"}),
    exp.Variance: ("variance", {"this"}),
    exp.VariancePop: ("var_pop", {"this"}),
    exp.Corr: ("corr", _BINARY),
    exp.LogicalAnd: ("bool_and", {"this"}),
    exp.LogicalOr: ("bool_or", {"this"}),
    exp.Grouping: ("grouping", {"expressions"}),
    exp.RowNumber: ("row_number", set()),
    exp.Rank: ("rank", set()),
    exp.DenseRank: ("dense_rank", set()),
    exp.PercentRank: ("percent_rank", set()),
    exp.CumeDist: ("cume_dist", set()),
    exp.Ntile: ("ntile", {"this"}),
    exp.Lag: ("lag", {"this", "offset", "default"}),
    exp.Lead: ("lead", {"this", "offset", "default"}),
    exp.FirstValue: ("first_value", {"this"}),
    exp.LastValue: ("last_value", {"this"}),
    exp.Abs: ("abs", {"this"}),
    exp.Round: ("round", {"this", "decimals"}),
    exp.Floor: ("floor", {"this"}),
    exp.Ceil: ("ceil", {"this"}),
    exp.Sign: ("sign", {"this"}),
    exp.Sqrt: ("sqrt", {"this"}),
    exp.Pow: ("power", _BINARY),
    exp.Exp: ("exp", {"this"}),
    exp.Ln: ("ln", {"this"}),
    exp.Greatest: ("greatest", {"this", "expressions", "ignore_nulls"}),
    exp.Least: ("least", {"this", "expressions", "ignore_nulls"}),
    exp.Coalesce: ("coalesce", {"this", "expressions"}),
    exp.Nullif: ("nullif", _BINARY),
    exp.Lower: ("lower", {"this"}),
    exp.Upper: ("upper", {"this"}),
    exp.Length: ("length", {"this"}),
    exp.Trim: ("trim", {"this", "position"}),
    exp.Substring: ("substring", {"this", "start", "length"}),
    exp.Left: ("left", _BINARY),
    exp.Right: ("right", _BINARY),
    exp.Replace: ("replace", {"this", "expression", "replacement"}),
    exp.StartsWith: ("starts_with", _BINARY),
    exp.EndsWith: ("ends_with", _BINARY),
    exp.Contains: ("contains", _BINARY),
    exp.StrPosition: ("strpos", {"this", "substr"}),
    exp.SplitPart: ("split_part", {"this", "delimiter", "part_index"}),
    exp.RegexpLike: ("regexp_matches", _BINARY),
    exp.Year: ("year", {"this"}),
    exp.Quarter: ("quarter", {"this"}),
    exp.Month: ("month", {"this"}),
    exp.Day: ("day", {"this"}),
    exp.WeekOfYear: ("weekofyear", {"this"}),
    exp.Hour: ("hour", {"this"}),
    exp.Minute: ("minute", {"this"}),
    exp.Extract: ("extract", _BINARY),
    exp.TimestampTrunc: ("date_trunc", {"this", "unit"}),
    exp.DateTrunc: ("date_trunc", {"this", "unit"}),
    exp.DateDiff: ("date_diff", {"this", "expression", "unit", "date_part_boundary"}),
    exp.DateFromParts: ("make_date", {"year", "month", "day"}),
    exp.LastDay: ("last_day", {"this"}),
    exp.TimeToStr: ("strftime", {"this", "format"}),
}

FUNCTION_NAMES = sorted({name for name, parts in FUNCTIONS.values()})

# Words the parser keeps as bare strings and the writer would print as they are.
CONSTANTS: dict[tuple[type[exp.Expr], str], frozenset[str]] = {
    (exp.Join, "side"): frozenset({"", "LEFT", "RIGHT", "FULL"}),
    (exp.Join, "kind"): frozenset({"", "INNER", "OUTER", "CROSS"}),
    (exp.Window, "over"): frozenset({"OVER"}),
    (exp.WindowSpec, "kind"): frozenset({"ROWS", "RANGE"}),
    (exp.WindowSpec, "start"): frozenset({"UNBOUNDED", "CURRENT ROW"}),
    (exp.WindowSpec, "end"): frozenset({"UNBOUNDED", "CURRENT ROW"}),
    (exp.WindowSpec, "start_side"): frozenset({"PRECEDING", "FOLLOWING"}),
    (exp.WindowSpec, "end_side"): frozenset({"PRECEDING", "FOLLOWING"}),
    (exp.Trim, "position"): frozenset({"LEADING", "TRAILING"}),
}

_TRUNCATED = {"YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE"}
_INTERVALS = {"YEAR", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND"}

# Bare words, by the node that carries them. Left out because engines differ: the day of
# the week (Sunday is 0 or 1), seconds (whole or not), and date_diff in other units than days
# (boundaries or whole units).
WORDS: dict[tuple[type[exp.Expr], str], set[str]] = {
    (exp.Extract, "this"): {"YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "DOY", "HOUR", "MINUTE"},
    (exp.TimestampTrunc, "unit"): _TRUNCATED,
    (exp.DateTrunc, "unit"): _TRUNCATED,
    (exp.DateDiff, "unit"): {"DAY"},
    (exp.Interval, "unit"): _INTERVALS | {f"{unit}S" for unit in _INTERVALS},
}

# What a date may be formatted with: digits only, for names of months differ by engine and language.
FORMAT_CODES = frozenset("YmdHMSy")

TYPES: dict[exp.DType, str] = {
    exp.DType.SMALLINT: "SMALLINT",
    exp.DType.INT: "INTEGER",
    exp.DType.BIGINT: "BIGINT",
    exp.DType.DECIMAL: "DECIMAL(p, s)",
    exp.DType.DOUBLE: "DOUBLE",
    exp.DType.TEXT: "TEXT",
    exp.DType.VARCHAR: "VARCHAR",
    exp.DType.BOOLEAN: "BOOLEAN",
    exp.DType.DATE: "DATE",
    exp.DType.TIMESTAMP: "TIMESTAMP",
    exp.DType.TIMESTAMPNTZ: "TIMESTAMP",
}

INTEGERS = frozenset({exp.DType.SMALLINT, exp.DType.INT, exp.DType.BIGINT})
FIRST_WORDS = frozenset({"SELECT", "WITH", "FROM", "L_PAREN"})
