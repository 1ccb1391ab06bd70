"""Visits to clinics, and indicators over them: definitions of the test's own, and rows for them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import LazySettings

from balai.base import tenancy
from balai.base.actor import Actor, system
from balai.data import changes
from balai.data.tests.registry import NOW, steward

HEAD = """\
title: {{id: "{title}", en: "{title}"}}
description: {{id: "Untuk uji.", en: "For tests."}}
"""
VISITS = """\
code: visits
title: {id: "Kunjungan", en: "Visits"}
description: {id: "Kunjungan klinik.", en: "Visits to clinics."}
steward: {id: "Walidata", en: "Steward"}
custodian: {id: "Dinas", en: "Office"}
licence: "CC BY 4.0"
frequency: monthly
legal_basis: "Uji"
classification: CLASS
standard:
  concept: {id: "a", en: "a"}
  definition: {id: "a", en: "a"}
  classification: {id: "a", en: "a"}
  measure: {id: "a", en: "a"}
  unit: {id: "a", en: "a"}
keywords: [uji]
key: [id]
columns:
  - {name: id, type: integer, meaning: {id: "a", en: "a"}}
  - {name: region, type: region, meaning: {id: "a", en: "a"}}
  - {name: day, type: date, meaning: {id: "a", en: "a"}}
  - {name: clinic, type: text, meaning: {id: "a", en: "a"}, optional: true}
  - {name: is_served, type: boolean, meaning: {id: "a", en: "a"}}
  - {name: cost, type: decimal, decimals: 4, optional: true, meaning: {id: "a", en: "a"}}
"""
SERVED = """\
code: served
title: {id: "Terlayani", en: "Served"}
description: {id: "Bagian kunjungan yang terlayani.", en: "Share of visits served."}
unit: {id: "persen", en: "percent"}
direction: up
owner: {id: "Dinas", en: "Office"}
period: month
scale: 100
minimum_count: 0
decimals: 2
source: "Uji"
numerator: |
  SELECT region, strftime(day, '%Y-%m') AS period, count(*) AS value
  FROM visits WHERE is_served GROUP BY region, strftime(day, '%Y-%m')
denominator: |
  SELECT region, strftime(day, '%Y-%m') AS period, count(*) AS value
  FROM visits GROUP BY region, strftime(day, '%Y-%m')
"""
COSTS = """\
code: costs
title: {id: "Biaya", en: "Costs"}
description: {id: "Biaya tiap klinik.", en: "Costs of each clinic."}
unit: {id: "rupiah", en: "rupiah"}
direction: down
owner: {id: "Dinas", en: "Office"}
period: year
dimensions: [clinic]
minimum_count: 0
decimals: 4
source: "Uji"
numerator: |
  SELECT region, year(day) AS period, clinic, sum(cost) AS value
  FROM visits WHERE clinic IS NOT NULL GROUP BY region, year(day), clinic
"""
MALANG = "35.73"
VILLAGE = "35.73.01.1001"


class Files:
    """The installation's own definitions; each is written, or written over."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def indicator(self, text: str, **changed: object) -> None:
        """Write an indicator; `changed` replaces the values of single lines."""
        for name, value in changed.items():
            lines = [
                f"{name}: {value}" if line.startswith(f"{name}:") else line for line in text.splitlines()
            ]
            text = "\n".join(lines) + "\n"
        self._write(f"indicators/{text.split()[1]}.yaml", text)

    def visits(self, classification: str = "open") -> None:
        self._write("datasets/visits.yaml", VISITS.replace("CLASS", classification))

    def _write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def written(settings: LazySettings, folder: Path) -> Files:
    """Give the installation definitions of its own: the visits, and two indicators over them."""
    settings.OPTIONS = replace(settings.OPTIONS, definitions=str(folder))
    files = Files(folder)
    files.visits()
    files.indicator(SERVED)
    files.indicator(COSTS)
    return files


def visit(id: int, **changed: Any) -> dict[str, Any]:
    whole = {
        "id": id,
        "region": MALANG,
        "day": "2026-03-18",
        "clinic": "Kauman",
        "is_served": True,
        "cost": "1500.2500",
    }
    return whole | changed


def publish(rows: list[Mapping[str, Any]], **more: Any) -> changes.Published:
    """Publish the visits of the tenant in scope."""
    actor = system("test", tenancy.current_tenant(), "data.publish")
    changes.ensure(actor, "visits")
    return changes.publish(actor, "visits", rows, "2026", at=more.pop("at", NOW), **more)


def measured(code: str = "served", *, later: int = 0) -> Any:
    """Compute an indicator `later` days after NOW."""
    return changes.measure(steward(tenancy.current_tenant()), code, "uji", at=NOW + timedelta(days=later))


def reader(tenant: str = MALANG) -> Actor:
    """Somebody who reads open data and nothing else."""
    return system("reader", tenant, "data.read")
