"""Make the tables, give two local governments, and mark the loaders as run, without loading the nation."""

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from balai.base import prepared  # noqa: E402
from balai.people.models import HostName, LocalGovernment  # noqa: E402
from balai.site import steps  # noqa: E402

call_command("migrate", verbosity=0, interactive=False)
for key, name in (("35.73", "Kota Malang"), ("35.07", "Kabupaten Malang")):
    made, _ = LocalGovernment.objects.update_or_create(
        key=key, defaults={"region_code": key, "name": name, "short_name": name}
    )
    HostName.objects.get_or_create(host=f"{key.replace('.', '')}.localhost", defaults={"government": made})
for step in steps.STEPS:
    prepared.note(step.command)
