"""Drafts are their owner's alone, sealed at rest, come back by code and PIN, and end."""

from datetime import date, datetime, timedelta, timezone

import pytest
from django.db import connection
from django.utils.datastructures import MultiValueDict
from tests.cast import MALANG, REGENCY, Cast

from balai.base import tenancy
from balai.base.actor import Actor, system
from balai.base.errors import Conflict, Forbidden, Invalid, NotFound, TooLarge
from balai.base.journal import JournalEntry
from balai.base.sealing import SealedField
from balai.forms import changes, reads
from balai.forms.changes import Begun, Filing
from balai.forms.changes.keeping import LARGEST, MOST_DRAFTS, WRONG_HERE, WRONG_PINS
from balai.forms.models import FormDraft
from balai.forms.reads import Held
from balai.forms.rules import Form, validate
from balai.forms.tests.desk import FACTS, made
from balai.forms.tests.writing import around, asking

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=timezone(timedelta(hours=7)))
TODAY = date(2026, 11, 22)
NIK = "3573014101900001"
ANSWERS = {"kind": "person", "owner": {"name": "Sari", "nik": NIK, "phone": "08123456789"}}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("malang", "own_folder", "empty_cache")]


@pytest.fixture
def asked() -> Form:
    return made()


def begun_by(actor: Actor, asked: Form) -> Begun:
    return changes.begin(actor, asked, NOW, answers=ANSWERS)


def sent(**fields: str) -> MultiValueDict[str, str]:
    return MultiValueDict({name.replace("__", "."): [value] for name, value in fields.items()})


def test_a_draft_is_its_owners_alone(cast: Cast, asked: Form) -> None:
    begun = begun_by(cast.sari.actor, asked)
    assert reads.draft(cast.sari.actor, begun.held, NOW) == begun.draft
    assert list(reads.drafts(cast.sari.actor, NOW)) == [begun.draft]
    for other in (cast.budi.actor, cast.wati.actor, cast.agus.actor, cast.visitor):
        assert list(reads.drafts(other, NOW)) == []
        with pytest.raises(NotFound):
            reads.draft(other, begun.held, NOW)
    with tenancy.scope(REGENCY):
        assert list(reads.drafts(cast.joko.actor, NOW)) == []
        with pytest.raises(NotFound):
            reads.draft(cast.joko.actor, begun.held, NOW)


def test_a_visitors_draft_needs_its_key(cast: Cast, asked: Form) -> None:
    begun = begun_by(cast.visitor, asked)
    assert reads.draft(cast.visitor, begun.held, NOW) == begun.draft
    for key in ("", "x", begun.key[:-1], begun.draft.key_hash):
        with pytest.raises(NotFound):
            reads.draft(cast.visitor, Held(begun.draft.pk, key), NOW)
    for other in ("", "x", "0" * 32, "1 OR 1=1"):
        with pytest.raises(NotFound):
            reads.draft(cast.visitor, Held(other, begun.key), NOW)


def test_no_answer_stands_in_clear_in_the_database(cast: Cast, asked: Form) -> None:
    filing = Filing("counter", "Sari Wulandari", "warga")
    begun = changes.begin(cast.budi.actor, asked, NOW, filing, ANSWERS)
    changes.hand_out_code(cast.budi.actor, begun.held, NOW)
    with connection.cursor() as cursor:
        found = ""
        for table in ("forms_formdraft", "base_journalentry"):
            cursor.execute(f"SELECT * FROM {table}")
            found += str(cursor.fetchall())
    assert begun.draft.form in found
    for secret in (NIK, "8123456789", "Wulandari", "owner"):
        assert secret not in found
    assert reads.draft_answers(begun.draft) == ANSWERS
    assert {type(FormDraft._meta.get_field(name)) for name in ("answers", "for_whom")} == {SealedField}


