"""A city that starts empty gets its first two administrators from whoever runs the installation."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from tests.cast import govern

from balai.base import tenancy
from balai.base.journal import JournalEntry
from balai.people.models import Account, Membership

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _governments(db: None) -> None:
    govern()


def _appoint(email: str, tenant: str = "35.79") -> str:
    out = StringIO()
    call_command("appoint_administrator", tenant=tenant, email=email, name="Nama Lengkap", stdout=out)
    return out.getvalue()


def test_the_first_two_are_appointed_and_the_third_is_not() -> None:
    _appoint("satu@batu.example")
    _appoint("satu@batu.example")
    _appoint("dua@batu.example")
    with pytest.raises(CommandError, match="dua pengelola akun"):
        _appoint("tiga@batu.example")
    assert not Account.objects.filter(email="tiga@batu.example").exists()
    with tenancy.scope("35.79"):
        assert Membership.objects.count() == 2
        verbs = list(JournalEntry.objects.values_list("verb", flat=True))
    assert verbs.count("people.first_administrator") == 2


def test_the_printed_address_leads_to_a_first_password() -> None:
    address = re.search(r"http\S+", _appoint("satu@batu.example"))
    assert address
    host, path = re.match(r"http://([^/:]+)[^/]*(/.*)", address[0]).groups()
    answer = Client(headers={"host": host}).get(path, follow=True)
    assert answer.status_code == 200
    assert 'name="password1"' in answer.content.decode()


@pytest.mark.parametrize(("tenant", "email"), [("99.99", "a@b.example"), ("35.79", "tanpa-surel")])
def test_an_unknown_city_or_a_wrong_address_is_refused(tenant: str, email: str) -> None:
    with pytest.raises(CommandError):
        _appoint(email, tenant)
    assert not Account.objects.exists()
