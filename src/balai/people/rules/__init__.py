"""Decisions about people, roles, seats and cities, on values in hand."""

from balai.people.rules.cities import City, OfficeFile, faults_of_cities, village_word
from balai.people.rules.roles import Given, Role, Where, faults_of_roles, held_roles, verbs_of
from balai.people.rules.verbs import verb, verbs

__all__ = [
    "City",
    "Given",
    "OfficeFile",
    "Role",
    "Where",
    "faults_of_cities",
    "faults_of_roles",
    "held_roles",
    "verb",
    "verbs",
    "verbs_of",
    "village_word",
]
