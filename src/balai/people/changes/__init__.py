"""Every write of people: may the actor? → check → write → journal, in one transaction."""

from balai.people.changes.accounts import act_for, end_seat, give_seat, leave, transfer
from balai.people.changes.cities import CityLoaded, load_city
from balai.people.changes.demo import DemoAccount, demo_accounts, load_demo_people
from balai.people.changes.first import appoint_administrator
from balai.people.changes.imports import Preview, import_people, look_through
from balai.people.changes.offices import close_office, open_office, rename_office
from balai.people.changes.own import (
    answer_request,
    ask_about_data,
    cancel_request,
    export_own_data,
    save_profile,
    unmask_nik,
)
from balai.people.changes.partners import change_partner, end_partner, register_partner
from balai.people.changes.program_keys import make_program_key, note_use, revoke_program_key
from balai.people.changes.roles import decide_role, give_role, take_role

__all__ = [
    "CityLoaded",
    "DemoAccount",
    "Preview",
    "act_for",
    "answer_request",
    "appoint_administrator",
    "ask_about_data",
    "cancel_request",
    "change_partner",
    "close_office",
    "decide_role",
    "demo_accounts",
    "end_partner",
    "end_seat",
    "export_own_data",
    "give_role",
    "give_seat",
    "import_people",
    "leave",
    "load_city",
    "load_demo_people",
    "look_through",
    "make_program_key",
    "note_use",
    "open_office",
    "register_partner",
    "rename_office",
    "revoke_program_key",
    "save_profile",
    "take_role",
    "transfer",
    "unmask_nik",
]
