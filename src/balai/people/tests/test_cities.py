"""The city files, the offices they lead to, and the accounts of the demo."""

from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from tests.cast import MALANG, visitor_at

from balai.base import tenancy, tenants
from balai.base.journal import JournalEntry
from balai.people import changes, reads, rules
from balai.people.models import Account, HostName, LocalGovernment, Membership, Office
from balai.places.models import Region


@pytest.fixture
def regions(db: None) -> None:
    """Three villages in two districts: enough to see the tree."""
    rows = [
        ("35.73.02", "Klojen", "district", "35.73", "kecamatan"),
        ("35.73.02.1001", "Klojen", "village", "35.73.02", "kelurahan"),
        ("35.07.01", "Donomulyo", "district", "35.07", "kecamatan"),
        ("35.07.01.2001", "Donomulyo", "village", "35.07.01", "desa"),
        ("35.07.01.1001", "Contoh", "village", "35.07.01", "kelurahan"),
    ]
    Region.objects.bulk_create(
        [
            Region(
                code=code,
                name=name,
                level=level,
                parent=parent,
                kind=kind,
                search_key=name.lower(),
                edition="t",
            )
            for code, name, level, parent, kind in rows
        ]
    )


def test_city_files_fit_together() -> None:
    assert sorted(reads.cities()) == ["00", "35.07", "35.73", "35.77", "35.79"]
    assert list(rules.faults_of_cities({city.code: city for city in reads.cities().values()})) == []


def test_a_host_or_a_key_claimed_twice_is_a_fault() -> None:
    city = reads.city(MALANG)
    places = [fault.place for fault in rules.faults_of_cities({"a": city, "b": city})]
    assert places == ["cities, key 35.73", "cities, host kota-malang.localhost"]


def test_loading_the_cities_makes_offices_and_done_again_changes_nothing(regions: None, capsys: Any) -> None:
    call_command("load_cities", "--demo")
    assert set(tenants.every()) == set(reads.cities())
    with tenancy.scope("35.07"):
        names = set(Office.objects.exclude(kind="agency").values_list("name", flat=True))
        assert names == {"Kecamatan Donomulyo", "Desa Donomulyo", "Kelurahan Contoh"}
        village = Office.objects.get(code="35.07.01.2001")
        assert village.parent == Office.objects.get(code="35.07.01")
    with tenancy.scope(MALANG):
        ways = reads.ways_to_name_offices()
        assert ways["dinas kominfo"] == str(Office.objects.get(code="diskominfo").pk)
        assert "klojen" not in ways
    capsys.readouterr()
    call_command("load_cities", "--demo")
    assert all(line.endswith("0 baris ditulis") for line in capsys.readouterr().out.splitlines())


def test_a_changed_file_is_followed_but_not_over_a_renaming_made_here(regions: None) -> None:
    city = reads.city(MALANG)
    changes.load_city(city, is_demo=False)
    with tenancy.scope(MALANG):
        office = Office.objects.get(code="dinkes")
        Office.objects.filter(pk=office.pk).update(name="Nama salah ketik")
        dlh = Office.objects.get(code="dlh")
        Office.objects.filter(pk=dlh.pk).update(name="Dinas Baru")
        dlh.former_names.create(name="Dinas Lingkungan Hidup", to_on="2026-01-01")
    HostName.objects.create(host="old.localhost", government_id=MALANG)
    changed = city.model_copy(update={"brand": "#123456"})
    assert changes.load_city(changed, is_demo=False).written == 3
    assert LocalGovernment.objects.get(key=MALANG).brand == "#123456"
    assert not HostName.objects.filter(host="old.localhost").exists()
    with tenancy.scope(MALANG):
        written = JournalEntry.objects.filter(actor_name="load_cities", kind="people.localgovernment")
        told = {entry.verb: entry.facts for entry in written.order_by("pk")}
        assert told["people.government_changed"]["changes"]["brand"] == [city.brand, "#123456"]
        assert told["people.hosts_changed"] == {"added": [], "removed": ["old.localhost"]}
        assert Office.objects.get(code="dinkes").name == "Dinas Kesehatan"
        assert Office.objects.get(code="dlh").name == "Dinas Baru"


def demo(value: bool) -> Any:
    return override_settings(OPTIONS=replace(settings.OPTIONS, demo=value))


def test_demo_accounts_are_refused_outside_of_a_demo(db: None) -> None:
    with demo(False), pytest.raises(CommandError):
        call_command("load_demo_people")


def test_the_demo_has_every_role_in_every_city_and_they_can_sign_in(db: None, capsys: Any) -> None:
    with demo(True):
        call_command("load_cities", "--demo")
        call_command("load_demo_people")
        count = Account.objects.count()
        call_command("load_demo_people")
        assert Account.objects.count() == count == len(changes.demo_accounts())
        assert all(account.is_demo for account in Account.objects.all())
        for city in reads.cities().values():
            held = {
                role.code
                for role in reads.roles().values()
                if role.given == "seat" and role.is_held_in(city.key)
            }
            with tenancy.scope(city.key):
                assert {code for seat in Membership.objects.all() for code in seat.roles} == held
        client: Client = visitor_at(MALANG)
        client.post("/akun/login/", {"login": "budi@kota-malang.example", "password": rules.DEMO_PASSWORD})
        page = client.get("/meja/orang").content.decode()
        assert "Ini akun peragaan" in page
    capsys.readouterr()
    call_command("load_demo_people", "--print")
    printed = capsys.readouterr().out
    assert "rini@kota-malang.example" in printed and "joko@kab-malang.example" in printed
