"""Whether running cases of one version can be brought to another: as it stands, by a map, or not yet."""

from collections.abc import Mapping
from dataclasses import dataclass

from balai.services.rules.definition import Service, Upgrade


@dataclass(frozen=True)
class Fit:
    """How a version fits a newer one.

    Attributes:
        upgrade: what is done, None where `gone` must be mapped first.
        is_mapped: the newer file says it; else it goes one to one.
        gone: open states and answers ("form.x") the newer version does not know any more.
    """

    upgrade: Upgrade | None
    is_mapped: bool
    gone: tuple[str, ...] = ()

    @property
    def states(self) -> Mapping[str, str]:
        return self.upgrade.states if self.upgrade else {}


def fit(old: Service, new: Service) -> Fit:
    """Return how cases of `old` are brought to `new`."""
    told = next((one for one in new.upgrades if one.version == old.version), None)
    if told is not None:
        return Fit(told, is_mapped=True)
    gone = [key for key, state in old.states.items() if not state.is_closed and key not in new.states]
    gone += [f"form.{key}" for key in old.form.items if key not in new.form.items]
    return Fit(None if gone else Upgrade(old.version, {}, {}), is_mapped=False, gone=tuple(gone))
