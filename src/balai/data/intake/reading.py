"""How cells are read: a style says what is written, its SQL makes of it what the declaration takes.

A cell that a style does not fit stays as it is written, so that the check finds it at
its row and column and shows what stands there.
"""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from balai.data.columnar.shape import quoted, text
from balai.data.rules.metadata import ColumnType

NUMBERS = ("plain", "id", "en")
STYLES: Mapping[ColumnType, tuple[str, ...]] = {
    ColumnType.TEXT: ("text",),
    ColumnType.INTEGER: NUMBERS,
    ColumnType.RUPIAH: NUMBERS,
    ColumnType.DECIMAL: NUMBERS,
    ColumnType.POINT: NUMBERS,
    ColumnType.DATE: ("dmy", "mdy"),
    ColumnType.BOOLEAN: ("words",),
    ColumnType.REGION: ("code", "name"),
}
"""The first is taken where nothing speaks for another."""

WORDS = {
    "text": _("apa adanya"),
    "plain": _("angka biasa: 1234.5"),
    "id": _("cara Indonesia: 1.234,5"),
    "en": _("cara Inggris: 1,234.5"),
    "dmy": _("hari di depan: 18/03/2026, 18 Maret 2026"),
    "mdy": _("bulan di depan: 03/18/2026"),
    "words": _("ya atau tidak"),
    "code": _("kode wilayah"),
    "name": _("nama wilayah"),
}

_MONTHS = (
    ("januari", "jan", "january"),
    ("februari", "pebruari", "feb", "peb", "february"),
    ("maret", "mar", "march"),
    ("april", "apr"),
    ("mei", "may"),
    ("juni", "jun", "june"),
    ("juli", "jul", "july"),
    ("agustus", "agu", "ags", "agt", "aug", "august"),
    ("september", "sep", "sept"),
    ("oktober", "okt", "oct", "october"),
    ("november", "nopember", "nov", "nop"),
    ("desember", "des", "dec", "december"),
)
_TRUE = ("true", "ya", "y", "yes", "t", "benar", "1", "ada", "v", "✓", "√")
_FALSE = ("false", "tidak", "tdk", "n", "no", "f", "salah", "0", "tidak ada")
_NOTHING = ("", "-", "–", "—", "n/a", "na", "null", "nan", "#n/a", "tidak ada data")
FORMS: Mapping[ColumnType, str] = {
    ColumnType.INTEGER: "-?[0-9]{1,18}",
    ColumnType.RUPIAH: "-?[0-9]{1,18}",
    ColumnType.DECIMAL: r"-?[0-9]{1,24}(\.[0-9]+)?",
    ColumnType.POINT: r"-?[0-9]{1,3}(\.[0-9]+)?",
    ColumnType.DATE: "[0-9]{4}-[0-9]{2}-[0-9]{2}",
    ColumnType.BOOLEAN: "true|false",
    ColumnType.REGION: r"[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?",
    ColumnType.TEXT: "(?s).*",
}


def trimmed(name: str) -> str:
    """Return the SQL of a cell without the space around it; null where nothing is left."""
    return f"nullif({_bare(name)}, '')"


def _bare(name: str) -> str:
    return f"trim(replace({quoted(name)}, chr(160), ' '))"


def canonical(name: str, type: ColumnType, style: str) -> str:
    """Return the SQL that makes the text of a column what its type takes.

    Args:
        name: the heading in the file.
        style: one of STYLES[type].
    """
    if type is ColumnType.TEXT:
        return trimmed(name)
    cell = _bare(name)
    missing = ", ".join(map(text, _NOTHING))
    # Asked once, around it all: the cell stands in what follows up to a dozen times.
    return f"(CASE WHEN lower({cell}) NOT IN ({missing}) THEN {_made(cell, type, style)} END)"


def _made(cell: str, type: ColumnType, style: str) -> str:
    match type:
        case ColumnType.DATE:
            return _date(cell, style)
        case ColumnType.BOOLEAN:
            return _boolean(cell)
        case ColumnType.REGION:
            return _code(cell)
    return _number(cell, style, whole=type in (ColumnType.INTEGER, ColumnType.RUPIAH))


