"""What a browser without scripts shows of computed progress, and how a tie is made by page, Excel and API."""

import io
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from shutil import copytree
from typing import Any

import openpyxl
import pytest
import time_machine
from django.conf import LazySettings, settings
from django.urls import reverse
from tests.cast import MALANG, REGENCY, everybody, visitor_at
from tests.once import once

from balai.base import tenancy
from balai.data.reads.indicators_uses import uses_of
from balai.data.reads.records import records_of
from balai.data.tests.measuring import SERVED, Files
from balai.plan import changes, reads, workbook
from balai.plan.models import Action
from balai.plan.tests.records import INDICATOR, PERCENT, Records, kept, tied
from balai.plan.tests.town import ACTION, NOW, TODAY, Town, found

pytestmark = pytest.mark.django_db

TOKEN = re.compile(r'name="token" value="(\w+)"')


@pytest.fixture(autouse=True)
def spring() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(scope="module")
def founded(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Town, Path]]:
    folder = tmp_path_factory.mktemp("town")
    with once(django_db_blocker, folder):
        with time_machine.travel(NOW, tick=False), tenancy.scope(MALANG):
            made = found(everybody())
            records = kept(settings, folder)
            tied(made)
            other = made.action("A1")
            made.adopt()
            made.verified(other, 20)
            records.publish(3, of=4)
            records.take_over()
        yield made, folder


@pytest.fixture
def records(founded: tuple[Town, Path], settings: LazySettings, tmp_path: Path) -> Records:
    """The records of the town, in a folder of the test's own."""
    _town, folder = founded
    copytree(folder, tmp_path, dirs_exist_ok=True)
    settings.DATA = tmp_path
    settings.OPTIONS = replace(settings.OPTIONS, definitions=str(tmp_path / "definitions"))
    return Records(Files(tmp_path / "definitions"), days=1)


@pytest.fixture
def town(founded: tuple[Town, Path], db: None, malang: tenancy.Scope, records: Records) -> Town:
    """Kota Malang in force with one tied and one typed action; the tied one stands at 75 percent."""
    return deepcopy(founded[0])


