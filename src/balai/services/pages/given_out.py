"""A whole service as one archive: cases as lines of JSON, what they went by, and their files."""

from collections.abc import Iterator

from balai.base import zipping
from balai.base.actor import Actor
from balai.base.files import open_file
from balai.services import changes

CASES, DEFINITIONS, FILES, MISSING = "berkas.jsonl", "definisi", "lampiran", "lampiran-hilang.txt"


def archive(actor: Actor, code: str, lines: Iterator[str]) -> Iterator[bytes]:
    """Yield the parts of the archive; the memory holds one of them.

    Args:
        lines: as `changes.give_out` gives them, which has asked the right and noted it.
    """
    return zipping.zipped(_entries(actor, code, lines))


def _entries(actor: Actor, code: str, lines: Iterator[str]) -> Iterator[zipping.Entry]:
    yield zipping.Entry(CASES, (line.encode() for line in lines))
    for version, said in changes.definitions_given(actor, code):
        yield zipping.Entry(f"{DEFINITIONS}/{code}-{version}.json", [said.encode()])
    gone = []
    for stored in changes.files_given(actor, code):
        try:
            content = open_file(stored)
        except FileNotFoundError:
            gone.append(f"{stored.sha256}\t{stored.name}\n")
        else:
            yield zipping.of_file(f"{FILES}/{stored.sha256}", content)
    if gone:
        yield zipping.Entry(MISSING, [line.encode() for line in gone])
