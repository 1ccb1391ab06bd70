"""The texts of notices, with what stands between braces put in."""

from collections.abc import Mapping
from typing import Any


def filled(text: str, values: Mapping[str, Any], missing: str = "-") -> str:
    """Return a text with {names} put in; a name without a value leaves `missing`.

    >>> filled("Laporan {number}: {case.state}", {"number": "A-1"})
    'Laporan A-1: -'
    """
    out, rest = [], text
    while "{" in rest:
        before, _brace, rest = rest.partition("{")
        name, _brace, rest = rest.partition("}")
        value = values.get(name)
        out += [before, missing if value in (None, "") else str(value)]
    return "".join([*out, rest])
