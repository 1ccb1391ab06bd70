"""Give an installation an open dataset with places, and some that wait for files; say a key as JSON.

furnish_intake.py <how many wait for files>
"""

import json
import sys
from datetime import timedelta

import django

django.setup()

from django.utils import timezone  # noqa: E402
from tests.cast import MALANG, govern, someone  # noqa: E402

from balai.base import prepared, tenancy  # noqa: E402
from balai.data import changes  # noqa: E402
from balai.data.models import Dataset  # noqa: E402
from balai.data.tests.registry import NOW, a_bin, declared, steward  # noqa: E402
from balai.people import changes as people  # noqa: E402
from balai.people.models import Office  # noqa: E402
from balai.site import steps  # noqa: E402

govern()
for step in steps.STEPS:
    prepared.note(step.command)
with tenancy.scope(MALANG):
    office = Office.objects.create(code="diskominfo", name="Dinas Kominfo")
    for number in range(int(sys.argv[1]) + 1):
        code = f"bins_{number}" if number else "bins"
        said = declared(code=code).written()
        Dataset.objects.create(
            code=code, metadata=said, classification="open", status="checked", producer=office
        )
    places = [(112.60 + n / 100, -7.98) for n in range(4)]
    rows = [a_bin(n + 1, place=places[n], region="") for n in range(4)]
    changes.publish(steward(), "bins", rows, "2026", at=NOW)
    budi = someone("Budi", MALANG, "officer", office=office)
    verbs, last_day = ["data.read", "data.publish"], timezone.localdate() + timedelta(days=9)
    _row, key = people.make_program_key(budi.actor, "Uji", verbs, last_day, at=timezone.now())
sys.stdout.write(json.dumps({"key": key}) + "\n")
