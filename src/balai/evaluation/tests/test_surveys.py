"""Impact surveys: who may answer and how often, what is told of few, and the figure that comes of them."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client, override_settings
from openpyxl import load_workbook
from tests.cast import MALANG, REGENCY, Cast, visitor_at

from balai.base import tenancy
from balai.base.actor import system
from balai.base.errors import Conflict, Forbidden, Invalid, Locked, NotFound
from balai.base.jobs import QueuedJob
from balai.base.journal import JournalEntry
from balai.base.qr import qr_svg
from balai.evaluation import changes, reads, rules
from balai.evaluation.changes.survey_passes import deliver_letter
from balai.evaluation.models import Survey, SurveyAnswer, SurveyPass
from balai.evaluation.rules.survey import survey_result
from balai.plan.tests.town import found

WIB = ZoneInfo("Asia/Jakarta")
OPENS = datetime(2026, 5, 1, 8, 0, tzinfo=WIB)
NOW = datetime(2026, 5, 4, 9, 0, tzinfo=WIB)
CLOSES = datetime(2026, 5, 31, 23, 59, 59, tzinfo=WIB)
AFTER = datetime(2026, 6, 1, 0, 0, tzinfo=WIB)
DRAFT = changes.SurveyDraft(
    "layanan-daring", "Survei layanan daring", 2026, "impact-2023", "action:A1", OPENS, CLOSES, 50
)
TEXT = rules.survey_text("impact-2023").value
NINE = TEXT.asked(("governance",))
FROM = "203.0.113.7"


def said(value: int | str = 3, often: str = "several", **single: Any) -> dict[str, Any]:
    """Return answers of a user as the form keeps them, flat."""
    given = {question.field: str(value) for question in NINE} | {k: str(v) for k, v in single.items()}
    return {"uses": "yes", "how": "online", "often": often, **given}


def sections(flat: dict[str, Any]) -> dict[str, Any]:
    """Return them as the form takes them: each sub-dimension a section."""
    found: dict[str, Any] = {key: flat[key] for key in ("uses", "how", "often") if key in flat}
    for question in NINE:
        if question.field in flat:
            found.setdefault(question.part.replace(".", "_"), {})[question.field] = flat[question.field]
    return found


def posted(flat: dict[str, Any]) -> dict[str, str]:
    """Return them as a page sends them."""
    found = {key: flat[key] for key in ("uses", "how", "often") if key in flat}
    for question in NINE:
        if question.field in flat:
            found[f"{question.part.replace('.', '_')}.{question.field}"] = flat[question.field]
    return {"_step": "survey", "_go": "next", **found}


@dataclass
class Held:
    """A survey of Budi's office under way; visitors come to it."""

    cast: Cast
    row: Survey

    def codes(self, count: int = 1) -> tuple[str, ...]:
        return changes.print_codes(self.cast.budi.actor, self.row.code, count, NOW)[1]

    def ticket(self, at: datetime = NOW) -> str:
        return changes.use_code(self.cast.visitor, self.row.code, self.codes()[0], FROM, at)

    def answer(self, ticket: str, at: datetime = NOW, **changed: Any) -> bool:
        given = sections(said() | changed)
        return changes.answer_survey(self.cast.visitor, self.row.code, ticket, given, at)

    def fill(self, *answers: dict[str, Any]) -> None:
        """Let many answer at once."""
        SurveyAnswer.objects.bulk_create(SurveyAnswer(survey=self.row, said=each) for each in answers)


@pytest.fixture
def held(cast: Cast) -> Iterator[Held]:
    cache.clear()
    with tenancy.scope(MALANG):
        town = found(cast)
        town.action()
        town.adopt()
        yield Held(cast, changes.open_survey(cast.budi.actor, DRAFT, NOW))


# --- the definition -------------------------------------------------------------


def test_a_survey_has_six_dimensions_of_three_parts_of_three_questions_and_says_whose_words_they_are() -> (
    None
):
    assert (len(TEXT.dimensions), len({q.part for q in TEXT.questions}), len(TEXT.questions)) == (6, 18, 54)
    assert all(
        len([q for q in TEXT.questions if q.part == part]) == 3 for part in {q.part for q in TEXT.questions}
    )
    assert (TEXT.least_respondents, [step.value for step in TEXT.scale]) == (50, [0, 1, 2, 3, 4])
    asked = {each.key for each in rules.instrument("smartcity-2023-regular").value.questions}
    assert {question.key for question in TEXT.questions} <= asked
    assert "Balai" in TEXT.wording.by.id


