"""Axis sets, the mappings between them, and the short lists of terms, as the files say them."""

from collections.abc import Iterator, Mapping
from typing import Annotated

from django.utils.translation import gettext as _
from pydantic import Field, StringConstraints

from balai.base.errors import Fault
from balai.definitions.kinds import Definition, get, kind, load
from balai.definitions.schema import Code, Sourced, Words, Written

AxisKey = Annotated[str, StringConstraints(pattern=r"^[a-z]+(\.[a-z]+)?$", max_length=40)]
"""`governance`, or `governance.service` for a sub-dimension."""


class SubDimension(Sourced):
    """A part of a dimension."""

    key: AxisKey
    name: Words


class Dimension(Sourced):
    """One axis of a set.

    Attributes:
        meaning: the plain name beside the proper one ("tata kelola" for "Smart Governance").
        colour: name of a design token, never a colour itself.
        icon: name of a Tabler icon.
        parts: its sub-dimensions in order; empty where the set has none.
    """

    key: AxisKey
    name: Words
    meaning: Words
    colour: Annotated[str, StringConstraints(pattern=r"^[a-z-]+$")]
    icon: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+$")]
    parts: tuple[SubDimension, ...] = ()


class AxisSet(Sourced):
    """The axes by which a programme is ordered; the order of the file is the order of the screens."""

    code: Code
    name: Words
    about: Words
    dimensions: Annotated[tuple[Dimension, ...], Field(min_length=1)]

    def keys(self) -> tuple[str, ...]:
        """Return the keys of the dimensions in order."""
        return tuple(dimension.key for dimension in self.dimensions)

    def leaves(self) -> tuple[str, ...]:
        """Return the finest keys in order: sub-dimensions, or the dimension where it has none."""
        return tuple(
            key
            for dimension in self.dimensions
            for key in [part.key for part in dimension.parts] or [dimension.key]
        )

    def dimension(self, key: str) -> Dimension:
        """Return the dimension `key` is, or is a part of.

        Raises:
            KeyError: the set has no such dimension.
        """
        first = key.partition(".")[0]
        for dimension in self.dimensions:
            if dimension.key == first:
                return dimension
        raise KeyError(key)


class Pair(Written):
    """`source`, a leaf of the one set, counts under `target`, a dimension of the other."""

    source: AxisKey
    target: AxisKey
    note: Words | None = None


class Remainder(Written):
    """A leaf that has no counterpart, and why; shown beside every mapped figure."""

    source: AxisKey
    reason: Words


class AxisMapping(Sourced):
    """How figures of one axis set are read in another."""

    code: Code
    source_set: Code
    target_set: Code
    pairs: tuple[Pair, ...]
    without_counterpart: tuple[Remainder, ...] = ()

    def target(self, key: str) -> str | None:
        """Return where the leaf `key` counts, None where it has no counterpart."""
        return next((pair.target for pair in self.pairs if pair.source == key), None)

    def unmapped(self) -> tuple[str, ...]:
        """Return the leaves of the source set that no pair maps, in the set's order: computed, not read."""
        mapped = {pair.source for pair in self.pairs}
        return tuple(key for key in axis_set(self.source_set).leaves() if key not in mapped)


class Term(Sourced):
    """One entry of a list of terms; `group` is the key of a term in the list `grouped_by`."""

    key: Code
    name: Words
    about: Words | None = None
    group: Code | None = None


class Terms(Sourced):
    """A short list that code and people refer to by key."""

    code: Code
    name: Words
    grouped_by: Code | None = None
    terms: Annotated[tuple[Term, ...], Field(min_length=1)]

    def term(self, key: str) -> Term:
        """Return one term.

        Raises:
            KeyError: the list has no such term.
        """
        for term in self.terms:
            if term.key == key:
                return term
        raise KeyError(key)


def axis_set(code: str = "national") -> AxisSet:
    """Return an axis set. Raises NotFound."""
    return get(AXES, code).value


def axis_mapping(source_set: str = "national", target_set: str = "giffinger") -> AxisMapping:
    """Return the mapping between two axis sets. Raises NotFound."""
    return get(MAPPINGS, f"{source_set}-{target_set}").value


def terms(code: str) -> Terms:
    """Return a list of terms, e.g. "book-kinds". Raises NotFound."""
    return get(TERMS, code).value


