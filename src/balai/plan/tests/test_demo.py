"""The demo: facts as published, illustrations marked as such, both written once."""

import csv
import gzip
import io
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings, settings
from django.core.management import call_command
from django.db import transaction
from django.db.models import F
from shapely.geometry import Point, Polygon
from shapely.ops import unary_union
from tests.clock import within

from balai.base import tenancy
from balai.base.actor import Actor, system
from balai.data import reads as data
from balai.people import changes as people
from balai.people import reads as cities
from balai.plan import demo, promises, reads, workbook
from balai.plan.models import (
    Action,
    DimensionShare,
    Evidence,
    Fund,
    Masterplan,
    Origin,
    Period,
    Programme,
    PublishedFigure,
    QuickWin,
    Report,
    Stage,
)

TODAY = date(2026, 11, 22)
REGIONS = ("35.73", "35.07", "35.79", "35.77")


def facts() -> list[dict[str, str]]:
    path = Path(settings.ROOT) / "reference" / "plan" / "facts.csv"
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


@pytest.fixture(scope="module")
def loaded(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[int]:
    """Load the demo once for this file; everything is rolled back behind the last test."""
    kept = settings.DATA
    settings.DATA = tmp_path_factory.mktemp("data")
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        for city in cities.cities().values():
            people.load_city(city, is_demo=True)
        people.load_demo_people()
        yield demo.load(TODAY, lambda _line: None)
        transaction.set_rollback(True)
    settings.DATA = kept
    cities.forget_governments()


@pytest.fixture(params=REGIONS)
def region(request: pytest.FixtureRequest, loaded: int, db: None) -> Iterator[str]:
    with tenancy.scope(request.param, also=[tenancy.NATIONAL]):
        yield request.param


@pytest.fixture
def city(loaded: int, db: None) -> Iterator[Actor]:
    """A reader in Kota Malang."""
    with tenancy.scope("35.73", also=[tenancy.NATIONAL]):
        yield reader("35.73")


def reader(tenant: str) -> Actor:
    return system("reader", tenant, "plan.read", "plan.verify")


def test_every_fact_keeps_its_source_and_confidence() -> None:
    rows = facts()
    assert len(rows) == 111
    assert all(row["source_url"] and row["confidence"] and row["title_id"] for row in rows)
    assert len({row["code"] for row in rows}) == 111
    assert {row["kind"] for row in rows} == {"action", "published_figure"}


def test_all_numbers_of_a_region_become_claims_and_none_is_counted(region: str) -> None:
    numbers = [
        row
        for row in facts()
        if row["region_code"] == region and (row["target"] or row["realised"] or row["budget"])
    ]
    assert PublishedFigure.objects.count() == len(numbers)
    published = Action.objects.filter(origin=Origin.PUBLISHED)
    assert published.count() == sum(
        row["kind"] == "action" for row in facts() if row["region_code"] == region
    )
    assert not Report.objects.filter(action__in=published).exists()
    assert not Fund.objects.filter(action__in=published).exists()
    assert all(action.source and action.confidence for action in published)
    counts = reads.realisation(reader(region), None, 2025, TODAY)
    assert [count.origin for count in counts] == [Origin.ILLUSTRATION]


def test_each_figure_of_an_action_hangs_on_an_action_that_is_there(region: str) -> None:
    themes = {"realisation", "money", "programmes", "spbe", "innovation"}
    subjects = set(PublishedFigure.objects.values_list("subject", flat=True)) - themes
    assert subjects <= set(Action.objects.values_list("code", flat=True))


def test_what_kota_malang_published_is_kept_as_published(city: Actor) -> None:
    plan = Masterplan.objects.get()
    assert (plan.legal_basis, plan.year_from, plan.year_to) == (
        "Peraturan Wali Kota Malang Nomor 43 Tahun 2020",
        2020,
        2025,
    )
    assert plan.planning_periods.get().document == "RPD"
    assert plan.bodies.get().legal_basis == "Keputusan Wali Kota Malang Nomor 209 Tahun 2019"
    total = reads.published_total(city, 2023)
    assert (total.total.value, len(total.dimensions)) == (Decimal("96.2"), 6)
    assert not total.explanation.mean_is_possible
    wifi = PublishedFigure.objects.get(subject="WIFI-RW")
    assert (wifi.value, wifi.target, wifi.unit) == (551, 551, "titik")
    money = PublishedFigure.objects.filter(subject="money", budget__isnull=False).order_by("-budget").first()
    assert money and money.budget == 570_000_000_000


def test_what_no_source_names_stays_empty(region: str) -> None:
    plan = Masterplan.objects.get()
    assert plan.adopted_on is None
    if region != "35.73":
        assert (plan.legal_basis, plan.confidence) == ("", "inferred")
        assert "disimpulkan" in plan.source


def test_pahlawan_street_center_counts_half_in_branding_and_half_in_economy(loaded: int, db: None) -> None:
    with tenancy.scope("35.77"):
        action = Action.objects.get(code="PSC")
        shares = {share.dimension: (share.numerator, share.denominator) for share in action.shares.all()}
    assert shares == {"branding": (1, 2), "economy": (1, 2)}
    assert action.is_quick_win
    assert "anggapan kami" in action.description


def test_the_six_quick_wins_of_kabupaten_malang_are_there(loaded: int, db: None) -> None:
    with tenancy.scope("35.07"):
        wins = set(
            Action.objects.filter(is_quick_win=True, origin=Origin.PUBLISHED).values_list("code", flat=True)
        )
    assert wins == {"DESAKU-TUNTAS", "MATIC", "E-AGRIPROP", "SMART-HEALTH", "CONTRA-WAR", "EDU-SAMPAH"}


def test_shared_programmes_have_a_part_of_each_of_three_regions(loaded: int, db: None) -> None:
    with tenancy.scope(tenancy.NATIONAL, also=REGIONS):
        shared = reads.shared_programmes(reader(tenancy.NATIONAL))
    assert {one.code: {part.tenant for part in one.parts} for one in shared} == {
        "MALANG-RAYA": {"35.73", "35.07", "35.79"},
        "BTS": {"35.73", "35.07", "35.79"},
    }


def test_oracles_are_no_tenants(loaded: int, db: None) -> None:
    assert not {"33.05", "33.25"} & {government.key for government in cities.governments()}


def test_illustrations_say_so_in_title_source_and_evidence(region: str) -> None:
    actions = Action.objects.filter(origin=Origin.ILLUSTRATION)
    tied = actions.exclude(measured_by="")
    assert actions.count() == 24 + tied.count()
    assert tied.count() == (7 if region == "35.73" else 0)
    assert all(
        "bukan data resmi" in action.title and "bukan data resmi" in action.source for action in actions
    )
    programmes = Programme.objects.filter(origin=Origin.ILLUSTRATION)
    assert all("bukan data resmi" in programme.title for programme in programmes)
    assert all("bukan data resmi" in win.story for win in QuickWin.objects.filter(action__in=actions))
    papers = Evidence.objects.select_related("file")
    assert papers and all("bukan bukti sebenarnya" in paper.title for paper in papers)
    assert all(paper.file and paper.file.name.startswith("contoh-") for paper in papers)


def test_every_state_a_page_can_show_is_there(region: str) -> None:
    states = set(Report.objects.filter(year=2026).values_list("status", flat=True))
    assert states == {"verified", "submitted", "returned"}
    latest = Period.objects.filter(ends_on__lt=TODAY).last()
    own = Action.objects.filter(origin=Origin.ILLUSTRATION)
    assert own.exclude(reports__period=latest).exists(), "somebody is late"
    assert own.exclude(reports__year=2026).exists(), "somebody said nothing all year"
    assert set(Fund.objects.values_list("source", flat=True)) == {"apbd", "apbn", "csr", "partner"}
    assert Fund.objects.filter(year=2026, spent__isnull=True).exists()
    assert QuickWin.objects.filter(action__in=own, elements__has_key="benefit").count() == 5
    assert own.filter(shares__denominator=3).exists()
    assert Stage.objects.get().year <= 2025
    assert not Report.objects.filter(reported_at__date__gte=TODAY).exists()
    assert all(len(win.elements) == 10 for win in QuickWin.objects.filter(action__in=own))


def test_parts_of_an_action_sum_to_one_and_places_lie_in_the_city(region: str) -> None:
    totals: dict[object, Fraction] = {}
    for share in DimensionShare.objects.all():
        totals[share.action_id] = totals.get(share.action_id, Fraction(0)) + Fraction(
            share.numerator, share.denominator
        )
    assert set(totals.values()) == {Fraction(1)}
    inside = outline(region)
    placed = Action.objects.filter(latitude__isnull=False)
    assert placed.count() >= 10
    assert [a.code for a in placed if not inside.contains(Point(float(a.longitude), float(a.latitude)))] == []  # type: ignore[arg-type]


def outline(region: str) -> Any:
    """Return the shape of a region from the boundary file, whose arcs are plain coordinates."""
    path = Path(settings.ROOT) / "reference" / "boundaries" / "malang-raya-madiun.topo.json.gz"
    topology = json.loads(gzip.decompress(path.read_bytes()))
    arcs = topology["arcs"]
    one = next(
        each
        for each in topology["objects"]["regencies"]["geometries"]
        if each["properties"]["code"] == region
    )

    def ring(numbers: list[int]) -> list[list[float]]:
        return [point for n in numbers for point in (arcs[n] if n >= 0 else arcs[~n][::-1])]

    polygons = [one["arcs"]] if one["type"] == "Polygon" else one["arcs"]
    return unary_union([Polygon(ring(rings[0])).buffer(0) for rings in polygons])


def test_the_tables_stay_sound_and_a_second_run_writes_nothing(loaded: int, db: None) -> None:
    assert loaded > 2000
    with within(1):
        assert demo.load(TODAY, lambda _line: None) == 0
    out = StringIO()
    call_command("invariants", "--json", stdout=out)
    found = json.loads(out.getvalue().splitlines()[-1])
    wrong = {
        name: n
        for name, n in found.items()
        if n and name not in ("audit_length", "cases", "payments", "observations")
    }
    assert wrong == {}


def test_tied_targets_are_computed_from_rows_of_their_own_origin_and_come_to_rest(
    loaded: int, db: None, settings: LazySettings, tmp_path: Path
) -> None:
    settings.DATA = tmp_path
    assert demo.compute(demo.noon(TODAY), lambda _line: None) >= 12
    assert demo.compute(demo.noon(TODAY), lambda _line: None) == 0
    with tenancy.scope("35.73", also=[tenancy.NATIONAL]):
        seen = reads.executive(reader("35.73"), TODAY)
        assert {row.measured_by for row in seen.by_data} == {
            "plan_actions_evidenced",
            "plan_actions_reported",
            "plan_budget_absorption",
            "plan_physical_progress",
        }
        for row in seen.by_data:
            figure = data.measured(system("reader", "35.73", "data.read"), row.measurement or "")
            assert figure.dimensions == {"origin": row.provenance.origin} and figure.value == row.value
        waiting = reads.action(reader("35.73"), "IL-GOV-5", 2024, TODAY).row
        assert waiting.missing == "not_yet", "without the published results nothing is computed"
        assert promises.nothing_stands() == 0


def test_nobody_verified_what_they_reported(region: str) -> None:
    assert not Report.objects.filter(status="verified", verifier_id_text=F("reporter_id_text")).exists()


def test_an_export_of_the_demo_imported_again_changes_nothing(region: str) -> None:
    office = system("office", region, "plan.read", "plan.import", "plan.export")
    found = workbook.read(io.BytesIO(workbook.export(office).content), office)
    assert [str(fault) for fault in found.faults] == []
    assert (found.creates, found.changed) == (0, 0)
    assert found.unchanged > 200