def page(client: Any, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer.content
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_action_page_tells_how_the_figure_is_known_and_leads_down(town: Town) -> None:
    seen = page(visitor_at(MALANG), "/aksi/T1/?tahun=2026")
    row = reads.action(town.cast.visitor, "T1", 2026, TODAY).row
    assert f"/data/angka/{row.measurement}/" in seen and f"/data/angka/{row.measurement}/#baris" in seen
    assert f"/data/indikator/{INDICATOR}/" in seen and "visits versi 1" in seen
    assert "3 ÷ 4 × 100" in seen and "SELECT region" in seen
    assert "dari indikator Terlayani" in seen and "terverifikasi</span>" not in seen
    typed = page(visitor_at(MALANG), "/aksi/A1/?tahun=2026")
    assert "diketik oleh kantor" in typed and "/data/angka/" not in typed


def test_the_drawing_has_a_shape_for_each_kind(town: Town) -> None:
    assert '<polygon points="' in page(visitor_at(MALANG), "/aksi/T1/?tahun=2026").partition("Perjalanan")[2]
    legend = page(visitor_at(MALANG), "/aksi/A1/?tahun=2026").partition("Perjalanan")[2]
    assert "dihitung dari catatan" in legend and "diketik petugas" in legend


@pytest.mark.parametrize(
    ("taken", "said"),
    [("withheld", "terlalu sedikit baris"), ("gone", "angkanya ditarik")],
)
def test_a_figure_that_is_not_told_leaves_no_old_one_in_its_place(
    town: Town, records: Records, taken: str, said: str
) -> None:
    if taken == "withheld":
        records.files.indicator(SERVED, minimum_count=9)
        records.publish(4, of=5)
    else:
        records.rows([])
    records.take_over()
    for address in ("/aksi/T1/?tahun=2026", "/program/?tahun=2026"):
        assert said in page(visitor_at(MALANG), address)
    assert "75 persen" not in page(visitor_at(MALANG), "/program/?tahun=2026")


def test_the_programme_can_be_narrowed_to_what_is_typed_or_computed(town: Town) -> None:
    visitor = visitor_at(MALANG)
    everything = page(visitor, "/program/?tahun=2026")
    assert "1 dari 2 angka capaian dihitung dari catatan" in everything
    computed = page(visitor, "/program/?tahun=2026&angka=dihitung")
    assert "/aksi/T1/" in computed and "/aksi/A1/" not in computed
    typed = page(visitor, "/program/?tahun=2026&angka=diketik&asal=record")
    assert "/aksi/A1/" in typed and "/aksi/T1/" not in typed
    assert "/aksi/A1/" not in page(visitor, "/program/?tahun=2026&angka=diketik&asal=illustration")


def test_realisation_portal_and_executive_say_the_share_of_computed_figures(town: Town) -> None:
    for address in ("/realisasi/?tahun=2026", "/"):
        assert "1 dari 2 angka capaian dihitung" in page(visitor_at(MALANG), address)
    mayor = page(town.cast.eka.client, "/pimpinan/")
    assert "1 dari 2 angka capaian dihitung dari catatan" in mayor
    assert "/aksi/T1/?tahun=2026#ladder" in mayor and "angka=diketik" in mayor
    assert town.cast.joko.client.get("/aksi/T1/").status_code == 404


def test_twins_and_the_api_carry_how_a_figure_is_known(town: Town) -> None:
    visitor = visitor_at(MALANG)
    told = visitor.get("/aksi/T1.json?tahun=2026").json()
    assert (told["action"][0]["figure"], told["action"][0]["measured_by"]) == ("computed", INDICATOR)
    assert told["reports"][0]["figure"] == "computed" and told["reports"][0]["measurement"]
    rows = visitor.get("/realisasi.json?tahun=2026").json()["realisation"]
    assert (rows[0]["figures"], rows[0]["figures_computed"]) == (2, 1)
    assert "figures_computed" in visitor.get("/realisasi.csv?tahun=2026").content.decode()
    seen = visitor.get("/api/v1/plan/actions/T1?year=2026").json()
    assert (seen["row"]["kind"], seen["reports"][0]["kind"]) == ("computed", "computed")
    (kinds,) = visitor.get("/api/v1/plan/figure-kinds?year=2026").json()
    assert (kinds["figures"], kinds["computed"]) == (2, 1)


def test_the_report_form_asks_for_no_value(town: Town) -> None:
    made = Action.objects.get(code="T1")
    url = reverse("plan-report", args=[made.pk, town.quarter().pk])
    shown = page(town.cast.budi.client, url)
    assert 'name="value"' not in shown and 'name="note"' in shown and "dihitung dari indikator" in shown
    token = TOKEN.search(shown)
    sent = {"token": token[1] if token else "", "do": "send", "note": "Loket baru.", "value": "99"}
    answer = town.cast.budi.client.post(url, sent)
    assert answer.status_code == 302, answer.content
    waiting = reads.verify_queue(town.rini, TODAY)[0]
    assert (waiting.value, waiting.note, waiting.previous) == (None, "Loket baru.", 75)
    assert "bukan dari laporan ini" in page(town.cast.rini.client, f"/periksa/{waiting.report_id}/")


def test_the_own_action_shows_the_figure_beside_the_reports(town: Town) -> None:
    made = Action.objects.get(code="T1")
    shown = page(town.cast.budi.client, f"/meja/aksi/{made.pk}/?tahun=2026")
    assert "75 persen" in shown and "Laporan tidak wajib" in shown
    assert "dihitung" in page(town.cast.budi.client, "/meja/aksi/?tahun=2026")


def test_the_programme_office_ties_and_unties_on_a_page(town: Town) -> None:
    other = town.cast.rini.client
    made = Action.objects.get(code="A1")
    url = reverse("plan-action-tie", args=[made.pk])
    shown = page(other, url)
    assert "Terlayani (persen, makin tinggi makin baik)" in shown
    sent = {"token": TOKEN.search(shown)[1], "version": made.version, "measured_by": INDICATOR}  # type: ignore[index]
    refused = other.post(url, sent)
    assert refused.status_code == 422 and "dihitung dalam persen" in refused.content.decode()
    tied_one = Action.objects.get(code="T1")
    url = reverse("plan-action-tie", args=[tied_one.pk])
    sent = {"token": TOKEN.search(page(other, url))[1], "version": tied_one.version, "measured_by": ""}  # type: ignore[index]
    assert other.post(url, sent).status_code == 302
    tied_one.refresh_from_db()
    assert tied_one.measured_by == ""
    for stranger in (town.cast.budi, town.cast.agus):
        assert stranger.client.get(url).status_code == 403
    assert town.cast.joko.client.get(url).status_code in (403, 404)


def test_the_form_of_a_draft_ties_too(town: Town) -> None:
    newer = changes.new_version(town.rini, town.plan.pk)
    made = Action.objects.get(code="T1", programme__masterplan=newer)
    assert made.measured_by == INDICATOR
    shown = page(town.cast.rini.client, reverse("plan-action-edit", args=[made.pk]))
    assert f'<option value="{INDICATOR}" selected>' in shown


def test_the_api_ties_with_the_version_that_was_seen(town: Town) -> None:
    made = Action.objects.get(code="T1")
    rini = town.cast.rini.client
    sent = {"version": made.version, "indicator": ""}
    address = f"/api/v1/plan/actions/{made.pk}/indicator"
    put = {"data": sent, "content_type": "application/json", "headers": {"Idempotency-Key": "satu"}}
    answer = rini.put(address, **put)
    assert (answer.status_code, answer.json()["measured_by"]) == (200, "")
    assert rini.put(address, **put).json() == answer.json()
    put["headers"] = {"Idempotency-Key": "dua"}
    assert rini.put(address, **put).status_code == 409
    assert town.cast.budi.client.put(address, **put).status_code == 403


# --- Excel ----------------------------------------------------------------------


def sheet(content: bytes, title: str = "Aksi") -> Any:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return book, book[title]


def column(leaf: Any, heading: str) -> int:
    return next(cell.column for cell in leaf[1] if str(cell.value).strip(" *") == heading)


def read(town: Town, book: Any) -> workbook.DryRun:
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    return workbook.read(out, town.rini)


def test_the_workbook_carries_the_tie_both_ways(town: Town) -> None:
    newer = changes.new_version(town.rini, town.plan.pk)
    programme = reads.programmes(town.rini, newer.pk)[0]
    draft = {**ACTION.__dict__, "code": "N1", "owner": None, "targets": {2026: Decimal(80)}, **PERCENT}
    changes.create_action(town.rini, programme.id, changes.ActionDraft(**draft))
    book, leaf = sheet(workbook.export(town.rini).content)
    place = column(leaf, "Dihitung dari Indikator")
    rows = {row[1].value: row for row in leaf.iter_rows(min_row=2)}
    assert rows["T1"][place - 1].value == INDICATOR
    rows["N1"][place - 1].value = INDICATOR
    found_ = read(town, book)
    assert [str(fault) for fault in found_.faults] == [] and found_.changed == 1
    assert found_.changes[0].fields == {"measured_by": INDICATOR}
    rows["N1"][place - 1].value = "tidak-ada"
    rows["A1"][place - 1].value = INDICATOR
    wrong = [fault.wrong for fault in read(town, book).faults]
    assert len(wrong) == 2 and "tidak ada" in " ".join(wrong) and "satuan atau arah" in " ".join(wrong)


def test_a_file_from_before_the_column_leaves_ties_alone(town: Town) -> None:
    changes.new_version(town.rini, town.plan.pk)
    book, leaf = sheet(workbook.export(town.rini).content)
    leaf.delete_cols(column(leaf, "Dihitung dari Indikator"))
    found_ = read(town, book)
    assert [str(fault) for fault in found_.faults] == []
    assert (found_.creates, found_.changed) == (0, 0)


def test_a_year_without_a_number_is_refused_for_a_tied_action(town: Town) -> None:
    changes.new_version(town.rini, town.plan.pk)
    book, leaf = sheet(workbook.export(town.rini).content, "Target")
    for row in leaf.iter_rows(min_row=2):
        if row[1].value == "T1" and row[2].value == 2026:
            row[3].value = None
    (fault,) = read(town, book).faults
    assert "dihitung dari indikator" in fault.wrong


def test_the_exported_reports_say_how_each_value_came_to_be(town: Town) -> None:
    content = workbook.export(town.rini, "laporan", "csv").content.decode("utf-8-sig")
    lines = {line.split(",")[1]: line for line in content.splitlines()[1:]}
    assert "Cara Nilai Diperoleh" in content.splitlines()[0]
    assert f"dihitung,{INDICATOR}" in lines["T1"] and ",diketik," in lines["A1"]


# --- the way back ----------------------------------------------------------------


def test_rows_of_the_plans_datasets_lead_to_their_actions(town: Town) -> None:
    row = {"programme": "P1", "action": "T1", "year": 2026}
    unknown = {"programme": "P1", "action": "ZZ", "year": 2026}
    assert records_of(town.agus, "plan_progress", [row, unknown]) == ("/aksi/T1/?tahun=2026", None)
    assert records_of(town.agus, "plan_actions", [{"programme": "P1", "action": "T1"}]) == ("/aksi/T1/",)
    (use,) = uses_of(town.agus, INDICATOR)
    assert use.href == "/aksi/T1/"
    joko = town.cast.joko.actor
    with tenancy.scope(REGENCY):
        assert records_of(joko, "plan_progress", [row]) == (None,)
        assert uses_of(joko, INDICATOR) == ()
