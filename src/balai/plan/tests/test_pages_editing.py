"""Writing the plan in a browser without scripts: masterplan, programmes, actions, money, figures."""

import io
import re
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.cast import MALANG, Cast, someone, visitor_at

from balai.base import tenancy
from balai.people.models import Partner
from balai.plan import changes
from balai.plan.models import (
    Action,
    Body,
    Book,
    Fund,
    Masterplan,
    Meeting,
    PlanningPeriod,
    Programme,
    PublishedFigure,
    QuickWin,
    SharedPart,
)
from balai.plan.tests.town import NOW, Town, found

TOKEN = re.compile(r'name="token" value="(\w+)"')

PLAN = {
    "title": "Rencana Induk Kota Cerdas",
    "year_from": "2024",
    "year_to": "2028",
    "legal_basis": "Perwal 1/2024",
    "axis_set": "national",
    "origin": "record",
}
ACTION = {
    "code": "A7",
    "title": "Taman pintar",
    "family": "infrastructure",
    "indicator": "jumlah taman",
    "unit": "taman",
    "direction": "up",
    "weight": "1,5",
    "share_branding": "1/2",
    "share_economy": "50%",
    "target_2025": "10",
    "planned_2026": "on",
    "origin": "record",
    "supports-count": "1",
}


@pytest.fixture(autouse=True)
def spring(settings, tmp_path):
    settings.DATA = tmp_path
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def town(cast: Cast, malang) -> Town:
    return found(cast)


@pytest.fixture
def rini(town: Town) -> Client:
    return town.cast.rini.client


def pdf(name: str = "buku.pdf") -> io.BytesIO:
    begin = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
    tail = b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R /Size 1 >>\nstartxref\n%d\n%%%%EOF\n"
    file = io.BytesIO(begin + tail % len(begin))
    file.name = name
    return file


def test_the_first_masterplan_is_begun_adopted_and_begun_anew(cast: Cast, malang) -> None:
    client = cast.rini.client
    assert "Mulai dari draf" in client.get(reverse("plan-drafts")).content.decode()
    assert client.post(reverse("plan-draft-new"), PLAN | {"title": ""}).status_code == 422
    assert client.post(reverse("plan-draft-new"), PLAN).status_code == 302
    plan = Masterplan.objects.get()
    assert (plan.region_code, plan.status) == (MALANG, "draft")
    assert (
        client.post(reverse("plan-draft-edit", args=[plan.pk]), PLAN | {"vision": "Cerdas"}).status_code
        == 302
    )
    assert client.post(
        reverse("plan-programme-new", args=[plan.pk]), {"code": "P1", "title": "Digital", "origin": "record"}
    )
    programme = Programme.objects.get()
    adopt = reverse("plan-adopt", args=[plan.pk])
    answer = client.post(adopt, {"on": "2026-04-20"})
    assert answer.status_code == 422 and "belum punya rencana aksi" in answer.content.decode()
    assert client.post(reverse("plan-action-new", args=[programme.pk]), ACTION).status_code == 302
    assert "terkunci" in client.get(adopt).content.decode()
    assert client.post(adopt, {"on": "2026-04-21"}).status_code == 422  # tomorrow
    assert client.post(adopt, {"on": "2026-04-20"}).status_code == 302
    assert client.get(reverse("plan-draft-edit", args=[plan.pk])).status_code == 423
    for _click in range(2):
        client.post(reverse("plan-new-version", args=[plan.pk]), {"token": "a"})
    assert [row.version for row in Masterplan.objects.order_by("version")] == [1, 2]