# --- opening --------------------------------------------------------------------


def test_an_officer_opens_a_survey_for_an_action_of_the_plan_and_twice_is_once(held: Held) -> None:
    assert held.row.dimensions == ["governance"]
    assert changes.open_survey(held.cast.budi.actor, DRAFT, NOW).pk == held.row.pk
    with pytest.raises(Conflict):
        changes.open_survey(held.cast.budi.actor, replace(DRAFT, title="Lain"), NOW)
    entry = JournalEntry.objects.get(verb="survey.open")
    assert entry.facts["sha256"] == rules.survey_text("impact-2023").sha256


@pytest.mark.parametrize(
    ("what", "changed"),
    [
        ("fewer than fifty", {"target": 49}),
        ("ends before it begins", {"closes_at": OPENS}),
        ("is over already", {"opens_at": OPENS - timedelta(9), "closes_at": NOW - timedelta(1)}),
        ("never ends", {"closes_at": datetime.max.replace(tzinfo=UTC)}),
        ("began long ago", {"opens_at": datetime.min.replace(tzinfo=UTC)}),
        ("a dimension nobody knows", {"dimensions": ("mobility",)}),
        ("a code that is no address", {"code": "a/b"}),
    ],
)
def test_a_survey_that_makes_no_sense_is_not_opened(held: Held, what: str, changed: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        changes.open_survey(held.cast.budi.actor, replace(DRAFT, **{"code": "baru", **changed}), NOW)


def test_agus_opens_none_about_budis_action_and_joko_and_agus_see_none(held: Held) -> None:
    agus, joko, budi = held.cast.agus.actor, held.cast.joko.actor, held.cast.budi.actor
    with pytest.raises(NotFound):
        changes.open_survey(agus, replace(DRAFT, code="lain"), NOW)
    with pytest.raises(NotFound):
        changes.print_codes(agus, held.row.code, 5, NOW)
    with pytest.raises(Forbidden):
        changes.open_survey(held.cast.sari.actor, replace(DRAFT, code="lain"), NOW)
    assert list(reads.surveys_of(budi)) == [held.row]
    assert list(reads.surveys_of(held.cast.rini.actor)) == [held.row]
    assert list(reads.surveys_of(agus)) == []
    assert list(reads.surveys_of(joko)) == []
    with tenancy.scope(REGENCY):
        assert reads.announced(NOW) == ()
        with pytest.raises(NotFound):
            changes.use_code(held.cast.visitor, held.row.code, "ABCD-2345", FROM, NOW)


# --- one answer a person ----------------------------------------------------------


def test_a_printed_code_answers_once_and_the_same_form_twice_is_one_answer(held: Held) -> None:
    (code,) = held.codes()
    ticket = changes.use_code(held.cast.visitor, held.row.code, code.lower(), FROM, NOW)
    other = changes.use_code(held.cast.visitor, held.row.code, code, FROM, NOW)
    assert held.answer(ticket)
    assert not held.answer(ticket)
    with pytest.raises(Conflict):
        held.answer(other)
    with pytest.raises(Conflict):
        changes.use_code(held.cast.visitor, held.row.code, code, FROM, NOW)
    assert SurveyAnswer.objects.count() == 1


def test_no_code_stands_in_the_database(held: Held) -> None:
    codes = held.codes(20)
    kept = " ".join(str(value) for row in SurveyPass.objects.values() for value in row.values())
    assert not any(code.replace("-", "") in kept or code in kept for code in codes)
    assert len(set(codes)) == SurveyPass.objects.count() == 20


def _pin(held: Held, email: str, at: datetime = NOW) -> str:
    """Ask for a code and read it out of the letter."""
    mail.outbox.clear()
    changes.ask_for_pin(held.cast.visitor, held.row.code, email, FROM, at)
    _deliver()
    return re.findall(r": (\d{6})", str(mail.outbox[-1].body))[0]


def _deliver() -> None:
    for row in SurveyPass.objects.exclude(letter=""):
        deliver_letter(message_id=uuid4().hex, key_of_pass=str(row.pk))


def test_a_mailbox_answers_once_however_its_address_is_written(held: Held) -> None:
    pin = _pin(held, "Sari.W+survei@gmail.com")
    ticket = changes.verify_email(held.cast.visitor, held.row.code, "sariw@gmail.com", pin, FROM, NOW)
    assert held.answer(ticket)
    mail.outbox.clear()
    changes.ask_for_pin(held.cast.visitor, held.row.code, "sari.w@googlemail.com", FROM, NOW)
    _deliver()
    assert "sudah dipakai menjawab" in str(mail.outbox[-1].body)
    assert not re.search(r"\d{6}", str(mail.outbox[-1].body))
    # Elsewhere a dot makes another person.
    for address in ("a.b@contoh.id", "ab@contoh.id"):
        changes.ask_for_pin(held.cast.visitor, held.row.code, address, FROM, NOW)
    assert SurveyPass.objects.count() == 3


def test_neither_address_nor_code_is_kept_and_nothing_leads_from_a_pass_to_an_answer(held: Held) -> None:
    pin = _pin(held, "sari@contoh.id")
    held.answer(changes.verify_email(held.cast.visitor, held.row.code, "sari@contoh.id", pin, FROM, NOW))
    (row,), (answer,) = SurveyPass.objects.values(), SurveyAnswer.objects.values()
    told = f"{row} {list(JournalEntry.objects.values())} {list(QueuedJob.objects.values())}"
    assert "sari@contoh.id" not in told
    assert (row["letter"], row["pin_hash"]) == ("", "")
    assert set(answer) == {"id", "tenant", "survey_id", "said"}
    assert answer["id"].version == 4
    assert not {str(answer["id"]), answer["id"].hex} & set(re.findall(r"[0-9a-f-]{32,36}", told))


def test_a_wrong_or_old_pin_opens_nothing_and_many_shut_the_network_out(held: Held) -> None:
    pin = _pin(held, "sari@contoh.id")

    def tried(pin: str, at: datetime = NOW, email: str = "sari@contoh.id") -> str:
        return changes.verify_email(held.cast.visitor, held.row.code, email, pin, FROM, at)

    with pytest.raises(NotFound):
        tried(pin, NOW + timedelta(minutes=31))
    with pytest.raises(NotFound):
        tried(pin, email="wati@contoh.id")
    for _try in range(5):
        with pytest.raises(NotFound):
            tried("x")
    with pytest.raises(NotFound):
        tried(pin)
    for _try in range(30):
        with pytest.raises((NotFound, Forbidden)) as refused:
            changes.use_code(held.cast.visitor, held.row.code, "ABCD-2345", FROM, NOW)
    assert refused.type is Forbidden
    assert changes.use_code(held.cast.visitor, held.row.code, held.codes()[0], "198.51.100.1", NOW)


def test_nobodys_mailbox_is_flooded(held: Held) -> None:
    for number in range(6):
        try:
            changes.ask_for_pin(
                held.cast.visitor, held.row.code, "sari@contoh.id", f"198.51.100.{number}", NOW
            )
        except Forbidden:
            break
    assert number == 5


@pytest.mark.parametrize(
    ("when", "at", "is_open"),
    [
        ("the first second", OPENS, True),
        ("the last second", CLOSES + timedelta(microseconds=900_000), True),
        ("a second later", AFTER, False),
    ],
)
def test_a_survey_closes_to_the_second(held: Held, when: str, at: datetime, is_open: bool) -> None:
    ticket = held.ticket()
    if is_open:
        assert held.answer(ticket, at)
    else:
        with pytest.raises(Locked):
            held.answer(ticket, at)
        with pytest.raises(Locked):
            changes.use_code(held.cast.visitor, held.row.code, held.codes()[0], FROM, at)
        assert not SurveyAnswer.objects.exists()


def test_a_lost_sheet_is_taken_back_and_what_was_answered_with_it_stays(held: Held) -> None:
    first, second = held.codes(2)
    held.answer(changes.use_code(held.cast.visitor, held.row.code, first, FROM, NOW))
    assert changes.void_sheet(held.cast.budi.actor, held.row.code, 1, "Hilang di pasar") == 1
    with pytest.raises(NotFound):
        changes.use_code(held.cast.visitor, held.row.code, second, FROM, NOW)
    assert reads.intake(held.row).sheets == ((1, 1, 1),)


def test_a_closed_survey_is_not_opened_again(held: Held) -> None:
    budi = held.cast.budi.actor
    changes.end_survey(budi, held.row.code, CLOSES + timedelta(days=9), "Banjir", NOW)
    row = changes.end_survey(budi, held.row.code, OPENS, "Cukup", NOW)
    assert row.closes_at == NOW
    with pytest.raises(Locked):
        changes.end_survey(budi, held.row.code, CLOSES, "Lagi", NOW + timedelta(hours=1))
    assert JournalEntry.objects.filter(verb="survey.end").count() == 2


def test_passes_are_forgotten_a_month_after_the_end(held: Held) -> None:
    held.answer(held.ticket())
    job = system("evaluation.surveys", MALANG)
    assert changes.forget_passes(job, AFTER + timedelta(days=29)) == 0
    assert changes.forget_passes(job, AFTER + timedelta(days=31)) == 1
    assert (SurveyPass.objects.count(), SurveyAnswer.objects.count()) == (0, 1)


# --- what was found ----------------------------------------------------------------


def test_counts_means_and_validity_are_of_users_alone() -> None:
    answers = [said(4)] * 30 + [said(1)] * 20 + [{"uses": "no"}] * 9
    answers[0] = said(4, q_4_1_1_1="unknown")
    result = survey_result(TEXT, ("governance",), 50, answers)
    assert (result.users, result.others, result.is_valid) == (50, 9, True)
    first, second = result.questions[0], result.questions[1]
    assert (first.answers, first.unknown, first.counts) == (49, 1, {0: 0, 1: 20, 2: 0, 3: 0, 4: 29})
    assert (second.mean.shown, first.mean.shown) == (Decimal("2.80"), Decimal("2.78"))
    # The part is the mean of its questions, nothing rounded on the way: (136/49 + 2 * 140/50) / 3.
    assert result.parts[0].mean.shown == Decimal("2.79")
    assert result.dimensions[0].mean.shown == Decimal("2.80")
    assert not survey_result(TEXT, ("governance",), 50, answers[1:]).is_valid


@pytest.mark.parametrize(
    ("what", "sizes", "shown"),
    [
        ("all large enough", (10, 20, 30), [10, 20, 30]),
        ("one too small: the next smallest would give it away", (2, 20, 30), [None, None, 30]),
        ("two too small", (2, 3, 30), [None, None, 30]),
        ("one alone", (0, 0, 30), [0, 0, 30]),
    ],
)
def test_small_groups_are_withheld_and_cannot_be_reckoned(
    what: str, sizes: tuple[int, ...], shown: list[int | None]
) -> None:
    keys = [way.key for way in TEXT.often.options]
    answers = [said(3, key) for key, size in zip(keys, sizes, strict=True) for _one in range(size)]
    result = survey_result(TEXT, ("governance",), 50, answers)
    assert [group.users for group in result.groups] == shown


def test_a_question_few_answered_is_withheld_with_all_that_is_made_of_it() -> None:
    answers = [said(3, q_4_1_1_1="unknown")] * 60 + [said(3)] * 4
    result = survey_result(TEXT, ("governance",), 50, answers)
    assert result.questions[0].is_withheld
    assert (result.parts[0].mean.shown, result.dimensions[0].mean.shown) == (None, None)
    assert result.parts[1].mean.shown == 3


def test_nothing_is_told_of_what_was_said_before_it_is_closed(held: Held) -> None:
    held.fill(*[said()] * 60)
    assert reads.survey_found(held.row, NOW) is None
    assert reads.intake(held.row).users == 60
    result = reads.survey_found(held.row, AFTER)
    assert result and result.is_valid


def test_a_valid_survey_is_a_figure_of_the_self_assessment_with_where_it_comes_from(held: Held) -> None:
    instrument = rules.instrument("smartcity-2023-regular").value
    rini, day = held.cast.rini.actor, AFTER.date()

    def offered() -> Any:
        return reads.figures(rini, instrument, 2026, MALANG, day).get("4.1.1.1")

    with time_machine.travel(AFTER, tick=False):
        held.fill(*[said(3)] * 49)
        assert offered() is None
        held.fill(said(4))
        figure = offered()
    assert (figure.value, figure.figure) == (Decimal("3.02"), "survey.mean")
    assert figure.reference == "survey:layanan-daring"
    assert "50 pengguna" in figure.source
    with tenancy.scope(REGENCY), time_machine.travel(AFTER, tick=False):
        assert reads.figures(held.cast.joko.actor, instrument, 2026, REGENCY, day) == {}


# --- pages --------------------------------------------------------------------------


@pytest.fixture
def browser(held: Held) -> Iterator[Client]:
    with time_machine.travel(NOW, tick=True):
        yield visitor_at(MALANG)


DOOR = "/survei/layanan-daring/"


def test_a_visitor_answers_with_the_code_of_a_sheet(held: Held, browser: Client) -> None:
    (code,) = held.codes()
    assert browser.get(f"{DOOR}isi/")["Location"] == DOOR
    assert code in browser.get(f"{DOOR}?kode={code}").content.decode()
    assert browser.post(DOOR, {"way": "code", "printed": "ZZZZ-9999"}).status_code == 404
    assert browser.post(DOOR, {"way": "code", "printed": code})["Location"] == f"{DOOR}isi/"
    page = browser.get(f"{DOOR}isi/").content.decode()
    assert "Pernahkah Anda memakai program ini" in page
    assert "q_4_1_1_1" not in page
    lacking = browser.post(f"{DOOR}isi/", {"_step": "survey", "_go": "next", "uses": "yes"})
    assert lacking.status_code == 422
    assert "governance_service.q_4_1_1_1" in lacking.content.decode()
    for _twice in range(2):
        assert browser.post(f"{DOOR}isi/", posted(said()))["Location"] == f"{DOOR}terima-kasih/"
    assert SurveyAnswer.objects.get().said == said()
    again = visitor_at(MALANG).post(DOOR, {"way": "code", "printed": code})
    assert again.status_code == 409
    assert "sudah dipakai menjawab" in again.content.decode()


@override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1)
def test_behind_a_server_of_ours_a_network_that_is_shut_out_shuts_out_no_other(
    held: Held, browser: Client
) -> None:
    def tried(network: str) -> int:
        there = {"HTTP_X_FORWARDED_FOR": f"192.0.2.1, {network}"}
        return browser.post(DOOR, {"way": "code", "printed": "ZZZZ-9999"}, **there).status_code  # type: ignore[arg-type]

    assert {tried("203.0.113.9") for _times in range(30)} == {404}
    assert (tried("203.0.113.9"), tried("203.0.113.10")) == (403, 404)


