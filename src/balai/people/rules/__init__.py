"""Decisions about people, roles, seats and cities, on values in hand."""

from balai.base.verbs import verb, verbs
from balai.people.rules.cities import City, OfficeFile, OfficeWords, faults_of_cities, village_word
from balai.people.rules.demo import DEMO_PASSWORD, DemoPerson, demo_people
from balai.people.rules.personal_data import PersonalData, declare, declared
from balai.people.rules.roles import Given, Role, Where, faults_of_roles, held_roles, verbs_of
from balai.people.rules.seats import faults_of_period, faults_of_roles_given, split_roles
from balai.people.rules.sheet import COLUMNS, Formula, Known, SeatLine, read_sheet

__all__ = [
    "COLUMNS",
    "DEMO_PASSWORD",
    "City",
    "DemoPerson",
    "Formula",
    "Given",
    "Known",
    "OfficeFile",
    "OfficeWords",
    "PersonalData",
    "Role",
    "SeatLine",
    "Where",
    "declare",
    "declared",
    "demo_people",
    "faults_of_cities",
    "faults_of_period",
    "faults_of_roles",
    "faults_of_roles_given",
    "held_roles",
    "read_sheet",
    "split_roles",
    "verb",
    "verbs",
    "verbs_of",
    "village_word",
]