def test_an_action_keeps_fractions_targets_and_what_is_measured_by_percent(town: Town, rini: Client) -> None:
    answer = rini.post(reverse("plan-action-new", args=[town.programme.pk]), ACTION)
    action = Action.objects.get()
    assert answer.url == reverse("plan-funds", args=[action.pk])
    assert {(s.dimension, s.numerator, s.denominator) for s in action.shares.all()} == {
        ("branding", 1, 2),
        ("economy", 1, 2),
    }
    assert {t.year: t.value for t in action.targets.all()} == {2025: Decimal(10), 2026: None}
    assert action.weight == Decimal("1.5")
    page = rini.get(reverse("plan-action-edit", args=[action.pk])).content.decode()
    assert 'value="1/2"' in page and 'value="1,5"' in page and 'value="10"' in page


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"share_economy": "1/3"}, "Bagian semua dimensi berjumlah 5/6"),
        ({"share_economy": "setengah"}, "“setengah” bukan bagian"),
        ({"weight": "0"}, "Bobot ini di luar batas"),
        ({"latitude": "-7,98"}, "Letak hanya diisi separuh"),
        ({"target_2025": "sepuluh"}, "“sepuluh” bukan angka"),
        ({"starts_on": "2026-02-01", "ends_on": "2026-01-01"}, "Selesai mendahului mulai"),
    ],
)
def test_a_faulty_action_says_what_would_be_right(town: Town, rini: Client, changed, words) -> None:
    answer = rini.post(reverse("plan-action-new", args=[town.programme.pk]), ACTION | changed)
    assert answer.status_code == 422
    assert words in answer.content.decode() and 'value="Taman pintar"' in answer.content.decode()
    assert not Action.objects.exists()


def test_more_rows_are_added_without_scripts_and_nothing_typed_is_lost(town: Town, rini: Client) -> None:
    said = ACTION | {"supports-0-role": "penyelenggara", "add_row": "supports", "weight": "banyak"}
    answer = rini.post(reverse("plan-action-new", args=[town.programme.pk]), said)
    page = answer.content.decode()
    assert answer.status_code == 200 and 'name="supports-count" value="3"' in page
    assert 'value="penyelenggara"' in page and 'value="banyak"' in page and "bukan angka" not in page
    assert not Action.objects.exists()


def test_helpers_are_offices_and_partners(town: Town, rini: Client) -> None:
    partner = Partner.objects.create(name="Universitas Brawijaya", helix="academia")
    said = ACTION | {
        "supports-count": "3",
        "supports-0-who": f"office:{town.cast.health.pk}",
        "supports-0-role": "data",
        "supports-2-who": f"partner:{partner.pk}",
    }
    assert rini.post(reverse("plan-action-new", args=[town.programme.pk]), said).status_code == 302
    assert {(row.office_id, row.partner_id) for row in Action.objects.get().supports.all()} == {
        (town.cast.health.pk, None),
        (None, partner.pk),
    }


def test_a_role_without_somebody_is_a_fault_of_its_row(town: Town, rini: Client) -> None:
    said = ACTION | {"supports-0-role": "data"}
    answer = rini.post(reverse("plan-action-new", args=[town.programme.pk]), said)
    assert answer.status_code == 422 and "Pilih siapa yang berperan itu" in answer.content.decode()


def test_two_who_edit_the_same_action_see_the_difference(town: Town, rini: Client) -> None:
    action = town.action("A7")
    url = reverse("plan-action-edit", args=[action.pk])
    assert rini.post(url, ACTION | {"version": action.version, "title": "Judul kedua"}).status_code == 302
    answer = rini.post(url, ACTION | {"version": action.version, "title": "Judul ketiga"})
    page = answer.content.decode()
    assert answer.status_code == 409 and "Judul kedua" in page and 'value="Judul ketiga"' in page
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    assert rini.post(url, ACTION | {"version": version, "title": "Judul ketiga"}).status_code == 302
    assert Action.objects.get().title == "Judul ketiga"


def test_an_action_is_removed_from_a_draft(town: Town, rini: Client) -> None:
    action = town.action()
    assert rini.post(reverse("plan-action-remove", args=[action.pk])).status_code == 302
    assert not Action.objects.exists()
    assert rini.post(reverse("plan-programme-remove", args=[town.programme.pk])).status_code == 302
    assert not Programme.objects.exists()


