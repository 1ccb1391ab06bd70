"""Small numbers of a table held back, so that nobody is found in it, not by subtraction either."""

from collections.abc import Hashable, Iterable, Mapping


def held_back[R: Hashable, C: Hashable](
    counts: Mapping[tuple[R, C], int], least: int
) -> dict[tuple[R, C], int | None]:
    """Return a table of counts by row and column with the small ones None.

    Sums of rows and columns are told beside the table. A number that is held back alone in its row
    or column could be computed from them, so the smallest of the others there goes with it; a zero
    where nothing else is left.

    Args:
        counts: every cell, zeros too.
        least: numbers from 1 to one less are held back; 0 or 1 holds nothing back.

    >>> held_back({("a", 1): 9, ("a", 2): 2, ("b", 1): 8, ("b", 2): 7}, 5)
    {('a', 1): None, ('a', 2): None, ('b', 1): None, ('b', 2): None}
    """
    found: dict[tuple[R, C], int | None] = {
        cell: None if 0 < count < least else count for cell, count in counts.items()
    }
    rows = {row for row, _column in counts}
    columns = {column for _row, column in counts}
    lines = [
        *([cell for cell in counts if cell[0] == row] for row in rows),
        *([cell for cell in counts if cell[1] == column] for column in columns),
    ]
    while more := [cell for line in lines if (cell := _another(line, found, counts))]:
        found.update(dict.fromkeys(more))
    return found


def _another[K: Hashable](
    line: Iterable[K], found: Mapping[K, int | None], counts: Mapping[K, int]
) -> K | None:
    """Return the cell that has to go too, None where none or several of the line are held back."""
    cells = list(line)
    gone = [cell for cell in cells if found[cell] is None]
    left = [cell for cell in cells if found[cell] is not None]
    if len(gone) != 1 or not left:
        return None
    return min(left, key=lambda cell: (counts[cell] == 0, counts[cell]))
