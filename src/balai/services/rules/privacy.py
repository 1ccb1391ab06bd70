"""Which values may leave a service, and by which transform."""

from django.utils.translation import gettext as _

from balai.forms.rules import Privacy, Type
from balai.services.rules.definition import Transform
from balai.services.rules.facts import Value

_TYPES: dict[Transform, frozenset[Type]] = {
    Transform.VILLAGE: frozenset({Type.REGION, Type.POINT}),
    Transform.DISTRICT: frozenset({Type.REGION, Type.POINT}),
    Transform.GRID_25M: frozenset({Type.POINT}),
    Transform.GRID_100M: frozenset({Type.POINT}),
    Transform.REDACT: frozenset({Type.TEXT, Type.LONG_TEXT}),
    Transform.INITIALS: frozenset({Type.TEXT}),
    Transform.YEAR_OF_BIRTH: frozenset({Type.DATE}),
}
_DAYS = frozenset({Transform.DAY, Transform.MONTH, Transform.YEAR})
_HIDES_ALL = frozenset({Transform.DROP, Transform.PRESENCE})


def fault_of_leaving(value: Value, transform: Transform, *, is_public: bool) -> tuple[str, str] | None:
    """Return what is wrong with a value leaving so, and what would be right; None where it may.

    P2 and P3 leave through a transform only, P3 with nothing of it left. What is internal (P1)
    needs one to become public.

    Source: UU 27/2022 Pasal 4 (umum dan spesifik) and Pasal 16.
    """
    if transform in _DAYS and not (value.is_instant or value.type is Type.DATE):
        return _("“%(name)s” hanya untuk tanggal.") % {"name": transform}, _("Pilih penyamaran lain.")
    if transform in _TYPES and value.type not in _TYPES[transform]:
        fitting = ", ".join(sorted(_TYPES[transform]))
        return (
            _("Penyamaran “%(name)s” tidak cocok dengan nilai ini.") % {"name": transform},
            _("Cocok untuk: %(types)s.") % {"types": fitting},
        )
    right = _("Pakai transform: %(names)s.") % {"names": ", ".join(fitting_for(value))}
    if value.privacy is Privacy.SENSITIVE and transform not in _HIDES_ALL:
        return _("Data pribadi yang peka (P3) tidak boleh keluar."), right
    if transform is not Transform.NONE:
        return None
    if value.privacy is Privacy.PERSONAL:
        return _("Data pribadi (P2) keluar tanpa disamarkan."), right
    if value.privacy is Privacy.INTERNAL and is_public:
        return _("Data internal (P1) menjadi terbuka tanpa disamarkan."), right
    return None


def fitting_for(value: Value) -> tuple[Transform, ...]:
    """Return the transforms by which a value may leave."""
    if value.privacy is Privacy.SENSITIVE:
        return tuple(sorted(_HIDES_ALL))
    fitting = {transform for transform, types in _TYPES.items() if value.type in types}
    if value.is_instant or value.type is Type.DATE:
        fitting |= _DAYS
    return tuple(sorted(fitting | _HIDES_ALL))
