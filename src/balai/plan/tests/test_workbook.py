"""The workbook: a filled template comes in once, comes out the same, and nothing broken gets through."""

import io
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import openpyxl
import pytest
from tests.cast import MALANG, Cast

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.errors import Conflict, Forbidden, Invalid, NotFound
from balai.base.journal import JournalEntry
from balai.plan import workbook
from balai.plan.models import Action, DimensionShare, Fund, Masterplan, Programme, QuickWin, Support, Target
from balai.plan.sheets import layout

pytestmark = pytest.mark.django_db

WRITTEN = (Programme, Action, DimensionShare, Target, Fund, Support, QuickWin)

FILLED: dict[str, list[dict[str, Any]]] = {
    "Program": [
        {"Kode Program": "P-01", "Judul": "Internet publik", "Tujuan": "Semua RW terhubung."},
    ],
    "Aksi": [
        {
            "Kode Program": "P-01",
            "Kode Aksi": "A-01",
            "Judul": "WiFi di setiap RW",
            "Kelompok": "infrastruktur",
            "Perangkat Daerah": "diskominfo",
            "Indikator": "Titik WiFi terpasang",
            "Satuan": "titik",
            "Nilai Awal": 100,
            "Bobot": 2.5,
            "Mulai": date(2024, 1, 1),
            "Selesai": date(2025, 12, 31),
            "Program Unggulan": "Ya",
            "Smart Society": "1/2",
            "Smart Living": "1/2",
            "Subdimensi": "society.community",
            "Lintang": -7.97901,
            "Bujur": 112.6285,
            "Tempat": "Kelurahan Kauman",
        },
        {
            "Kode Program": "P-01",
            "Kode Aksi": "A-02",
            "Judul": "Pelatihan warga",
            "Kelompok": "literasi",
            "Perangkat Daerah": "Dinas Kesehatan",
            "Indikator": "Warga terlatih",
            "Satuan": "orang",
            "Smart Society": "1",
        },
    ],
    "Target": [
        {"Kode Program": "P-01", "Kode Aksi": "A-01", "Tahun": 2024, "Target": 300},
        {"Kode Program": "P-01", "Kode Aksi": "A-01", "Tahun": 2025, "Target": 551},
        {"Kode Program": "P-01", "Kode Aksi": "A-02", "Tahun": 2025},
    ],
    "Pendanaan": [
        {
            "Kode Program": "P-01",
            "Kode Aksi": "A-01",
            "Tahun": 2025,
            "Sumber Dana": "APBD",
            "Kode Subkegiatan": "2.16.02.2.01.0099",
            "Pagu (Rp)": 1_400_000_000,
        },
    ],
    "Dukungan": [
        {"Kode Program": "P-01", "Kode Aksi": "A-01", "Perangkat Daerah": "bappeda", "Peran": "Perencanaan"},
    ],
    "Quick Win": [
        {
            "Kode Program": "P-01",
            "Kode Aksi": "A-01",
            "Cerita": "Anak sekolah belajar di balai RW.",
            "Manfaat": "Belajar",
        },
    ],
    "Risiko": [
        {
            "Kode Program": "P-01",
            "Kode Aksi": "A-01",
            "Nomor": 1,
            "Risiko": "Sepi pemakai",
            "Mitigasi": "Sosialisasi",
        },
    ],
}


def headings(sheet: Any) -> dict[str, int]:
    return {cell.value.replace("*", "").strip(): cell.column for cell in sheet[1] if cell.value}


def fill(book: Any, filled: dict[str, list[dict[str, Any]]] = FILLED) -> Any:
    """Write rows under the headings of a template, as a person would."""
    for title, rows in filled.items():
        sheet = book[title]
        places = headings(sheet)
        for number, row in enumerate(rows, 2):
            for heading, value in row.items():
                sheet.cell(number, places[heading], value)
    return book


def as_stream(book: Any) -> io.BytesIO:
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    return out


def template(actor: Actor) -> Any:
    return openpyxl.load_workbook(io.BytesIO(workbook.template(actor)))


def counts() -> list[int]:
    return [model.objects.count() for model in (*WRITTEN, JournalEntry)]


@pytest.fixture
def plan(cast: Cast, malang: tenancy.Scope) -> Masterplan:
    """A draft of Kota Malang's masterplan, still without programmes."""
    return Masterplan.objects.create(
        region_code=MALANG, title="Rencana Induk", year_from=2020, year_to=2025, legal_basis="Perwal 43/2020"
    )


@pytest.fixture
def rini(cast: Cast) -> Actor:
    return cast.rini.actor