def test_who_never_used_it_is_asked_nothing_more_and_counted_apart(held: Held, browser: Client) -> None:
    browser.post(DOOR, {"way": "code", "printed": held.codes()[0]})
    browser.post(f"{DOOR}isi/", {"_step": "survey", "_go": "next", "uses": "no"})
    assert SurveyAnswer.objects.get().said == {"uses": "no"}
    assert (reads.intake(held.row).users, reads.intake(held.row).others) == (0, 1)


def test_a_visitor_answers_with_a_code_by_email(held: Held, browser: Client) -> None:
    assert browser.post(DOOR, {"way": "email", "email": "bukan surel"}).status_code == 422
    assert browser.post(DOOR, {"way": "email", "email": "sari@contoh.id"}).status_code == 200
    _deliver()
    pin = re.findall(r": (\d{6})", str(mail.outbox[-1].body))[0]
    said = {"way": "pin", "email": "sari@contoh.id", "pin": pin}
    assert browser.post(DOOR, {**said, "pin": "000000x"}).status_code == 404
    assert browser.post(DOOR, said)["Location"] == f"{DOOR}isi/"


def test_the_desk_prints_and_the_results_are_open_once_closed(held: Held) -> None:
    with time_machine.travel(NOW, tick=True):
        desk = held.cast.budi.client
        page = desk.get("/meja/survei/layanan-daring/").content.decode()
        assert "http://kota-malang.localhost/survei/layanan-daring/" in page
        paper = desk.post("/meja/survei/layanan-daring/kode/", {"count": "12"})
        assert (paper.status_code, paper.content[:5]) == (200, b"%PDF-")
        assert desk.get("/meja/survei/layanan-daring/poster.pdf").content[:5] == b"%PDF-"
        assert desk.get("/meja/survei/layanan-daring/qr.svg").content.decode() == qr_svg(
            "http://kota-malang.localhost/survei/layanan-daring/"
        )
        assert held.cast.agus.client.get("/meja/survei/layanan-daring/").status_code == 404
        assert visitor_at(MALANG).get(f"{DOOR}hasil.csv").status_code == 404
    held.fill(*[said(3)] * 40, {"uses": "no"})
    with time_machine.travel(AFTER, tick=True):
        everybody = visitor_at(MALANG)
        page = everybody.get(f"{DOOR}hasil/").content.decode()
        assert "Belum sah" in page
        assert "ditutup" in everybody.get(DOOR).content.decode()
        rows = list(csv.DictReader(io.StringIO(everybody.get(f"{DOOR}hasil.csv").content.decode())))
        assert [row["level"] for row in rows].count("question") == 9
        assert (rows[0]["users"], rows[0]["others"], rows[0]["value_3"], rows[0]["mean"]) == (
            "40",
            "1",
            "40",
            "3.00",
        )
        assert len(everybody.get(f"{DOOR}hasil.json").json()["results"]) == len(rows)
        book = load_workbook(io.BytesIO(everybody.get(f"{DOOR}hasil.xlsx").content))
        assert book.active and book.active.max_row == len(rows) + 1


