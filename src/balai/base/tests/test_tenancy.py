"""Rows of a tenant are seen and written in its own scope only."""

import pytest

from balai.base import tenancy
from balai.people.models import Office

pytestmark = pytest.mark.django_db


def test_a_query_without_a_tenant_raises() -> None:
    with pytest.raises(tenancy.NoTenant):
        Office.objects.count()


def test_a_row_is_seen_in_its_own_scope_only() -> None:
    with tenancy.scope("35.73"):
        Office.objects.create(code="dinkes", name="Dinas Kesehatan")
        assert Office.objects.count() == 1
    with tenancy.scope("35.07"):
        assert Office.objects.count() == 0
    with tenancy.scope("00", also=["35.73"]):
        assert Office.objects.count() == 1


def test_a_row_of_another_tenant_cannot_be_written() -> None:
    with tenancy.scope("35.73"):
        office = Office.objects.create(code="dinkes", name="Dinas Kesehatan")
    with tenancy.scope("00", also=["35.73"]), pytest.raises(tenancy.WrongTenant):
        office.save()
