"""Roles and cities, from the definition files; read once a process, a changed file at the next start."""

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType

from django.utils.translation import gettext as _

from balai import definitions
from balai.base.errors import Fault, NotFound
from balai.people.rules import City, Role, faults_of_cities, faults_of_roles, verbs


def _check_roles(found: Mapping[str, definitions.Definition[Role]]) -> Iterable[Fault]:
    return faults_of_roles({code: each.value for code, each in found.items()}, verbs())


def _check_cities(found: Mapping[str, definitions.Definition[City]]) -> Iterable[Fault]:
    return faults_of_cities({code: each.value for code, each in found.items()})


ROLES = definitions.kind("roles", "roles", Role, cross=_check_roles)
CITIES = definitions.kind("cities", "cities", City, cross=_check_cities)


@cache
def roles() -> Mapping[str, Role]:
    """Return every role by its code."""
    return MappingProxyType({code: each.value for code, each in definitions.load(ROLES).items()})


@cache
def cities() -> Mapping[str, City]:
    """Return every city by its tenant key, in the order of the keys."""
    found = {each.value.key: each.value for each in definitions.load(CITIES).values()}
    return MappingProxyType(dict(sorted(found.items())))


def city(key: str) -> City:
    """Return the city file of a tenant.

    Raises:
        NotFound: no file has this key.
    """
    if key not in cities():
        raise NotFound(_("Tidak ada berkas kota dengan kunci %(key)s.") % {"key": key})
    return cities()[key]