def test_a_filled_template_comes_in_with_everything_in_its_place(plan: Masterplan, rini: Actor) -> None:
    stream = as_stream(fill(template(rini)))
    dry_run = workbook.read(stream, rini)
    assert [str(fault) for fault in dry_run.faults] == []
    assert dry_run.sheets["Aksi"] == workbook.Count(create=2, change=0, unchanged=0)
    assert counts() == [0] * len(counts()), "reading writes nothing"
    stream.seek(0)
    workbook.apply(stream, rini, dry_run.token)
    action = Action.objects.get(code="A-01")
    assert action.owner and action.owner.code == "diskominfo"
    assert (action.baseline, action.weight, action.starts_on) == (100, Decimal("2.5"), date(2024, 1, 1))
    shares = {share.dimension: Fraction(share.numerator, share.denominator) for share in action.shares.all()}
    assert shares == {"society": Fraction(1, 2), "living": Fraction(1, 2)}
    assert action.shares.get(dimension="society").sub_dimension == "society.community"
    assert Action.objects.get(code="A-02").owner.code == "dinkes", "an office may be named in full"  # type: ignore[union-attr]
    assert action.quick_win.risks == [{"risk": "Sepi pemakai", "mitigation": "Sosialisasi"}]
    assert Fund.objects.get().budget == 1_400_000_000
    lines = JournalEntry.objects.filter(actor_id_text=rini.id)
    assert lines.count() == 10
    assert {line.facts["file"] for line in lines} == {dry_run.file_hash}


def brought_in(rini: Actor) -> io.BytesIO:
    stream = as_stream(fill(template(rini)))
    workbook.apply(stream, rini, workbook.read(stream, rini).token if not stream.seek(0) else "")
    return stream


def apply(stream: io.BytesIO, actor: Actor) -> workbook.DryRun:
    stream.seek(0)
    dry_run = workbook.read(stream, actor)
    assert not dry_run.faults, [str(fault) for fault in dry_run.faults]
    stream.seek(0)
    return workbook.apply(stream, actor, dry_run.token)


def test_importing_the_same_file_twice_changes_nothing(plan: Masterplan, rini: Actor) -> None:
    stream = as_stream(fill(template(rini)))
    apply(stream, rini)
    before = counts()
    stream.seek(0)
    again = workbook.read(stream, rini)
    assert (again.creates, again.changed, again.unchanged) == (0, 0, 10)
    assert again.token == "" and again.warnings
    stream.seek(0)
    with pytest.raises(Conflict):
        workbook.apply(stream, rini, again.token)
    assert counts() == before


def test_an_export_imported_again_changes_nothing(plan: Masterplan, rini: Actor) -> None:
    apply(as_stream(fill(template(rini))), rini)
    exported = workbook.export(rini)
    again = workbook.read(io.BytesIO(exported.content), rini)
    assert [str(fault) for fault in again.faults] == []
    assert (again.creates, again.changed, again.unchanged) == (0, 0, 10)


def test_only_what_differs_is_changed_and_the_journal_says_so(plan: Masterplan, rini: Actor) -> None:
    apply(as_stream(fill(template(rini))), rini)
    book = openpyxl.load_workbook(io.BytesIO(workbook.export(rini).content))
    places = headings(book["Aksi"])
    book["Aksi"].cell(2, places["Judul"], "WiFi gratis di setiap RW")
    book["Aksi"].cell(2, places["Smart Society"], "1")
    book["Aksi"].cell(2, places["Smart Living"]).value = None
    book["Target"].cell(3, headings(book["Target"])["Target"], 560)
    done = apply(as_stream(book), rini)
    assert (done.creates, done.changed) == (0, 2)
    action = Action.objects.get(code="A-01")
    assert (action.title, action.version) == ("WiFi gratis di setiap RW", 2)
    assert [share.dimension for share in action.shares.all()] == ["society"]
    assert Target.objects.get(action=action, year=2025).value == 560
    line = JournalEntry.objects.get(verb="action.edit")
    assert line.facts["title"] == ["WiFi di setiap RW", "WiFi gratis di setiap RW"]


def test_another_file_than_the_confirmed_one_is_not_written(plan: Masterplan, rini: Actor) -> None:
    token = workbook.read(as_stream(fill(template(rini))), rini).token
    other = fill(template(rini))
    other["Program"]["B2"] = "Judul lain"
    with pytest.raises(Conflict, match="bukan yang Anda setujui"):
        workbook.apply(as_stream(other), rini, token)
    assert Programme.objects.count() == 0


def test_a_plan_that_changed_in_between_is_read_again_first(plan: Masterplan, rini: Actor) -> None:
    stream = as_stream(fill(template(rini)))
    token = workbook.read(stream, rini).token
    Programme.objects.create(masterplan=plan, code="P-01", title="Ditulis orang lain")
    stream.seek(0)
    with pytest.raises(Conflict, match="berubah sejak"):
        workbook.apply(stream, rini, token)
    assert Action.objects.count() == 0