def test_a_survey_is_opened_by_the_form(held: Held) -> None:
    with time_machine.travel(NOW, tick=True):
        rini = held.cast.rini.client
        sent = {
            "title": "Enam dimensi", "code": "enam", "definition": "impact-2023", "subject": "programme:P1",
            "dimensions": list(TEXT.dimensions), "opens_at": "2026-05-04T08:00:00",
            "closes_at": "2026-06-30T23:59:59", "target": "49", "token": "a",
        }  # fmt: skip
        refused = rini.post("/meja/survei-baru/", sent)
        assert refused.status_code == 422
        assert "Paling sedikit 50 pengguna" in refused.content.decode()
        assert rini.post("/meja/survei-baru/", {**sent, "target": "50"}).status_code == 302
    assert Survey.objects.get(code="enam").dimensions == list(TEXT.dimensions)


API = "/api/v1/evaluation/surveys"


def _sent(**changed: Any) -> dict[str, Any]:
    return {
        "code": "layanan-lagi",
        "title": "Survei lagi",
        "year": 2026,
        "definition": "impact-2023",
        "subject": "action:A1",
        "opens_at": OPENS.isoformat(),
        "closes_at": CLOSES.isoformat(),
        "target": 50,
    } | changed


def test_programs_read_what_a_closed_survey_found_and_offices_open_and_end_one(held: Held) -> None:
    budi, everybody = held.cast.budi.client, visitor_at(MALANG)

    def send(client: Client, path: str, body: dict[str, Any]) -> Any:
        key = {"Idempotency-Key": str(uuid4())}
        return client.post(f"{API}{path}", body, content_type="application/json", headers=key)

    with time_machine.travel(NOW, tick=True):
        assert send(budi, "", _sent()).json()["dimensions"] == ["governance"]
        assert send(budi, "", _sent(title="Judul lain")).status_code == 409
        assert send(budi, "", _sent(code="lain", closes_at="2026-05-31T23:59:59")).status_code == 422
        few = send(budi, "", _sent(code="lain", target=49))
        assert (few.status_code, few.json()["faults"][0]["place"]) == (422, "target")
        assert send(held.cast.agus.client, "", _sent(code="lain")).status_code == 404
        assert send(held.cast.sari.client, "", _sent(code="lain")).status_code == 403
        assert send(everybody, "", _sent(code="lain")).status_code == 401
        assert {each["state"] for each in everybody.get(API).json()} == {"open"}
        assert everybody.get(f"{API}/layanan-lagi/results").status_code == 404
        ended = {"until": NOW.isoformat(), "reason": "Salah program"}
        assert send(held.cast.joko.client, "/layanan-lagi/end", ended).status_code == 404
        assert send(budi, "/layanan-lagi/end", ended).status_code == 200
        held.fill(*[said(3)] * 51, {"uses": "no"})
        assert budi.get(f"{API}/layanan-daring/standing").json()["users"] == 51
        assert held.cast.agus.client.get(f"{API}/layanan-daring/standing").status_code == 404
    with time_machine.travel(AFTER, tick=True):
        told = everybody.get(f"{API}/layanan-daring/results").json()
        assert (told["users"], told["others"], told["is_valid"]) == (51, 1, True)
        first = told["lines"][0]
        assert (first["level"], first["answers"], first["counts"]["3"]) == ("question", 51, 51)
        assert Decimal(str(first["mean"])) == 3
        assert {line["level"] for line in told["lines"]} == {"question", "part", "dimension", "often"}
        page = everybody.get(f"{DOOR}hasil.csv").content.decode()
        assert "Survei layanan daring" in page.splitlines()[1]
