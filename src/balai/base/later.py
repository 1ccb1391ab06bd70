"""What only some tasks need, loaded when such a task comes and not when a process starts.

    from balai.base.later import duckdb

    def count() -> int:
        with duckdb.connect() as engine: ...        # here it is loaded

Every process of Balai imports every module of ours; with all their libraries it took 190 MB and two
seconds of a processor before its first answer. What stands here is a stand-in: asking it for a name
loads the library. So a name is asked for inside functions alone; an annotation of an argument is put
in quotes, a shared one is a `type`.

A module of ours that is made of such names (tables of classes, a subclass) is itself loaded later,
where it is imported:

    if TYPE_CHECKING:
        from balai.data.rules import indicators_sql
    else:
        indicators_sql = later("balai.data.rules.indicators_sql")

tests/test_start.py shows that a process starts without any of it.
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

__all__ = [
    "LIBRARIES",
    "Image",
    "ImageOps",
    "duckdb",
    "exp",
    "httpx",
    "later",
    "np",
    "qrcode",
    "shapely",
    "sqlglot",
    "typst",
]


class _Later(ModuleType):
    """Stands for a module that may not be loaded yet."""

    def __getattr__(self, name: str) -> Any:
        # Of what Python itself asks any module for, a stand-in has nothing.
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(import_module(self.__name__), name)


def later(name: str) -> ModuleType:
    """Return a stand-in for the module `name` (dotted), which is loaded when it is first asked for a name."""
    return _Later(name)


LIBRARIES = ("duckdb", "httpx", "numpy", "openpyxl", "PIL", "qrcode", "shapely", "sqlglot", "typst")
"""Not loaded by a process that starts, here or below modules of ours that are loaded later."""

if TYPE_CHECKING:
    import duckdb
    import httpx
    import numpy as np
    import qrcode
    import shapely
    import sqlglot
    import typst
    from PIL import Image, ImageOps
    from sqlglot import exp
else:
    duckdb = later("duckdb")
    exp = later("sqlglot.expressions")
    httpx = later("httpx")
    Image = later("PIL.Image")
    ImageOps = later("PIL.ImageOps")
    np = later("numpy")
    qrcode = later("qrcode")
    shapely = later("shapely")
    sqlglot = later("sqlglot")
    typst = later("typst")