def test_a_quick_win_tells_its_elements_and_risks(town: Town, rini: Client) -> None:
    action = town.action(is_quick_win=True)
    url = reverse("plan-quick-win-edit", args=[action.pk])
    said = {
        "story": "Taman yang menjawab.",
        "element_benefit": "Warga senang.",
        "risks-count": "2",
        "risks-0-risk": "Rusak",
        "risks-0-mitigation": "Dirawat",
    }
    more = rini.post(url, said | {"add_row": "risks"}).content.decode()
    assert 'name="risks-count" value="4"' in more and "Warga senang." in more and 'value="Dirawat"' in more
    assert rini.post(url, said).status_code == 302
    told = QuickWin.objects.get()
    assert (told.elements, told.risks) == (
        {"benefit": "Warga senang."},
        [{"risk": "Rusak", "mitigation": "Dirawat"}],
    )
    assert rini.get(reverse("plan-quick-win-edit", args=[town.action("A2").pk])).status_code == 404


def test_money_is_written_by_line_with_a_warning_for_an_unknown_code(town: Town, rini: Client) -> None:
    action = town.action()
    url = reverse("plan-funds", args=[action.pk])
    said = {"year": "2026", "source": "apbd", "code": "9.99.99.2.99.0099", "budget": "1,5 miliar"}
    page = rini.post(url, said, follow=True).content.decode()
    assert "edisi tidak dikenal" in page and "Rp1.500.000.000" in page and "note-waiting" in page
    fund = Fund.objects.get()
    assert (fund.budget, fund.edition, fund.spent) == (1_500_000_000, "", None)
    edit = reverse("plan-fund-edit", args=[fund.pk])
    assert 'value="1.500.000.000"' in rini.get(edit).content.decode()
    assert (
        rini.post(edit, said | {"budget": "2000", "source": "csr"}).status_code == 422
    )  # a code is for APBD
    assert rini.post(edit, said | {"budget": "2.000", "code": ""}).status_code == 302
    assert rini.post(reverse("plan-fund-remove", args=[fund.pk])).status_code == 302
    assert not Fund.objects.exists()


def test_an_office_records_what_it_spent_and_nothing_else(town: Town) -> None:
    action = town.action()
    fund = changes.add_fund(town.rini, action.pk, changes.FundDraft(2026, "apbd", 1_000)).fund
    town.adopt()
    url = reverse("plan-fund-spend", args=[fund.pk])
    answer = town.cast.budi.client.post(url, {"spent": "1.200"}, follow=True)
    assert "Realisasi melebihi pagu" in answer.content.decode()
    fund.refresh_from_db()
    assert fund.spent == 1_200
    funds = reverse("plan-funds", args=[action.pk])
    assert town.cast.budi.client.post(funds, {"year": "2026"}).status_code == 403
    assert town.cast.agus.client.get(funds).status_code == 403
    assert town.cast.agus.client.post(url, {"spent": "1"}).status_code == 403
    assert town.cast.joko.client.get(funds).status_code == 404
    assert town.cast.joko.client.post(url, {"spent": "1"}).status_code == 404


def test_a_pledge_is_promised_and_its_silence_is_not_zero(town: Town, rini: Client) -> None:
    action = town.action()
    town.adopt()
    bank = Partner.objects.create(name="Bank Jatim", helix="bank")
    said = {"action": action.pk, "partner": bank.pk, "source": "csr", "year": "2026", "budget": "100 juta"}
    page = rini.post(reverse("plan-pledge-new"), said, follow=True).content.decode()
    assert "Bank Jatim" in page and "1 janji belum ada kabarnya" in page and "belum ada kabar<" in page


