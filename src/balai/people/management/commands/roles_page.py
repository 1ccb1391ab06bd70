"""Prints the page of roles, made from `definitions/roles`."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand

from balai.base.actor import Reach
from balai.people import reads
from balai.people.rules import Given, Role, Where, verbs

_HEAD = """# Peran

> **In English.** Every role with every right it gives, and how far each right reaches.

Halaman ini dibuat oleh `./balai manage roles_page` dari `definitions/roles`. Yang tidak tertulis di sini
tidak boleh. Cara kerjanya: [hak-akses.md](../explanation/hak-akses.md). Halaman yang sama, menurut
pemasangan Anda: `/meja/peran`.
"""
_GIVEN = {
    Given.EVERYONE: "dimiliki siapa pun, tanpa masuk",
    Given.SIGNED_IN: "dimiliki siapa pun yang masuk",
    Given.SEAT: "diberikan bersama jabatan",
}
_WHERE = {
    Where.EVERYWHERE: "di daerah dan di tingkat nasional",
    Where.CITIES: "hanya di daerah",
    Where.NATIONAL: "hanya di tingkat nasional",
}
_REACH = {
    Reach.OWN: "milik sendiri",
    Reach.OFFICE: "perangkat daerahnya",
    Reach.TENANT: "seluruh daerah",
    Reach.NATION: "semua daerah",
}


class Command(BaseCommand):
    help = "Cetak halaman peran (docs/reference/roles.md) dari definitions/roles."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(
            "\n".join([_HEAD, *(line for role in reads.roles().values() for line in _told(role))])
        )


def _told(role: Role) -> Iterator[str]:
    """Yield the lines of one role."""
    conditions = [_GIVEN[role.given], _WHERE[role.where]]
    if role.second_factor:
        conditions.append("wajib faktor kedua")
    if role.second_person:
        conditions.append("**perlu persetujuan orang kedua**")
    yield f"## {role.name} (`{role.code}`)"
    yield ""
    yield f"{role.description} {'; '.join(conditions).capitalize()}."
    yield ""
    yield "| hak | artinya | jangkauan |"
    yield "|---|---|---|"
    for verb, reach in role.verbs.items():
        yield f"| `{verb}` | {verbs()[verb]} | {_REACH[reach]} |"
    yield ""
