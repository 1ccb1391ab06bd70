"""Words for roles in templates; load with `{% load balai_people %}`."""

from collections.abc import Iterable

from django import template

from balai.people import reads

register = template.Library()


@register.simple_tag
def role_name(code: str) -> str:
    """Return the name of a role in the language in force; its code where no file knows it any more."""
    role = reads.roles().get(code)
    return str(role.name) if role else code


@register.simple_tag
def role_names(codes: Iterable[str]) -> str:
    """Return the names of roles, separated by commas; – for none.

    >>> role_names([])
    '–'
    """
    return ", ".join(role_name(code) for code in codes) or "–"
