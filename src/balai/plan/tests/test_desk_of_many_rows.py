"""The desk of an office that has much to do."""

import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.cast import MALANG, Cast

from balai.base import tenancy
from balai.plan import changes
from balai.plan.tests.town import NOW, found


@time_machine.travel(NOW, tick=False)
def test_the_desk_asks_the_database_as_often_for_many_rows_as_for_few(cast: Cast, malang) -> None:
    town = found(cast)
    for n in range(12):
        town.action(f"A{n}")
    town.adopt()
    town.quarter()
    client = cast.budi.client
    counts = {}
    for name in ("plan-desk", "plan-own-actions", "plan-late"):
        client.get(reverse(name))
        with CaptureQueriesContext(
            connection,
        ) as few:
            client.get(reverse(name))
        counts[name] = len(few)
    assert all(count < 45 for count in counts.values()), counts
    with tenancy.scope(MALANG):
        plan = changes.new_version(town.rini, town.plan.pk)
        programme = plan.programmes.get()
        for n in range(12, 30):
            town.programme = programme
            town.action(f"A{n}")
        changes.adopt(town.rini, plan.pk, NOW.date())
    for name, before in counts.items():
        with CaptureQueriesContext(connection) as many:
            client.get(reverse(name))
        assert len(many) <= before + 2, name
