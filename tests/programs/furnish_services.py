"""Give an installation SAMBAT at work: office, verifier, a key of their program; say it as JSON."""

import json
import sys
from datetime import timedelta

import django

django.setup()

from django.utils import timezone  # noqa: E402
from tests.cast import MALANG, govern, someone  # noqa: E402

from balai.base import prepared, tenancy  # noqa: E402
from balai.people import changes as people  # noqa: E402
from balai.people.models import Office  # noqa: E402
from balai.places.models import Region  # noqa: E402
from balai.site import steps  # noqa: E402

govern()
for step in steps.STEPS:
    prepared.note(step.command)
Region.objects.create(code=MALANG, name="Malang", level="regency", parent="35", kind="kota")
with tenancy.scope(MALANG):
    office = Office.objects.create(code="diskominfo", name="Dinas Kominfo")
    vera = someone("Vera", MALANG, "service_verifier", office=office).actor
    verbs = ["services.relay", "services.verify", "services.handle"]
    until = timezone.localdate() + timedelta(days=9)
    _row, key = people.make_program_key(vera, "uji", verbs, until, at=timezone.now())
sys.stdout.write(json.dumps({"key": key}) + "\n")
