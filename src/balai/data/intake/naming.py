"""Names of regions to their codes, within a local government: what is meant, and what may be two."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from balai.places import reads as places
from balai.places.rules import Level, search_key

MOST_NAMES = 20_000
_KINDS = (
    "kecamatan",
    "kelurahan",
    "desa",
    "kabupaten",
    "kota",
    "provinsi",
    "kec",
    "kel",
    "kab",
    "prov",
    "ds",
)


@dataclass(frozen=True)
class Named:
    """Which code each name stands for.

    Attributes:
        codes: by name as written; without those nobody is called and those that may be several.
        unclear: by name, the (code, name in full) it may stand for.
        level: of the regions most names are names of.
    """

    codes: Mapping[str, str]
    unclear: Mapping[str, tuple[tuple[str, str], ...]]
    level: str


def codes_of(names: Iterable[str], tenant: str, said: Mapping[str, str]) -> Named:
    """Find the regions of a local government, and beyond it regencies and provinces, by their names.

    A name of a kelurahan may be that of its kecamatan too: the level that most names belong to
    decides, and "Kecamatan" or "Kelurahan" in front decides before.

    Args:
        tenant: code of the local government; "00" for the nation.
        said: code by name, as a person decided.
    """
    given = sorted(set(names))[:MOST_NAMES]
    known = _known(tenant)
    found = {name: known.get(_key(name), []) for name in given}
    levels = Counter(level for codes in found.values() for level in {each[2] for each in codes})
    level = max(levels, key=lambda each: (levels[each], each)) if levels else ""
    codes: dict[str, str] = {}
    unclear: dict[str, tuple[tuple[str, str], ...]] = {}
    for name in given:
        if name in said:
            codes[name] = said[name]
            continue
        meant = _of_kind(name, found[name])
        meant = [each for each in meant if each[2] == level] or meant
        if len(meant) == 1:
            codes[name] = meant[0][0]
        elif meant:
            unclear[name] = tuple((code, full) for code, full, _level in meant)
    return Named(codes, unclear, level)


def _known(tenant: str) -> dict[str, list[tuple[str, str, str]]]:
    """Return (code, name in full, level) by the key of each name."""
    rows = [*places.parts("", Level.PROVINCE), *places.parts("", Level.REGENCY)]
    if tenant != "00":
        rows += [*places.parts(tenant, Level.DISTRICT), *places.parts(tenant, Level.VILLAGE)]
    districts = {row.code: row.name for row in rows}
    known: dict[str, list[tuple[str, str, str]]] = {}
    for row in rows:
        full = row.long_name + (f", {districts[row.parent]}" if row.level == Level.VILLAGE else "")
        known.setdefault(_key(row.name), []).append((row.code, full, row.level))
    return known


def _key(name: str) -> str:
    """Return a name without its kind, in small letters and one word.

    >>> _key("Kec. Klojen"), _key("KOTA MALANG"), _key("Rampal Celaket")
    ('klojen', 'malang', 'rampalcelaket')
    """
    words = search_key(name.replace(".", ". ")).replace(".", " ").split()
    # The key of several words ends with all of them as one.
    words = words[:-1] if len(words) > 2 and words[-1] == "".join(words[:-1]) else words
    while len(words) > 1 and words[0] in _KINDS:
        words = words[1:]
    return "".join(words)


def _of_kind(name: str, found: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    first = name.strip().casefold().replace(".", " ").split()[:1]
    wanted = {"kec": "kecamatan", "kel": "kelurahan", "kab": "kabupaten", "ds": "desa", "prov": "provinsi"}
    kind = wanted.get(first[0], first[0]) if first else ""
    if kind not in _KINDS:
        return found
    return [each for each in found if each[1].casefold().startswith(kind)] or found
