"""How two declarations of a dataset differ, in words for a person."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from balai.data.rules.metadata import Column, Declaration
from balai.data.rules.wording import (
    CLASSIFICATIONS,
    FREQUENCIES,
    PRIVACIES,
    REFERENCES,
    TRANSFORMS,
    TYPES,
)
from balai.definitions import Words


@dataclass(frozen=True)
class Differing:
    """One thing said of a dataset that differs; "" on the side that does not say it."""

    place: str
    before: str
    after: str


def differing(before: Declaration | None, after: Declaration) -> tuple[Differing, ...]:
    """Return what differs from one declaration to another, in the order of the second.

    Everything differs from None, which stands for a dataset that was never declared.
    """
    old = described(before) if before else {}
    new = described(after)
    places = [*new, *(place for place in old if place not in new)]
    return tuple(
        Differing(place, old.get(place, ""), new.get(place, ""))
        for place in places
        if old.get(place, "") != new.get(place, "")
    )


def described(declaration: Declaration) -> Mapping[str, str]:
    """Return place → what is said there, all of it in words."""
    return dict(_described(declaration))


def _described(declaration: Declaration) -> Iterator[tuple[str, str]]:
    said = declaration
    yield _("Judul"), _both(said.title)
    yield _("Penjelasan"), _both(said.description)
    yield _("Produsen data"), said.producer
    yield _("Walidata"), _both(said.steward)
    yield _("Pengelola berkas"), _both(said.custodian)
    yield _("Lisensi"), said.licence
    yield _("Jadwal pembaruan"), str(FREQUENCIES[said.frequency])
    yield _("Dasar hukum"), said.legal_basis
    yield _("Klasifikasi"), str(CLASSIFICATIONS[said.classification])
    yield _("Cakupan wilayah"), coverage_words(said.coverage)
    yield _("Konsep"), _both(said.standard.concept)
    yield _("Definisi"), _both(said.standard.definition)
    yield _("Klasifikasi baku"), _both(said.standard.classification)
    yield _("Ukuran"), _both(said.standard.measure)
    yield _("Satuan"), _both(said.standard.unit)
    yield _("Kata kunci"), ", ".join(said.keywords)
    yield _("Kunci baris"), ", ".join(said.key)
    yield _("Baris serupa paling sedikit (k)"), str(said.k or "")
    yield _("Versi yang barisnya disimpan"), str(said.retention.latest or _("semua"))
    yield _("Urutan kolom"), ", ".join(column.name for column in said.columns)
    for column in said.columns:
        yield _("Kolom %(name)s") % {"name": column.name}, "; ".join(_of_column(column))


def coverage_words(coverage: str) -> str:
    """Return the coverage of a dataset as a person would say it."""
    return _("seluruh daerah penerbit") if coverage == "tenant" else coverage


def _of_column(column: Column) -> Iterator[str]:
    yield str(TYPES[column.type])
    yield _both(column.meaning)
    if column.unit:
        yield _("satuan: %(unit)s") % {"unit": _both(column.unit)}
    if column.optional:
        yield _("boleh kosong")
    if column.type == "decimal":
        yield _("%(digits)d angka di belakang koma") % {"digits": column.decimals}
    if column.allowed:
        yield _("pilihan: %(allowed)s") % {"allowed": ", ".join(column.allowed)}
    if column.reference:
        yield _("rujukan: %(list)s") % {"list": REFERENCES.get(column.reference, column.reference)}
    if column.privacy != "none":
        yield str(PRIVACIES[column.privacy])
    if column.transform:
        yield str(TRANSFORMS[column.transform])
    if column.published_as:
        yield _("terbit sebagai %(name)s") % {"name": column.published_as}


def _both(words: Words) -> str:
    return words.id if words.id == words.en else f"{words.id} / {words.en}"