def test_an_adopted_plan_takes_money_but_no_new_actions(plan: Masterplan, rini: Actor) -> None:
    apply(as_stream(fill(template(rini))), rini)
    Masterplan.objects.update(status=Masterplan.Status.ADOPTED)
    book = openpyxl.load_workbook(io.BytesIO(workbook.export(rini).content))
    book["Pendanaan"].cell(2, headings(book["Pendanaan"])["Realisasi (Rp)"], 700_000_000)
    apply(as_stream(book), rini)
    assert Fund.objects.get().spent == 700_000_000
    book["Aksi"].cell(3, headings(book["Aksi"])["Judul"], "Judul baru")
    dry_run = workbook.read(as_stream(book), rini)
    assert [fault.place for fault in dry_run.faults] == ["Lembar 'Aksi', baris 3"]


def test_a_code_of_an_unknown_edition_is_taken_with_a_warning(plan: Masterplan, rini: Actor) -> None:
    dry_run = workbook.read(as_stream(fill(template(rini))), rini)
    assert [word for word in dry_run.warnings if "2.16.02.2.01.0099" in word and "baris 2" in word]


def test_a_file_made_for_another_region_is_refused(plan: Masterplan, rini: Actor) -> None:
    book = fill(template(rini))
    book["Petunjuk"]["B2"] = "35.07"
    dry_run = workbook.read(as_stream(book), rini)
    assert "35.07" in str(dry_run.faults[0])


def test_agus_exports_only_actions_of_his_office_and_joko_none(
    plan: Masterplan, cast: Cast, rini: Actor
) -> None:
    apply(as_stream(fill(template(rini))), rini)
    Masterplan.objects.update(status=Masterplan.Status.ADOPTED)
    book = openpyxl.load_workbook(io.BytesIO(workbook.export(cast.agus.actor).content))
    assert [row[1] for row in book["Aksi"].iter_rows(min_row=2, values_only=True)] == ["A-02"]
    for title in ("Pendanaan", "Quick Win", "Risiko", "Dukungan"):
        assert list(book[title].iter_rows(min_row=2, values_only=True)) == [], title
    with tenancy.scope("35.07"), pytest.raises(NotFound):
        workbook.export(cast.joko.actor)


def test_nobody_but_the_programme_office_imports(plan: Masterplan, cast: Cast, rini: Actor) -> None:
    stream = as_stream(fill(template(rini)))
    for person in (cast.budi, cast.wati, cast.agus, cast.sari):
        stream.seek(0)
        with pytest.raises((Forbidden, NotFound)):
            workbook.read(stream, person.actor)


def test_exports_run_nothing_when_they_are_opened(plan: Masterplan, rini: Actor) -> None:
    for at, start in enumerate(("=1+1", "+1", "-1", "@SUM(1)", "\t=1", "＝1", "|calc")):
        Programme.objects.create(masterplan=plan, code=f"P-{at}", title=f"{start} cmd")
    lines = workbook.export(rini, "program", "csv").content.decode("utf-8-sig").splitlines()
    assert all(",'" in line or ",\"'" in line for line in lines[1:])
    book = openpyxl.load_workbook(io.BytesIO(workbook.export(rini).content))
    cells = [row[1] for row in book["Program"].iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    again = workbook.read(io.BytesIO(workbook.export(rini).content), rini)
    assert (again.changed, again.faults) == (0, ())


def test_every_table_can_be_exported_in_both_forms(plan: Masterplan, rini: Actor) -> None:
    apply(as_stream(fill(template(rini))), rini)
    for what in workbook.TABLES:
        assert workbook.export(rini, what).content[:2] == b"PK"
        if what != workbook.WHOLE:
            lines = workbook.export(rini, what, "csv").content.decode("utf-8-sig").splitlines()
            assert lines[0].count(",") >= 4
    with pytest.raises(NotFound):
        workbook.export(rini, "rahasia")


def test_illustrations_stay_marked_in_every_table(plan: Masterplan, rini: Actor) -> None:
    apply(as_stream(fill(template(rini))), rini)
    Action.objects.update(origin="illustration")
    for what in ("aksi", "target", "pendanaan", "dukungan", "quick-win", "risiko"):
        text = workbook.export(rini, what, "csv").content.decode("utf-8-sig")
        assert all("bukan data resmi" in line for line in text.splitlines()[1:]), what


def test_the_template_offers_lists_and_notes(plan: Masterplan, rini: Actor) -> None:
    book = template(rini)
    sheet = book["Aksi"]
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].comment is not None
    lists = [rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    assert "daftar_perangkat" in str(lists) and "daftar_kelompok" in str(lists)
    assert book["Daftar"].sheet_state == "hidden"
    assert layout.LAST_ROW > 1000


def test_a_file_with_faults_cannot_be_applied_whatever_the_token(plan: Masterplan, rini: Actor) -> None:
    book = fill(template(rini))
    book["Target"]["C2"] = "dua ribu"
    stream = as_stream(book)
    with pytest.raises(Invalid) as refused:
        workbook.apply(stream, rini, "apa saja")
    assert "Lembar 'Target', baris 2, kolom C" in str(refused.value)
    assert Programme.objects.count() == 0
