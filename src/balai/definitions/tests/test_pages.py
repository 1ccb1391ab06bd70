"""The pages of the tables: who may, what they say, what they cause."""

from collections.abc import Callable, Mapping
from uuid import uuid4

import pytest
from django.contrib.messages.storage.base import BaseStorage
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import include, path
from pytest_django.fixtures import Settings

from balai.base import tenancy
from balai.base.access import SignInFirst
from balai.base.actor import Actor
from balai.base.errors import Conflict, Forbidden, NotFound
from balai.definitions import pages
from balai.definitions.models import TableAmendment
from balai.definitions.tests.conftest import Write, person

urlpatterns = [
    path("tabel/", include("balai.definitions.urls")),
    path("akun/", include("allauth.urls")),
]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

FORM = {
    "key": "report",
    "valid_from": "2026-01-01",
    "valid_to": "",
    "cell_stale_after_days": "60",
    "source": "SE Sekda 1/2026",
    "reason": "Laporan bulanan",
}


class Told(BaseStorage):
    """Messages kept for the test to read."""

    def _get(self, *args: object, **kwargs: object) -> tuple[list[object], bool]:
        return [], True

    def _store(self, messages: object, response: object, *args: object, **kwargs: object) -> list[object]:
        return []


@pytest.fixture(autouse=True)
def plain_assets(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages are drawn here without built styles."""
    monkeypatch.setattr("balai.base.look.asset", lambda name: f"/{name}")
    monkeypatch.setattr("balai.base.templatetags.balai.look.asset", lambda name: f"/{name}")


type View = Callable[..., HttpResponse]


def ask(view: View, actor: Actor, data: Mapping[str, str] | None = None, **where: object) -> HttpResponse:
    requests = RequestFactory()
    request: HttpRequest = requests.get("/") if data is None else requests.post("/", data)
    request.actor = actor  # type: ignore[attr-defined]
    request._messages = Told(request)  # type: ignore[attr-defined]
    with tenancy.scope(actor.tenant):
        return view(request, **where)


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def propose(actor: Actor, **changed: str) -> HttpResponse:
    return ask(pages.propose, actor, {**FORM, **changed}, code="freshness")


def test_a_proposal_goes_from_the_form_through_the_queue_into_force(rini: Actor, wati: Actor) -> None:
    assert propose(rini).status_code == 302
    with tenancy.scope("35.73"):
        proposed = TableAmendment.objects.get()
    waiting = text(ask(pages.queue, wati))
    assert "1 usulan menunggu" in waiting and "SE Sekda 1/2026" in waiting and "Rini" in waiting
    assert ask(pages.approve, wati, {}, id=proposed.pk).status_code == 302
    shown = text(ask(pages.one_table, rini, code="freshness"))
    assert "berlaku hari ini" in shown and "disetujui" in shown and "Wati" in shown
    assert "Tidak ada usulan" in text(ask(pages.queue, wati))


@pytest.mark.parametrize(
    ("changed", "in_words"),
    [
        ({"cell_stale_after_days": "banyak"}, "bilangan bulat"),
        ({"cell_stale_after_days": ""}, "field-error"),
        ({"valid_from": "kemarin"}, "field-error"),
        ({"valid_to": "2025-01-01"}, "mendahului"),
        ({"key": "x"}, "field-error"),
        ({"source": ""}, "field-error"),
    ],
)
def test_a_fault_stands_beside_its_field_and_nothing_typed_is_lost(
    rini: Actor, changed: dict[str, str], in_words: str
) -> None:
    answer = propose(rini, **changed)
    assert answer.status_code == 422
    assert in_words in text(answer) and "Ada yang perlu diperbaiki" in text(answer)
    assert "Laporan bulanan" in text(answer)
    with tenancy.scope("35.73"):
        assert not TableAmendment.objects.exists()


def test_every_table_has_a_page_and_a_form_where_it_may_be_amended(rini: Actor) -> None:
    listed = text(ask(pages.tables, rini))
    for code in ("freshness", "holidays", "realisation_rule", "reminders", "reporting_periods"):
        assert f"/tabel/{code}/" in listed
        assert ask(pages.one_table, rini, code=code).status_code == 200
    for code in ("holidays", "reminders", "reporting_periods"):
        assert ask(pages.propose, rini, code=code).status_code == 200
    with pytest.raises(NotFound, match="sama bagi semua daerah"):
        ask(pages.propose, rini, code="realisation_rule")
    with pytest.raises(NotFound):
        ask(pages.one_table, rini, code="tarif")


def test_the_holidays_show_their_kind_in_words_and_the_estimated_days(rini: Actor) -> None:
    shown = text(ask(pages.one_table, rini, code="holidays"))
    assert "cuti bersama" in shown and "(perkiraan)" in shown and "dua kali" in shown


def test_money_and_decimals_are_typed_as_people_write_them(shipped: Write, rini: Actor) -> None:
    shipped(
        "tables/levy.yaml",
        """
code: levy
title: {id: Retribusi, en: Levy}
about: {id: Tarif lapak, en: Stall tariff}
source: Perda
confidence: inferred
columns:
  - {name: tariff, title: {id: Tarif, en: Tariff}, type: rupiah}
  - {name: factor, title: {id: Faktor, en: Factor}, type: decimal, optional: true}
  - {name: is_daily, title: {id: Harian, en: Daily}, type: boolean}
  - {name: since, title: {id: Sejak, en: Since}, type: date, optional: true}
rows: []
""",
    )
    common = {name: FORM[name] for name in ("valid_from", "valid_to", "source", "reason")}
    cells = {"cell_tariff": "Rp1,5 juta", "cell_factor": "0,25", "cell_is_daily": "true", "cell_since": ""}
    assert ask(pages.propose, rini, {**common, **cells}, code="levy").status_code == 302
    with tenancy.scope("35.73"):
        assert TableAmendment.objects.get().values == {
            "tariff": "1500000",
            "factor": "0.25",
            "is_daily": "true",
        }
    wrong = ask(pages.propose, rini, {**common, **cells, "cell_tariff": "1,500"}, code="levy")
    assert wrong.status_code == 422
    assert "belum punya baris" in text(ask(pages.one_table, rini, code="levy"))


def test_the_loaded_definitions_are_shown_with_hash_and_layer(own: Write, agus: Actor) -> None:
    own("tables/tariff.yaml", "code: 1\n")
    shown = text(ask(pages.loaded, agus))
    assert "taxonomies/axes/national.yaml" in shown and "bawaan" in shown
    assert "tables/tariff.yaml baris 1" in shown


def test_agus_reads_without_names_to_decide_on_and_may_not_propose(rini: Actor, agus: Actor) -> None:
    propose(rini)
    shown = text(ask(pages.one_table, agus, code="freshness"))
    assert "SE Sekda" not in shown and "Usulkan baris" not in shown
    for view in (pages.propose, pages.queue):
        with pytest.raises(Forbidden):
            ask(view, agus, **({"code": "freshness"} if view is pages.propose else {}))


def test_joko_sees_and_decides_nothing_of_kota_malang(rini: Actor, joko: Actor) -> None:
    propose(rini)
    with tenancy.scope("35.73"):
        key = TableAmendment.objects.get().pk
    assert "SE Sekda" not in text(ask(pages.one_table, joko, code="freshness"))
    assert "Tidak ada usulan" in text(ask(pages.queue, joko))
    for view in (pages.approve, pages.refuse, pages.withdraw):
        with pytest.raises(NotFound):
            ask(view, joko, {"reason": "x"}, id=key)


def test_a_visitor_reads_what_is_in_force_without_the_names_of_officers(rini: Actor, wati: Actor) -> None:
    propose(rini)
    with tenancy.scope("35.73"):
        key = TableAmendment.objects.get().pk
    ask(pages.approve, wati, {}, id=key)
    shown = text(
        ask(pages.one_table, Actor("", "", "35.73", {"plan.read": wati.verbs["plan.read"]}), code="freshness")
    )
    assert "SE Sekda 1/2026" in shown and "Rini" not in shown and "Wati" not in shown
    with pytest.raises(SignInFirst):
        ask(pages.tables, Actor("", "", "35.73"))


def test_refusing_and_taking_back_are_told_in_the_history(rini: Actor, wati: Actor) -> None:
    propose(rini)
    propose(rini, valid_from="2027-01-01")
    with tenancy.scope("35.73"):
        later, earlier = TableAmendment.objects.order_by("-valid_from")
    ask(pages.refuse, wati, {"reason": "Belum ada suratnya"}, id=earlier.pk)
    ask(pages.withdraw, rini, {}, id=later.pk)
    shown = text(ask(pages.one_table, rini, code="freshness"))
    assert "ditolak" in shown and "Belum ada suratnya" in shown and "ditarik" in shown
    with pytest.raises(Conflict):
        ask(pages.approve, wati, {}, id=later.pk)
    with pytest.raises(NotFound):
        ask(pages.approve, wati, {}, id=uuid4())


def test_the_own_proposal_has_no_button_to_approve_it(wati: Actor) -> None:
    propose(wati)
    shown = text(ask(pages.queue, wati))
    assert "oleh orang lain" in shown and "/setujui/" not in shown
    other = person("Eka", "35.73", "tables.approve")
    assert "/setujui/" in text(ask(pages.queue, other))