def bare(type: ColumnType, style: str) -> str:
    """Return the form of cells that are what they are in this style; "" where all must be looked at."""
    if type not in (ColumnType.INTEGER, ColumnType.RUPIAH, ColumnType.DECIMAL, ColumnType.POINT):
        return ""
    whole = type in (ColumnType.INTEGER, ColumnType.RUPIAH)
    return r"-?[0-9]+(\.[0-9]+)?" if style == "plain" and not whole else "-?[0-9]+"


def _number(cell: str, style: str, whole: bool) -> str:
    bare = rf"regexp_replace({cell}, '^(-?)\s*(Rp\.?|IDR)\s*', '\1', 'i')"
    if style == "plain":
        found, form = bare, r"-?[0-9]+(\.[0-9]+)?"
    else:
        thousands, decimal = (".", ",") if style == "id" else (",", ".")
        form = rf"-?([0-9]{{1,3}}([{thousands}][0-9]{{3}})+|[0-9]+)([{decimal}]([0-9]+|-))?"
        found = f"replace(replace(replace({bare}, '{thousands}', ''), '{decimal}', '.'), '.-', '')"
    if whole:
        # A whole number that a spreadsheet wrote with a point stays one.
        found = rf"regexp_replace({found}, '\.0+$', '')"
    return f"CASE WHEN regexp_full_match({bare}, {text(form)}) THEN {found} ELSE {cell} END"


def _date(cell: str, style: str) -> str:
    numbers = r"([0-9]{1,2})\s*[/.\-]\s*([0-9]{1,2})\s*[/.\-]\s*([0-9]{4})( 00:00(:00)?)?"
    words = r"(?:[a-z]+,\s*)?([0-9]{1,2})[\s\-]+([a-z]+)\.?,?[\s\-]+([0-9]{4})"
    iso = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]00:00(:00(\.0+)?)?(Z|\+00(:?00)?)?"

    def part(form: str, group: int, low: bool = False) -> str:
        return f"regexp_extract({'lower(' + cell + ')' if low else cell}, {text('^' + form + '$')}, {group})"

    day, month = (1, 2) if style != "mdy" else (2, 1)
    # One look-up: a condition for each month, with the cell in each, took the engine half a second to plan.
    months = ", ".join(
        f"{text(name)}: '{number:02}'" for number, names in enumerate(_MONTHS, 1) for name in names
    )
    named = f"map_extract_value(MAP {{{months}}}, {part(words, 2, low=True)})"
    return (
        f"CASE WHEN regexp_full_match({cell}, {text(numbers)}) THEN {part(numbers, 3)} || '-' || "
        f"lpad({part(numbers, month)}, 2, '0') || '-' || lpad({part(numbers, day)}, 2, '0') "
        f"WHEN regexp_full_match({cell}, {text(iso)}) THEN left({cell}, 10) "
        f"WHEN regexp_full_match(lower({cell}), {text(words)}) THEN "
        f"coalesce({part(words, 3, low=True)} || '-' || "
        f"{named} || '-' || lpad({part(words, 1, low=True)}, 2, '0'), {cell}) ELSE {cell} END"
    )


def _boolean(cell: str) -> str:
    true, false = (", ".join(map(text, words)) for words in (_TRUE, _FALSE))
    return (
        f"CASE WHEN lower({cell}) IN ({true}) THEN 'true' "
        f"WHEN lower({cell}) IN ({false}) THEN 'false' ELSE {cell} END"
    )


def _code(cell: str) -> str:
    bare = rf"regexp_replace({cell}, '\.0$', '')"
    parts = f"left({bare}, 2) || '.' || substr({bare}, 3, 2)"
    return (
        f"CASE WHEN regexp_full_match({bare}, '[0-9]{{4}}') THEN {parts} "
        f"WHEN regexp_full_match({bare}, '[0-9]{{6}}') THEN {parts} || '.' || substr({bare}, 5, 2) "
        f"WHEN regexp_full_match({bare}, '[0-9]{{10}}') THEN {parts} || '.' || substr({bare}, 5, 2) "
        f"|| '.' || substr({bare}, 7, 4) ELSE {cell} END"
    )


def fits(name: str, type: ColumnType, style: str) -> str:
    """Return the SQL that says whether a cell, read so, is of the type."""
    made = canonical(name, type, style)
    form = f"regexp_full_match({made}, {text(FORMS[type])})"
    return f"({form} AND TRY_CAST({made} AS DATE) IS NOT NULL)" if type is ColumnType.DATE else f"({form})"
