"""Questions whose SQL is made once answer as those that are made anew."""

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from tests.cast import MALANG, REGENCY, Cast

from balai.base import tenancy
from balai.base.stencil import GAP, Stencil
from balai.people.models import Account, Membership


def test_a_stencil_answers_as_its_query(cast: Cast) -> None:
    columns = ("office_id", "roles", "from_on", "pk")
    with tenancy.scope(MALANG):
        stencil = Stencil(Membership.objects.filter(account=GAP).order_by("pk").values_list(*columns))
        for person in (cast.budi, cast.wati, cast.rini, cast.joko):
            asked = Membership.objects.filter(account=person.account).order_by("pk").values_list(*columns)
            assert stencil.of(person.account.pk) == list(asked)
        assert stencil.of(cast.budi.account.pk) != []
        assert stencil.of(cast.joko.account.pk) == stencil.of(uuid4()) == [], "of another city, or of nobody"


def test_a_stencil_has_just_one_gap(cast: Cast) -> None:
    with tenancy.scope(MALANG), pytest.raises(ValueError, match="unpack"):
        Stencil(Membership.objects.filter(account=GAP, office=GAP).values_list("pk"))
    with tenancy.scope(MALANG), pytest.raises(ValueError, match="unpack"):
        Stencil(Membership.objects.values_list("pk"))


def test_an_account_by_its_key_is_the_account(cast: Cast) -> None:
    key = cast.budi.account.pk
    plain = Account.objects.filter(pk=key).get()
    for given in (key, str(key)):
        found = Account.objects.get(pk=given)
        assert told(found) == told(plain)
    found.name = "Budi Baru"
    found.save(update_fields=["name"])
    assert Account.objects.get(pk=key).name == "Budi Baru"
    with tenancy.scope(REGENCY):
        assert Account.objects.get(pk=key) == plain, "accounts are of all cities"
    for nobody in (uuid4(), None):
        with pytest.raises(Account.DoesNotExist):
            Account.objects.get(pk=nobody)
    with pytest.raises(ValidationError):
        Account.objects.get(pk="nobody")


def told(account: Account) -> dict[str, object]:
    return {name: value for name, value in vars(account).items() if name != "_state"}