def test_kept_answers_are_sealed_by_class_and_found_by_nik(cast: Cast, asked: Form) -> None:
    checked = validate(asked, ANSWERS, around(facts=FACTS))
    kept = changes.sealed(checked)
    assert kept.open == {"kind": "person", "fee": 25_000}
    assert NIK not in kept.personal
    assert {purpose for _path, purpose, _index in kept.indexes} == {"nik", "phone"}
    assert kept.indexes == changes.sealed(checked).indexes, "the same person is found again"
    assert reads.opened(asked, kept.open, kept.personal) == checked.plain()
    with pytest.raises(Invalid):
        changes.sealed(validate(asked, {}, around()))


def test_a_visitor_comes_back_by_code_and_pin(cast: Cast, asked: Form) -> None:
    begun = begun_by(cast.visitor, asked)
    code, pin = changes.hand_out_code(cast.visitor, begun.held, NOW)
    assert (len(code), len(pin)) == (9, 6)
    begun.draft.refresh_from_db()
    assert pin not in begun.draft.pin_hash
    later = NOW + timedelta(days=3)
    back = changes.resume(cast.visitor, f" {code.lower()} ", pin, "203.0.113.5", later)
    assert reads.draft_answers(reads.draft(cast.visitor, back.held, later)) == ANSWERS
    with pytest.raises(NotFound):
        reads.draft(cast.visitor, begun.held, later)
    with tenancy.scope(REGENCY), pytest.raises(NotFound):
        changes.resume(cast.joko.actor, code, pin, "203.0.113.5", later)


def test_five_wrong_pins_lock_the_code_for_an_hour(cast: Cast, asked: Form) -> None:
    begun = begun_by(cast.visitor, asked)
    code, pin = changes.hand_out_code(cast.visitor, begun.held, NOW)
    wrong = "000000" if pin != "000000" else "111111"
    for number in range(WRONG_PINS):
        with pytest.raises(NotFound):
            changes.resume(cast.visitor, code, wrong, f"203.0.113.{number}", NOW)
    with pytest.raises(Forbidden, match="satu jam"):
        changes.resume(cast.visitor, code, pin, "203.0.113.9", NOW + timedelta(minutes=59))
    assert JournalEntry.objects.filter(verb="forms.lock_code").count() == 1
    assert changes.resume(cast.visitor, code, pin, "203.0.113.9", NOW + timedelta(minutes=61)).key


def test_twenty_wrong_codes_shut_an_address_out_and_no_other(cast: Cast, asked: Form) -> None:
    begun = begun_by(cast.visitor, asked)
    code, pin = changes.hand_out_code(cast.visitor, begun.held, NOW)
    for number in range(WRONG_HERE):
        with pytest.raises(NotFound):
            changes.resume(cast.visitor, f"ABCDEF{number:02}", pin, "203.0.113.5", NOW)
    with pytest.raises(Forbidden):
        changes.resume(cast.visitor, code, pin, "203.0.113.5", NOW)
    assert changes.resume(cast.visitor, code, pin, "198.51.100.7", NOW).key


def test_a_draft_of_an_account_does_not_open_to_a_visitor_by_its_code(cast: Cast, asked: Form) -> None:
    begun = begun_by(cast.sari.actor, asked)
    code, pin = changes.hand_out_code(cast.sari.actor, begun.held, NOW)
    with pytest.raises(NotFound, match="akun"):
        changes.resume(cast.visitor, code, pin, "203.0.113.5", NOW)
    assert changes.resume(cast.sari.actor, code, pin, "203.0.113.5", NOW).draft == begun.draft


def test_who_files_for_whom_is_recorded(cast: Cast, asked: Form) -> None:
    begun = changes.begin(cast.budi.actor, asked, NOW, Filing("counter", "Mbah Tik", "warga"), ANSWERS)
    assert (begun.draft.filed_by, begun.draft.filed_by_name) == (cast.budi.actor.id, "Budi")
    line = JournalEntry.objects.get(verb="forms.begin_for_another")
    assert line.facts == {"form": asked.code, "channel": "counter"}
    taken = changes.take(cast.budi.actor, begun.held, asked, NOW, TODAY, facts=FACTS)
    assert taken.filing == Filing("counter", "Mbah Tik", "warga")
    assert taken.filed_by == cast.budi.actor.id


