"""Give an installation a small plan in force and a program key that may report; say both as JSON.

furnish_plan.py <how many actions>
"""

import json
import sys
from decimal import Decimal

import django

django.setup()

from django.utils import timezone  # noqa: E402
from tests.cast import MALANG, govern, someone  # noqa: E402

from balai.base import prepared, tenancy  # noqa: E402
from balai.people import changes as people  # noqa: E402
from balai.people.models import Office  # noqa: E402
from balai.plan import changes  # noqa: E402
from balai.site import steps  # noqa: E402

govern()
for step in steps.STEPS:
    prepared.note(step.command)
today = timezone.localdate()
with tenancy.scope(MALANG):
    office = Office.objects.create(code="diskominfo", name="Dinas Kominfo")
    rini = someone("Rini", MALANG, "programme_office", office=office).actor
    budi = someone("Budi", MALANG, "officer", office=office).actor
    plan = changes.create_masterplan(
        rini, changes.MasterplanDraft("35.73", "Rencana Induk", today.year, today.year + 4, "Perwal 1")
    )
    programme = changes.create_programme(rini, plan.pk, changes.ProgrammeDraft("P1", "Layanan digital"))
    actions = [
        changes.create_action(
            rini,
            programme.pk,
            changes.ActionDraft(
                f"A{number}", "Layanan daring", "applications", "jumlah layanan", "layanan",
                (changes.ShareDraft("governance"),), {today.year: Decimal(1000)}, owner=office.pk,
            ),
        )
        for number in range(int(sys.argv[1]))
    ]  # fmt: skip
    changes.adopt(rini, plan.pk, today)
    period = changes.open_year(rini, today.year)[0]
    _row, key = people.make_program_key(budi, "uji", ["plan.read", "plan.report"], today, at=timezone.now())
told = {"key": key, "period": str(period.pk), "actions": [str(action.pk) for action in actions]}
sys.stdout.write(json.dumps(told) + "\n")
