"""The accounts of the demo: invented people at reserved addresses, one for each role in each city."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from balai.people.rules.cities import City
from balai.people.rules.roles import Given, Role

DEMO_PASSWORD = "balai-demo-2026"  # noqa: S105  it is printed at every start of the demo
"""The password of every demo account. They exist in demo installations only."""

_NAMES: Mapping[str, str] = {
    "35.73": "Sari Budi Wati Rini Eka Dewi Bagus Maya Tono Hadi Nanda Yudi Mega Aris Lina Agus",
    "35.07": "Ratna Joko Endang Slamet Bambang Yuni Arif Tutik Wahyu Sri Imam Rina Edi Tari Nur Heru",
    "35.79": "Laras Dimas Retno Fajar Gunawan Ayu Galih Citra Yoga Indah Rudi Wening Bima Sekar Fitri Anton",
    "35.77": "Melati Surya Hesti Danang Purnomo Kartika Rizal Sinta Bayu Umi Teguh "
    "Ratri Gita Panji Lestari Doni",
    "00": "Putu Made Kadek Komang Ketut Wayan Gede Nyoman Luh Ngurah Agung Dayu Rai Nengah Ida Gusti",
}
_ANY = "00"
_ORDER = (
    "resident",
    "officer",
    "office_head",
    "programme_office",
    "executive",
    "auditor",
    "steward",
    "partner",
    "user_admin",
    "table_approver",
    "table_officer",
)
_OFFICES: Mapping[str, tuple[str, ...]] = {
    "programme_office": ("bappeda", "bappelitbangda"),
    "table_officer": ("bappeda", "bappelitbangda"),
    "service_supervisor": ("setda",),
    "inspector": ("inspektorat",),
}
_HEAD_OFFICE = ("diskominfo", "tim-nasional")
_NO_OFFICE = frozenset({"resident", "executive", "partner"})
_POSITIONS: Mapping[str, str] = {
    "officer": "Pranata Komputer",
    "office_head": "Kepala Dinas",
    "programme_office": "Perencana",
    "auditor": "Auditor",
    "steward": "Walidata",
    "user_admin": "Pengelola Akun",
    "table_officer": "Analis Kebijakan",
    "table_approver": "Sekretaris",
    "partner": "Wakil Mitra",
    "service_verifier": "Admin Pengaduan",
    "service_supervisor": "Asisten Sekretaris Daerah",
    "inspector": "Auditor Inspektorat",
    "assessor": "Penilai",
    "national_admin": "Pengelola Nasional",
}


@dataclass(frozen=True)
class DemoPerson:
    """One invented person.

    Attributes:
        role: code of the role; "resident" has no seat.
        office: code of the office in the city file, "" for none.
    """

    name: str
    email: str
    role: str
    office: str
    position: str


def demo_people(city: City, roles: Mapping[str, Role]) -> Iterator[DemoPerson]:
    """Yield one person for each role of the city, two for some, three for `assessor`.

    Two administrators are needed since one alone cannot give a powerful role;
    the second officer is the one of another office, who sees nothing of the first.
    """
    codes = {office.code for office in city.offices}
    held = [role.code for role in roles.values() if role.given is Given.SEAT and role.is_held_in(city.key)]
    wanted = [code for code in _ORDER if code == "resident" or code in held]
    wanted += [code for code in held if code not in wanted]
    wanted += [code for code in ("user_admin", "officer") if code in held]
    # A region is judged by three assessors at least.
    wanted += ["assessor", "assessor"] if "assessor" in held else []
    # A city that an installation added has no invented people of its own: the nation's serve there too.
    names = iter(_NAMES.get(city.key, _NAMES[_ANY]).split())
    for index, code in enumerate(wanted):
        name = next(names)
        is_second_officer = code == "officer" and index == len(wanted) - 1
        office = "dinkes" if is_second_officer and "dinkes" in codes else _office(code, codes)
        position = city.head_title if code == "executive" and city.head_title else _POSITIONS.get(code, "")
        yield DemoPerson(name, f"{name.lower()}@{city.code}.example", code, office, position)


def _office(role: str, codes: Iterable[str]) -> str:
    if role in _NO_OFFICE:
        return ""
    there = set(codes)
    return next((code for code in (*_OFFICES.get(role, ()), *_HEAD_OFFICE) if code in there), "")
