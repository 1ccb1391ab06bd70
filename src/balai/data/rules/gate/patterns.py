"""Regular expressions that mean the same to RE2 (DuckDB) and to Java (Spark).

Both know far more than what is allowed here; what they share but read differently is refused,
or written another way for Java.
"""

import re
from collections.abc import Iterator

_PIECES = re.compile(
    r"\\[dDwWsSbB]|\\[^A-Za-z0-9\s]|\[\^?\]?|\]|\(\?:|\(|\)|[*+?]\??|\{[0-9]{1,3}(,[0-9]{0,3})?\}\??|[|.^$]|[^\\\[\](){}*+?|.^$]"
)
_REPEATS = ("*", "+", "?", "{")
_NOT_REPEATED = (*_REPEATS, "(", "|", "^", "$")
_BETWEEN_WORDS = r"(?:(?<=\w)(?!\w)|(?<!\w)(?=\w))"
_WITHIN_WORDS = r"(?:(?<=\w)(?=\w)|(?<!\w)(?!\w))"
# For Java `$` also stands before a last line break, `.` knows four more line breaks, and
# a word may have letters beyond ASCII at its end only.
_FOR_JAVA = {"$": r"\z", r"\b": _BETWEEN_WORDS, r"\B": _WITHIN_WORDS}


def is_shared(pattern: str) -> bool:
    """Say whether both engines read this pattern alike.

    Shared are characters, `.`, classes without names and without classes within them,
    `\\d \\w \\s \\b` and their opposites, groups, alternatives, and repeats that are not possessive.
    """
    pieces = list(_pieces(pattern))
    if "".join(piece for piece, _inside in pieces) != pattern:
        return False
    before, is_open = "(", False
    for piece, inside in pieces:
        if inside and (piece.startswith("[") or piece in (r"\b", r"\B", "&")):
            return False
        if not inside and piece.startswith(_REPEATS) and before.startswith(_NOT_REPEATED):
            return False
        is_open = piece != "]" if inside else piece.startswith("[")
        before = "" if inside else piece
    return not is_open


def for_java(pattern: str) -> str:
    """Write a shared pattern so that Java finds what RE2 finds."""
    return "(?d)" + "".join(
        piece if inside else _FOR_JAVA.get(piece, piece) for piece, inside in _pieces(pattern)
    )


def _pieces(pattern: str) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of a pattern and whether each stands inside a class, up to what is not known."""
    place, inside = 0, False
    while place < len(pattern):
        found = _PIECES.match(pattern, place)
        if found is None:
            if not inside:
                return
            piece = pattern[place]
        else:
            piece = found.group()
        if inside and not piece.startswith(("\\", "]")):
            # Within a class every other character stands for itself.
            piece = pattern[place]
        if inside and piece == "\\":
            return
        opens = not inside and piece.startswith("[")
        yield piece, inside
        if inside and piece == "]":
            inside = False
        elif opens:
            inside = True
        place += len(piece)
