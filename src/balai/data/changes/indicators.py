"""Computing indicators: their SQL over the versions that stand, and what changed kept beside what was.

Figures are computed outside of any transaction; then one transaction for each indicator writes the
run, the figures that differ, and which figure stands. A computing that stops anywhere leaves
nothing, and one that is repeated finds that it has been done.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.errors import NotFound, Refused
from balai.data.changes.indicators_counting import Checked, Computed, check, compute, reader
from balai.data.changes.indicators_keeping import MEASURED, keep, keep_failure, written
from balai.data.engines.lease import Busy, Gone, TooLong, TooMuchMemory
from balai.data.models import DatasetVersion, IndicatorState, MeasurementRun
from balai.data.reads.versions import Readable, readable_version, version
from balai.data.rules.indicators import Indicator
from balai.data.rules.indicators_files import INDICATORS, datasets_of
from balai.definitions import Definition, get

__all__ = ["MEASURED", "Unfinished", "computed", "measure", "measure_all"]


class Unfinished(Exception):
    """The reader could not this time; it is worth trying again."""


def measure(actor: Actor, code: str, reason: str, *, at: datetime) -> MeasurementRun | None:
    """Compute an indicator for the tenant in scope and keep what changed; return the run that stands.

    Nothing is done where definition and versions are those of the latest run. None where the
    tenant has no version of a dataset it reads.

    Args:
        reason: why it is computed now, in words.

    Raises:
        Forbidden: the actor may not check data as steward.
        NotFound: there is no such indicator.
        Invalid: its SQL cannot be computed; kept, and shown on its page.
        Unfinished: the reader was stopped; kept likewise, and worth another try.
    """
    ((_code, found),) = measure_all(actor, [code], reason, at=at)
    if isinstance(found, Exception):
        raise found
    return found


def measure_all(
    actor: Actor, codes: Iterable[str], reason: str, *, at: datetime
) -> Iterator[tuple[str, MeasurementRun | Refused | Unfinished | None]]:
    """Compute indicators as `measure` and yield what became of each; one that fails keeps no other back.

    All that count the same rows are counted together.

    Raises:
        Forbidden: the actor may not check data as steward.
    """
    actor.require("data.check")
    for code, found in computed(codes):
        if isinstance(found, Computed):
            yield code, keep(actor, found, reason, at=at)
            continue
        if isinstance(found, Refused):
            keep_failure(code, found, at)
        unfinished = isinstance(found, TooLong | TooMuchMemory | Busy | Gone)
        yield code, Unfinished(f"{code}: {found}") if unfinished else found


def computed(codes: Iterable[str]) -> Iterator[tuple[str, Computed | MeasurementRun | Refused | None]]:
    """Count indicators and keep nothing; yield the latest run of those that have been counted before."""
    known = _Known()
    waiting: list[Checked] = []
    for code in codes:
        try:
            found = _checked(code, known)
        except Refused as refused:
            yield code, refused
        else:
            if isinstance(found, Checked):
                waiting.append(found)
            else:
                yield code, found
    yield from compute(waiting, known.readable)


class _Known:
    """The versions that stand as a run begins: all its indicators read the same."""

    def __init__(self) -> None:
        self.readable: dict[str, Readable] = {}
        self._versions: dict[str, DatasetVersion | None] = {}

    def versions(self, codes: Iterable[str]) -> tuple[DatasetVersion, ...] | None:
        """Return the versions of datasets, None where one has none."""
        found = [self._version(code) for code in codes]
        return tuple(each for each in found if each) if all(found) else None

    def _version(self, code: str) -> DatasetVersion | None:
        if code not in self._versions:
            self._versions[code] = self._looked_up(code)
        return self._versions[code]

    def _looked_up(self, code: str) -> DatasetVersion | None:
        try:
            self.readable[code] = readable_version(reader(), code, version(reader(), code).number)
        except NotFound:
            return None
        with tenancy.widened(tenancy.NATIONAL):
            return DatasetVersion.objects.select_related("dataset").get(pk=self.readable[code].version)


def _checked(code: str, known: _Known) -> Checked | MeasurementRun | None:
    definition = get(INDICATORS, code)
    names = datasets_of(definition.value)
    versions = known.versions(names)
    if versions is None:
        return None
    return _done(definition, versions) or check(
        definition, {name: known.readable[name] for name in names}, versions
    )


def _done(definition: Definition[Indicator], versions: tuple[DatasetVersion, ...]) -> MeasurementRun | None:
    state = (
        IndicatorState.objects.filter(tenant=tenancy.current_tenant(), code=definition.code, failure={})
        .select_related("latest")
        .first()
    )
    run = state.latest if state else None
    same = run and (run.definition_hash, run.versions) == (definition.sha256, written(versions))
    return run if same else None
