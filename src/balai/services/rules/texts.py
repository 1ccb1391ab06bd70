"""What somebody writes in a text message: its first word, a number with a PIN, the name of a village."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_LONGEST = 1000
"""Letters of a message that are read; several SMS joined are shorter."""
_NAMED = re.compile(r"\b(?:kel|kelurahan|ds|desa)\b\.?\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Said:
    """A message apart: its first word in small letters, and the rest as it was written."""

    word: str
    rest: str


def apart(text: str) -> Said:
    """Divide a message.

    >>> apart("  LAPOR: lampu mati\\ndi Kel. Kauman ")
    Said(word='lapor', rest='lampu mati di Kel. Kauman')
    """
    first, _blank, rest = " ".join(text[:_LONGEST].split()).partition(" ")
    return Said("".join(sign for sign in first.casefold() if sign.isalnum()), rest.strip())


def number_and_pin(text: str) -> tuple[str, str]:
    """Return the number of a case and its PIN, ("", "") where they are not both there.

    >>> number_and_pin("adu-202608-000001 123456"), number_and_pin("123456")
    (('ADU-202608-000001', '123456'), ('', ''))
    """
    parts = text.split()
    return (parts[0].upper(), parts[1]) if len(parts) == 2 else ("", "")


def village_in(text: str, names: Mapping[str, str]) -> str | None:
    """Return the code of the village a message names; "" where it names none, None where several.

    A name after "Kelurahan" or "Desa" counts above the others, for some villages are called
    like a street or a word.

    Args:
        names: code → name without what it is, such as "Kidul Dalem".

    >>> villages = {"1": "Kauman", "2": "Kasin", "3": "Kidul Dalem"}
    >>> village_in("Banjir di kidul dalem", villages), village_in("Jl. Kasin, Kel. Kauman", villages)
    ('3', '1')
    >>> village_in("antara Kauman dan Kasin", villages), village_in("di depan rumah", villages)
    (None, '')
    """
    said = _plain(text)
    found = {code for code, name in names.items() if f" {_plain(name).strip()} " in said}
    named = {
        code
        for code in found
        for part in _NAMED.split(text)[1:]
        if _plain(part).startswith(f" {_plain(names[code]).strip()} ")
    }
    found = named or found
    return None if len(found) > 1 else next(iter(found), "")


def _plain(text: str) -> str:
    words = "".join(sign if sign.isalnum() else " " for sign in text.casefold()).split()
    return f" {' '.join(words)} "


def shortened(text: str, most: int) -> str:
    """Return a text in at most so many letters, cut between words.

    >>> shortened("Lampu jalan di depan balai RW mati", 15)
    'Lampu jalan di…'
    """
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    whole = cut if text[most - 1] == " " else cut.rpartition(" ")[0]
    return f"{whole.rstrip() or cut}…"
