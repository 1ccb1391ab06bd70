"""Write until stopped, one transaction after the other, and say each key once it is committed.

Each transaction changes a row, writes a journal line and sends a message; so
loss, doubling and half-written changes all show.

    write.py <prefix> [how many]
"""

import sys
from itertools import count, islice

import django

django.setup()

from django.db import transaction  # noqa: E402

from balai.base import journal, outbox, tenancy  # noqa: E402
from balai.base.actor import Actor  # noqa: E402
from balai.people.models import Office  # noqa: E402

prefix = sys.argv[1]
most = int(sys.argv[2]) if len(sys.argv) > 2 else None
for number in islice(count(), most):
    tenant = ("35.73", "35.07")[number % 2]
    key = f"{prefix}-{number}"
    with tenancy.scope(tenant):
        with transaction.atomic():
            office = Office.objects.create(code=key, name=key)
            journal.write(Actor("budi", "Budi", tenant), "people.manage", office, key=key)
            outbox.send_email(key, to=["budi@example.id"], subject=key, text="x")
        sys.stdout.write(f"{key}\n")
        sys.stdout.flush()
