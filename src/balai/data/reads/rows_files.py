"""The whole version that stands as CSV: made by the engine once, then kept as a file."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from balai.base.actor import Actor
from balai.data.reads.asking import export, question
from balai.data.reads.rows import standing
from balai.data.reads.versions import readable_version
from balai.data.rules.gate import Question
from balai.data.sidefiles.place import Kind, drafting, lay_down, place
from balai.data.sidefiles.shape import quoted
from balai.data.sidefiles.versions import Facts


@dataclass(frozen=True)
class WholeCsv:
    """A version as one CSV file: UTF-8, a header, values as they are kept, missing ones empty.

    Attributes:
        mark: the same for the same bytes.
        kept: where the finished file lies once somebody has read `parts` to their end.
    """

    code: str
    number: int
    mark: str
    kept: Path
    _actor: Actor
    _facts: Facts

    def parts(self) -> Iterator[bytes]:
        """Yield the file as it is made, its header at once, and keep it when it is whole.

        Closed before the end, the making ends too and nothing is kept.

        Raises:
            TooLong, TooMuchMemory, Busy, Gone: the reader could not.
        """
        header = ",".join(one.name for one in self._facts.columns).encode() + b"\n"
        yield header
        with _keeping(self._facts.tenant, self.kept) as keep:
            keep(header)
            for part in self._rows(header):
                keep(part)
                yield part

    def _rows(self, header: bytes) -> Iterator[bytes]:
        """Yield what follows the header."""
        begin = b""
        with export(self._question(), "csv") as made:
            for part in made.parts:
                if begin == header:
                    yield part
                    continue
                begin += part
                if len(begin) >= len(header):
                    if not begin.startswith(header):
                        raise ValueError(f"the engine wrote another header: {begin[:200]!r}")
                    if rest := begin[len(header) :]:
                        yield rest
                    begin = header

    def _question(self) -> Question:
        table = readable_version(self._actor, self.code, self.number)
        names = ", ".join(quoted(one.name) for one in self._facts.columns)
        # In the order of the file, which is that of the key.
        text = f"SELECT {names} FROM {quoted(self.code)}"  # noqa: S608
        return question(self._actor, text, self._facts.rows + 1, {self.code: table})


@contextmanager
def _keeping(tenant: str, there: Path) -> Iterator[Callable[[bytes], None]]:
    """Keep the parts at `there` when all went well; a full disk costs the next reader time, not this one."""
    with drafting(tenant) as folder, (folder / "csv").open("wb") as file:
        is_whole = True

        def keep(part: bytes) -> None:
            nonlocal is_whole
            if is_whole:
                try:
                    file.write(part)
                except OSError:
                    is_whole = False

        yield keep
        with suppress(OSError):
            file.flush()
            if is_whole:
                lay_down(folder / "csv", there)


def whole_csv(actor: Actor, code: str) -> WholeCsv:
    """Return the version that stands as a file to be read or made.

    Raises:
        NotFound: no such dataset that the actor may see.
    """
    known = standing(actor, code)
    kept = place(known.tenant, known.sha256, Kind.CSV)
    return WholeCsv(code, known.number, f"{known.sha256[:32]}.csv", kept, actor, known)
