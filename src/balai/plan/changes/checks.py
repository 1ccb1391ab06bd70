"""Finding every fault of an input before anything is written."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from balai.base.errors import Fault, Invalid
from balai.plan.models import Confidence, Origin

LARGEST = Decimal(10) ** 16
"""Numbers have up to 16 digits before the point and 4 behind it."""
MOST_RUPIAH = 10**15


def refuse(faults: Iterable[Fault]) -> None:
    """Raise Invalid with all of them, if there are any."""
    found = tuple(faults)
    if found:
        raise Invalid(found)


def text(place: str, value: str, most: int, *, needed: bool = True) -> Iterator[Fault]:
    """Yield what is wrong with a text: missing, or longer than the table keeps."""
    if needed and not value.strip():
        yield Fault(place, _("Belum diisi."))
    if len(value) > most:
        yield Fault(
            place,
            _("Terlalu panjang: %(found)d huruf.") % {"found": len(value)},
            _("Paling banyak %(most)d huruf.") % {"most": most},
        )


def number(place: str, value: Decimal | None, *, least: Decimal | None = None) -> Iterator[Fault]:
    """Yield what is wrong with a number the table keeps with four decimals."""
    if value is None:
        return
    if not value.is_finite() or abs(value) >= LARGEST:
        yield Fault(place, _("Angka ini terlalu besar."), _("Paling banyak 16 angka di depan koma."))
    elif value != value.quantize(Decimal("0.0001")):
        yield Fault(place, _("Angka ini terlalu rinci."), _("Paling banyak empat angka di belakang koma."))
    elif least is not None and value < least:
        yield Fault(place, _("Angka ini terlalu kecil."), _("Paling sedikit %(least)s.") % {"least": least})


def percentage(place: str, value: Decimal | None) -> Iterator[Fault]:
    if value is None:
        return
    if not value.is_finite() or not 0 <= value <= 100:
        yield Fault(place, _("Persen ini di luar batas."), _("Isi antara 0 dan 100."))
    elif value != value.quantize(Decimal("0.01")):
        yield Fault(place, _("Persen ini terlalu rinci."), _("Paling banyak dua angka di belakang koma."))


def rupiah(place: str, value: int | None) -> Iterator[Fault]:
    if value is not None and not 0 <= value <= MOST_RUPIAH:
        yield Fault(place, _("Jumlah rupiah ini di luar batas."), _("Isi rupiah bulat, paling sedikit 0."))


def years(first: int, last: int) -> Iterator[Fault]:
    if not 2000 <= first <= 2100:
        yield Fault("year_from", _("Tahun awal di luar batas."), _("Isi antara 2000 dan 2100."))
    if not first <= last <= 2100:
        yield Fault("year_to", _("Tahun akhir mendahului tahun awal."), _("Isi tahun awal atau sesudahnya."))


def choice(place: str, value: str, allowed: Iterable[str]) -> Iterator[Fault]:
    known = list(allowed)
    if value not in known:
        yield Fault(
            place,
            _("“%(value)s” bukan pilihan.") % {"value": value},
            _("Pilihannya: %(expected)s.") % {"expected": ", ".join(known)},
        )


def web_link(place: str, value: str) -> Iterator[Fault]:
    """Yield what is wrong with a link; others than http and https could run something."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or any(c.isspace() for c in value):
        yield Fault(
            place, _("Tautan ini tidak dapat dipakai."), _("Tulis alamat lengkap yang diawali https://.")
        )
    yield from text(place, value, 500)


def provenance(origin: str, source: str, confidence: str) -> Iterator[Fault]:
    """Yield what is wrong with where a record comes from: a published fact names its source."""
    yield from choice("origin", origin, Origin.values)
    yield from choice("confidence", confidence, ["", *Confidence.values])
    yield from text("source", source, 500, needed=origin == Origin.PUBLISHED)
