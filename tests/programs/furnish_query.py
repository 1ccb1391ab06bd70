"""Give an installation datasets to ask about in SQL beside those of `furnish_intake`; say a key as JSON.

furnish_query.py <how many wait for files>
"""

import json
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.utils import timezone  # noqa: E402
from tests.cast import MALANG, REGENCY  # noqa: E402
from tests.programs.furnish_intake import budi  # noqa: E402

from balai.base import tenancy  # noqa: E402
from balai.data import changes  # noqa: E402
from balai.data.models import Dataset  # noqa: E402
from balai.data.tests.registry import NOW, column, declared, steward, words  # noqa: E402
from balai.people import changes as people  # noqa: E402

BILLS = [column("nop", "text"), column("tahun", "integer"), column("pokok", "rupiah")]
REGIONS = [column("kode", "text"), column("nama", "text")]


def bills(count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        yield {"nop": f"{number:06}", "tahun": 2022 + number % 4, "pokok": 1000 * number}


def published(tenant: str, code: str, columns: list[dict[str, Any]], key: str, rows: Any) -> None:
    about = {"code": code, "title": words(code), "description": words(code), "keywords": [code]}
    metadata = declared(**about, producer="", key=[key], columns=columns).written()
    Dataset.objects.create(code=code, metadata=metadata, classification="open", status="checked")
    changes.publish(steward(tenant), code, rows, "2026", at=NOW)


with tenancy.scope(REGENCY):
    published(REGENCY, "tagihan_3507", BILLS, "nop", bills(10))
with tenancy.scope(MALANG):
    published(MALANG, "tagihan", BILLS, "nop", bills(600))
    published(MALANG, "wilayah", REGIONS, "kode", [{"kode": "35.73.01", "nama": "Blimbing"}])
    now = timezone.now()
    verbs, last_day = ["data.read", "data.read_limited"], timezone.localdate() + timedelta(days=9)
    _row, key = people.make_program_key(budi.actor, "Tanya", verbs, last_day, at=now)
sys.stdout.write(json.dumps({"key": key}) + "\n")
