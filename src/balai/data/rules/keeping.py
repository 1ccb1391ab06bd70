"""Which versions of a dataset give up their rows next."""

from collections.abc import Sequence


def next_to_go(numbers: Sequence[int], current: int | None, latest: int | None) -> tuple[int, ...]:
    """Return the versions whose rows go once another version is published, the oldest first.

    Args:
        numbers: of the versions that still have their rows.
        current: the one that stands now; the next one takes its place.
        latest: how many keep their rows; None keeps all.

    >>> next_to_go([1, 2, 3], 3, 3), next_to_go([1, 2, 3], 3, 1), next_to_go([1, 2], 2, None)
    ((1,), (1, 2, 3), ())
    """
    if latest is None or current is None:
        return ()
    newest_first = sorted(numbers, reverse=True)
    return tuple(sorted(newest_first[max(latest - 1, 0) :]))