def test_books_periods_bodies_and_meetings(town: Town, rini: Client) -> None:
    key = town.plan.pk
    book = reverse("plan-book-new", args=[key])
    kind = re.search(r'<option value="([\w-]+)">', rini.get(book).content.decode())[1]
    both = rini.post(book, {"kind": kind, "title": "Buku I"})
    assert both.status_code == 422 and "berkas atau tautan" in both.content.decode()
    assert (
        rini.post(book, {"kind": kind, "title": "Buku I", "link": "https://malangkota.go.id/a"}).status_code
        == 302
    )
    rini.post(
        reverse("plan-era-new", args=[key]),
        {"document": "RPJMD", "title": "R", "year_from": 2024, "year_to": 2028},
    )
    rini.post(reverse("plan-body", args=[key, "council"]), {"chair": "Wali Kota", "members": "a\nb"})
    council = Body.objects.get()
    meeting = reverse("plan-meeting", args=[key, council.pk])
    assert rini.post(meeting, {"held_on": "2026-04-21"}).status_code == 422
    assert (
        rini.post(meeting, {"held_on": "2026-04-19", "decisions": "Lanjut.", "attendees": "12"}).status_code
        == 302
    )
    page = rini.get(reverse("plan-draft", args=[key])).content.decode()
    for words in ("Buku I", "RPJMD 2024–2028", "Wali Kota", "Lanjut.", "12 peserta"):
        assert words in page, words
    one, era = Book.objects.get(), PlanningPeriod.objects.get()
    assert rini.post(reverse("plan-book-remove", args=[key, one.pk])).status_code == 302
    assert rini.post(reverse("plan-era-remove", args=[key, era.pk])).status_code == 302
    assert not Book.objects.exists() and not PlanningPeriod.objects.exists() and Meeting.objects.count() == 1
    assert rini.get(reverse("plan-body", args=[key, "parliament"])).status_code == 404


def test_a_wrong_file_is_said_beside_the_field(town: Town, rini: Client) -> None:
    script = io.BytesIO(b"MZ\x90\x00")
    script.name = "buku.pdf"
    page = rini.get(reverse("plan-book-new", args=[town.plan.pk])).content.decode()
    kind = re.search(r'<option value="([\w-]+)">', page)[1]
    answer = rini.post(
        reverse("plan-book-new", args=[town.plan.pk]), {"kind": kind, "title": "B", "file": script}
    )
    assert answer.status_code == 422 and 'id="id_file_fault"' in answer.content.decode()


def test_the_programme_list_is_searched_and_says_so_when_nothing_fits(town: Town, rini: Client) -> None:
    town.action("A1", title="Taman pintar")
    town.action("A2", title="Parkir daring")
    url = reverse("plan-programmes", args=[town.plan.pk])
    page = rini.get(url, {"q": "parkir"}).content.decode()
    assert "Parkir daring" in page and "Taman pintar" not in page
    assert "Tidak ada yang cocok" in rini.get(url, {"q": "zzz"}).content.decode()


def test_the_programme_list_asks_the_database_as_often_for_many_rows_as_for_few(
    town: Town, rini: Client
) -> None:
    url = reverse("plan-programmes", args=[town.plan.pk])
    town.action("A1")
    rini.get(url)
    with CaptureQueriesContext(connection) as few:
        rini.get(url)
    for n in range(2, 15):
        town.action(f"A{n}")
    with CaptureQueriesContext(connection) as many:
        rini.get(url)
    assert len(many) == len(few)


def test_writing_the_plan_is_closed_to_others(town: Town) -> None:
    action = town.action(is_quick_win=True)
    plan, programme = town.plan.pk, town.programme.pk
    pages = [
        reverse("plan-drafts"),
        reverse("plan-draft-new"),
        *(
            reverse(name, args=[plan])
            for name in ("plan-draft", "plan-draft-edit", "plan-adopt", "plan-book-new")
        ),
        *(reverse(name, args=[plan]) for name in ("plan-era-new", "plan-programmes", "plan-programme-new")),
        reverse("plan-body", args=[plan, "council"]),
        *(reverse(name, args=[programme]) for name in ("plan-programme-edit", "plan-action-new")),
        *(reverse(name, args=[action.pk]) for name in ("plan-action-edit", "plan-quick-win-edit")),
        reverse("plan-pledges"),
        reverse("plan-pledge-new"),
        reverse("plan-shared"),
        reverse("plan-figures"),
        reverse("plan-figure-new"),
    ]
    for page in pages:
        for other in (town.cast.budi, town.cast.agus, town.cast.joko):
            assert other.client.get(page).status_code == 403, (other.account.name, page)
        answer = visitor_at(MALANG).get(page)
        assert answer.status_code == 302 and reverse("account_login") in answer.url, page


