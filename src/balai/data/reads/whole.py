"""A version as its own file, and what its rows say of a key."""

from pathlib import Path

from balai.base.actor import Actor
from balai.base.errors import Invalid
from balai.data.reads.asking import ask
from balai.data.reads.catalogue import of_code
from balai.data.reads.versions import _files, _version


def parquet_file(actor: Actor, code: str, number: int) -> Path:
    """Return the file of a version, on this machine.

    Raises:
        NotFound: no such dataset or version the actor may see, or its rows were given up.
    """
    (file,) = _files(_version(actor, of_code(actor, code), number))
    return file


def rows_of_one_key(actor: Actor, code: str, key: tuple[str, ...]) -> int | None:
    """Return how many keys the version that stands has for several rows each; None without such columns."""
    named = ", ".join(f'"{name}"' for name in key)
    text = f'SELECT count(*) FROM (SELECT 1 AS one FROM "{code}" GROUP BY {named} HAVING count(*) > 1) AS t'  # noqa: S608
    try:
        with ask(actor, text) as answer:
            ((count,),) = list(answer.rows)
            return int(count)
    except Invalid:
        return None