@pytest.mark.parametrize(
    ("who", "filing", "refusal"),
    [
        ("sari", Filing("counter", "Mbah Tik"), Forbidden),
        ("visitor", Filing("helper", "Mbah Tik"), Forbidden),
        ("sari", Filing("helper", " "), Invalid),
        ("sari", Filing("helper", "x" * 300), Invalid),
        ("sari", Filing("fax", "x"), ValueError),
    ],
)
def test_filing_for_another_needs_the_right_and_a_name(
    cast: Cast, asked: Form, who: str, filing: Filing, refusal: type[Exception]
) -> None:
    actor = cast.visitor if who == "visitor" else cast.sari.actor
    with pytest.raises(refusal):
        changes.begin(actor, asked, NOW, filing)


def test_the_facts_of_a_helper_are_not_those_of_the_applicant(cast: Cast) -> None:
    assert reads.facts_about(cast.sari.actor, TODAY)["account.name"] == "Sari"
    assert reads.facts_about(cast.visitor, TODAY) == {}
    assert reads.facts_about(system("job", MALANG, "plan.read"), TODAY) == {}


def test_a_finished_form_is_handed_over_once(cast: Cast, asked: Form) -> None:
    begun = begun_by(cast.sari.actor, asked)
    taken = changes.take(cast.sari.actor, begun.held, asked, NOW, TODAY, facts={**FACTS})
    assert taken.checked.values["fee"] == 25_000
    assert FormDraft.objects.count() == 0
    with pytest.raises(NotFound):
        changes.take(cast.sari.actor, begun.held, asked, NOW, TODAY, facts=FACTS)


def test_an_unfinished_form_is_not_handed_over_and_stays(cast: Cast, asked: Form) -> None:
    begun = changes.begin(cast.sari.actor, asked, NOW)
    with pytest.raises(Invalid) as refused:
        changes.take(cast.sari.actor, begun.held, asked, NOW, TODAY)
    assert "Jenis: Belum diisi." in str(refused.value)
    assert FormDraft.objects.count() == 1


def test_a_draft_of_another_version_is_not_filled_in(cast: Cast, asked: Form) -> None:
    begun = begun_by(cast.sari.actor, asked)
    other = asking("id: f, type: text, privacy: P0")
    with pytest.raises(Conflict):
        changes.fill(cast.sari.actor, begun.held, other, "one", sent(f="x"), MultiValueDict(), NOW, TODAY)


def test_a_flood_of_answers_and_of_drafts_is_refused(cast: Cast, asked: Form) -> None:
    with pytest.raises(TooLarge):
        changes.begin(cast.sari.actor, asked, NOW, answers={"kind": "x" * LARGEST})
    for _number in range(MOST_DRAFTS):
        changes.begin(cast.sari.actor, asked, NOW)
    with pytest.raises(Invalid, match="belum selesai"):
        changes.begin(cast.sari.actor, asked, NOW)


def test_drafts_end_after_thirty_days_or_when_thrown_away(cast: Cast, asked: Form) -> None:
    old, young, gone = (begun_by(cast.sari.actor, asked) for _number in range(3))
    changes.discard(cast.sari.actor, gone.held, NOW)
    later = NOW + timedelta(days=29)
    changes.fill(cast.sari.actor, young.held, asked, "who", sent(_go="save"), MultiValueDict(), later, TODAY)
    after = NOW + timedelta(days=31)
    with pytest.raises(NotFound):
        reads.draft(cast.sari.actor, old.held, after)
    assert changes.prune(system("forms.prune_drafts", MALANG), after) == 1
    assert list(FormDraft.objects.all()) == [young.draft]
    verbs = list(JournalEntry.objects.filter(verb__startswith="forms.").values_list("verb", flat=True))
    assert sorted(verbs) == ["forms.discard", "forms.expire"]