def test_the_programme_office_of_another_region_finds_nothing_of_malang(town: Town) -> None:
    action = town.action()
    planner = someone("Ratna", "35.07", "programme_office").client
    for name, key in (
        ("plan-draft", town.plan.pk),
        ("plan-programmes", town.plan.pk),
        ("plan-programme-edit", town.programme.pk),
        ("plan-action-edit", action.pk),
        ("plan-funds", action.pk),
    ):
        assert planner.get(reverse(name, args=[key])).status_code == 404, name
    assert planner.post(reverse("plan-action-remove", args=[action.pk])).status_code == 404
    assert Action.objects.filter(pk=action.pk).exists()


def test_a_published_figure_is_written_down_with_its_source(cast: Cast, malang) -> None:
    steward = someone("Bagus", MALANG, "steward").client
    url = reverse("plan-figure-new")
    said = {"subject": "realisation", "title": "Realisasi 2023", "year": "2023", "unit": "percent"}
    said |= {"source": "Laporan 2023", "confidence": "verified"}
    answer = steward.post(url, said)
    assert answer.status_code == 422 and "Tidak ada angka" in answer.content.decode()
    assert steward.post(url, said | {"value": "96,2"}).status_code == 302
    figure = PublishedFigure.objects.get()
    assert figure.value == Decimal("96.2")
    assert "96,2" in steward.get(reverse("plan-figures")).content.decode()
    assert steward.post(url, said | {"value": "96,2"}).status_code == 409
    assert steward.post(reverse("plan-figure-remove", args=[figure.pk])).status_code == 302
    assert not PublishedFigure.objects.exists()


def test_each_region_writes_its_own_part_of_a_shared_programme(cast: Cast) -> None:
    nation = cast.putu.client
    said = {"code": "MR", "title": "Malang Raya", "origin": "record"}
    assert nation.post(reverse("plan-shared-new"), said).status_code == 302
    with tenancy.scope("00"):
        programme = Programme.objects.get()
    rini = cast.rini.client
    assert "Malang Raya" in rini.get(reverse("plan-shared")).content.decode()
    part = reverse("plan-shared-part", args=[programme.pk])
    assert rini.post(part, {"part": "Angkutan bersama"}).status_code == 302
    assert "Angkutan bersama" in rini.get(reverse("plan-shared")).content.decode()
    assert rini.post(reverse("plan-shared-new"), said).status_code == 403
    with tenancy.scope(MALANG):
        assert SharedPart.objects.get().part == "Angkutan bersama"


def test_a_book_of_a_draft_is_for_its_writers_and_of_an_adopted_plan_for_all(
    town: Town, rini: Client
) -> None:
    town.action()
    page = rini.get(reverse("plan-book-new", args=[town.plan.pk])).content.decode()
    kind = re.search(r'<option value="([\w-]+)">', page)[1]
    rini.post(reverse("plan-book-new", args=[town.plan.pk]), {"kind": kind, "title": "Buku I", "file": pdf()})
    url = reverse("plan-book", args=[Book.objects.get().pk])
    visitor = visitor_at(MALANG)
    assert visitor.get(url).status_code == 404
    assert town.cast.joko.client.get(url).status_code == 404
    town.adopt()
    answer = visitor.get(url)
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    answer.close()
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Security-Policy"] == "sandbox"