def _twice(definition: Definition[AxisSet] | Definition[Terms], keys: list[str]) -> Iterator[Fault]:
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        wrong = _("Kunci %(key)s dipakai dua kali.") % {"key": key}
        yield definition.document.fault((), wrong, _("Beri tiap isi kuncinya sendiri."))


def _check_axes(found: Mapping[str, Definition[AxisSet]]) -> Iterator[Fault]:
    for definition in found.values():
        axes = definition.value
        yield from _twice(definition, [*axes.keys(), *(p.key for d in axes.dimensions for p in d.parts)])
        for number, dimension in enumerate(axes.dimensions):
            for place, part in enumerate(dimension.parts):
                if part.key.partition(".")[0] != dimension.key or "." not in part.key:
                    yield definition.document.fault(
                        ("dimensions", number, "parts", place, "key"),
                        _("%(key)s bukan bagian dari %(dimension)s.")
                        % {"key": part.key, "dimension": dimension.key},
                        _("Awali dengan %(dimension)s. (dengan titik).") % {"dimension": dimension.key},
                    )


def _check_mappings(found: Mapping[str, Definition[AxisMapping]]) -> Iterator[Fault]:
    sets = load(AXES)
    for definition in found.values():
        mapping = definition.value
        missing = [name for name in ("source_set", "target_set") if getattr(mapping, name) not in sets]
        for name in missing:
            wrong = _("Tidak ada kumpulan dimensi %(code)s.") % {"code": getattr(mapping, name)}
            right = _("Pilihannya: %(expected)s.") % {"expected": ", ".join(sets)}
            yield definition.document.fault((name,), wrong, right)
        if not missing:
            yield from _check_mapping(definition, sets)


def _check_mapping(
    definition: Definition[AxisMapping], sets: Mapping[str, Definition[AxisSet]]
) -> Iterator[Fault]:
    mapping, document = definition.value, definition.document
    leaves = sets[mapping.source_set].value.leaves()
    targets = sets[mapping.target_set].value.keys()
    listed = [left.source for left in mapping.without_counterpart]
    sources = [pair.source for pair in mapping.pairs] + listed
    for place, pair in enumerate(mapping.pairs):
        if pair.target not in targets:
            wrong = _("%(key)s tidak ada di kumpulan %(set)s.") % {
                "key": pair.target,
                "set": mapping.target_set,
            }
            right = _("Pilihannya: %(expected)s.") % {"expected": ", ".join(targets)}
            yield document.fault(("pairs", place, "target"), wrong, right)
    for key in dict.fromkeys(sources):
        if key not in leaves:
            wrong = _("%(key)s tidak ada di kumpulan %(set)s.") % {"key": key, "set": mapping.source_set}
            yield document.fault((), wrong, _("Pilihannya: %(expected)s.") % {"expected": ", ".join(leaves)})
        elif sources.count(key) > 1:
            wrong = _("%(key)s disebut lebih dari sekali.") % {"key": key}
            yield document.fault((), wrong, _("Petakan sekali, atau sebut sekali sebagai tanpa padanan."))
    for key in mapping.unmapped():
        if key not in listed:
            yield document.fault(
                ("without_counterpart",),
                _("%(key)s hilang: tidak dipetakan dan tidak disebut tanpa padanan.") % {"key": key},
                _("Petakan, atau tulis di “without_counterpart” dengan alasannya."),
            )


def _check_terms(found: Mapping[str, Definition[Terms]]) -> Iterator[Fault]:
    for definition in found.values():
        listed = definition.value
        yield from _twice(definition, [term.key for term in listed.terms])
        groups = found.get(listed.grouped_by or "")
        known = [term.key for term in groups.value.terms] if groups else []
        if listed.grouped_by and not groups:
            wrong = _("Tidak ada daftar %(code)s.") % {"code": listed.grouped_by}
            yield definition.document.fault(
                ("grouped_by",), wrong, _("Pilihannya: %(expected)s.") % {"expected": ", ".join(found)}
            )
        for place, term in enumerate(listed.terms):
            if term.group is not None and term.group not in known:
                wrong = _("Tidak ada kelompok %(key)s.") % {"key": term.group}
                right = _("Pilihannya: %(expected)s.") % {"expected": ", ".join(known)}
                yield definition.document.fault(("terms", place, "group"), wrong, right)


AXES = kind("axes", "taxonomies/axes", AxisSet, cross=_check_axes)
MAPPINGS = kind("mappings", "taxonomies/mappings", AxisMapping, cross=_check_mappings)
TERMS = kind("terms", "taxonomies/terms", Terms, cross=_check_terms)
