"""Regions by code, by place in the tree, by day and by name."""

from collections.abc import Iterable
from datetime import date
from functools import reduce
from operator import and_

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from balai.base.errors import Fault, Invalid, NotFound
from balai.places import rules
from balai.places.models import Region, RegionChange, RegionFigure

SEARCH_MOST = 200


def holding(on: date | None = None) -> QuerySet[Region]:
    """Return the regions that hold on a day, today's when none is given."""
    if on is None:
        return Region.objects.filter(valid_to__isnull=True)
    return Region.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)


def region(code: str, on: date | None = None) -> Region:
    """Return the region under `code` as it stood on the day `on` (now, when None).

    Raises:
        NotFound: no region has that code on that day; `current_code` may know its successor.
    """
    found = holding(on).filter(code=code).first()
    if found is None:
        raise NotFound(_("Tidak ada wilayah dengan kode %s.") % code)
    return found


def regions(codes: Iterable[str], on: date | None = None) -> dict[str, Region]:
    """Return the regions under `codes` that there are, by code, in one query."""
    return {row.code: row for row in holding(on).filter(code__in=set(codes))}


def names(codes: Iterable[str]) -> dict[str, str]:
    """Return "Kecamatan Klojen" and the like by code; codes we do not know are left out."""
    return {code: row.long_name for code, row in regions(codes).items()}


def children(code: str = "", on: date | None = None) -> list[Region]:
    """Return the regions one level below `code` by code; the provinces for ""."""
    return list(holding(on).filter(parent=code).order_by("code"))


def parts(code: str, level: str, on: date | None = None) -> list[Region]:
    """Return the regions of a `rules.Level` that lie in `code`, by code; of the whole country for ""."""
    rows = holding(on).filter(level=level)
    return list((rows.filter(code__startswith=f"{code}.") if code else rows).order_by("code"))


def ancestors(code: str, on: date | None = None) -> list[Region]:
    """Return the regions `code` lies in, from the province down, itself excluded."""
    found = regions(rules.above(code), on)
    return [found[above] for above in rules.above(code) if above in found]


def full_name(code: str, on: date | None = None) -> str:
    """Return the name with all it lies in: "Kelurahan Klojen, Kecamatan Klojen, Kota Malang, Jawa Timur".

    Raises:
        NotFound: there is no such region.
    """
    chain = [region(code, on), *reversed(ancestors(code, on))]
    return ", ".join(row.name if row.level == Region.Level.PROVINCE else row.long_name for row in chain)


def search(text: str, level: str | None = None, under: str | None = None, limit: int = 20) -> list[Region]:
    """Return regions whose name has a word beginning with each word of `text`, or whose code begins with it.

    Capital letters do not matter, nor whether a name is written in one word
    ("rampal celaket" finds Rampalcelaket). Exact names come first ("malang"
    is exact for Kota Malang), then names that begin so; higher levels before
    lower ones.

    Args:
        level: a `rules.Level`; all when None.
        under: only parts of this region.
        limit: 1 to 200.
    """
    words = rules.search_key(text).split()
    if not words:
        return []
    rows = holding()
    if level:
        rows = rows.filter(level=level)
    if under:
        rows = rows.filter(code__startswith=f"{under}.")
    if rules.CODE.match(text.strip()):
        found = rows.filter(code__startswith=text.strip()).order_by(Length("code"), "code")
    else:
        found = _by_name(rows, words)
    return list(found[: max(1, min(limit, SEARCH_MOST))])


def _by_name(rows: QuerySet[Region], words: list[str]) -> QuerySet[Region]:
    # The last word of a key of several is all of them together; it stands for itself.
    squeezed = words[-1]
    apart = words[:-1] or words
    each = reduce(and_, (Q(search_key__contains=f" {word}") for word in apart))
    text = " ".join(apart)
    exact = [rules.search_key(name) for name in (text, f"kabupaten {text}", f"kota {text}")]
    nearness = Case(
        When(search_key__in=exact, then=Value(0)),
        When(search_key__endswith=f" {squeezed}", then=Value(1)),
        When(search_key__startswith=f" {apart[0]}", then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    either = each | Q(search_key__contains=f" {squeezed}")
    return rows.filter(either).order_by(nearness, Length("code"), "name", "code")


def current_code(code: str, on: date) -> str:
    """Return the code that holds on the day `on` for what once was `code`.

    A code nobody replaced by then is returned as it is.

    Raises:
        Invalid: the region was split; the fault names its successors.
        NotFound: there never was such a code.
    """
    since = date.min
    start = code
    while True:
        steps = list(
            RegionChange.objects.filter(old_code=code, on__gt=since, on__lte=on).order_by("on", "new_code")
        )
        next_steps = [step for step in steps if step.on == steps[0].on]
        if len(next_steps) > 1:
            right = ", ".join(step.new_code for step in next_steps)
            wrong = _("%s dipecah menjadi beberapa wilayah.") % code
            raise Invalid([Fault(_("kode wilayah"), wrong, _("Pilih salah satu: %s.") % right)])
        if not next_steps:
            break
        code, since = next_steps[0].new_code, next_steps[0].on
    if code == start and not Region.objects.filter(code=code).exists():
        raise NotFound(_("Tidak ada wilayah dengan kode %s.") % code)
    return code


def figures(codes: Iterable[str]) -> dict[str, RegionFigure]:
    """Return the newest population and area by code; provinces, regencies and cities have them."""
    rows = RegionFigure.objects.filter(code__in=set(codes)).order_by("year")
    return {row.code: row for row in rows}
