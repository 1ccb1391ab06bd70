"""The one check of answers: what is asked, what is hidden, what is known, and what is hostile."""

import json
from typing import Any

import pytest
from tests.clock import within

from balai.forms.rules import Form, apart, in_words, joined
from balai.forms.samples.guide import guide
from balai.forms.tests.writing import around, asking, check, form

NIK = "3573014101900001"
FAMILY = """
- id: who
  title: {id: Siapa, en: Who}
  fields:
    - {id: kind, type: choice, label: {id: Jenis, en: Kind}, required: true, privacy: P0,
       options: [{key: person, label: {id: Orang, en: Person}}, {key: firm, label: {id: Usaha, en: Firm}}]}
    - {id: nib, type: nib, label: {id: NIB, en: NIB}, required: true, privacy: P1,
       visible_if: "form.kind == 'firm'"}
    - id: family
      type: group
      label: {id: Keluarga, en: Family}
      row: {id: anggota, en: member}
      max_items: 3
      visible_if: "form.kind == 'person'"
      fields:
        - {id: name, type: text, label: {id: Nama, en: Name}, required: true, privacy: P2}
        - {id: nik, type: nik, label: {id: NIK, en: NIK}, privacy: P2}
        - {id: age, type: integer, label: {id: Umur, en: Age}, privacy: P1}
        - {id: school, type: text, label: {id: Sekolah, en: School}, privacy: P1,
           visible_if: "has(here.age) && here.age < 18", required_if: "size(form.family) > 1"}
- id: firm
  title: {id: Usaha, en: Firm}
  visible_if: "form.kind == 'firm'"
  fields:
    - {id: owner, type: text, label: {id: Pemilik, en: Owner}, required: true, privacy: P2,
       prefill: account.name}
    - {id: fee, type: money, label: {id: Biaya, en: Fee}, privacy: P1, prefill: fee.amount, readonly: true}
    - {id: nik, type: nik, label: {id: NIK, en: NIK}, privacy: P2, prefill: profile.nik, readonly: known}
"""


@pytest.fixture(scope="module")
def made() -> Form:
    return form(FAMILY)


def test_what_is_not_asked_is_dropped_and_not_missed(made: Form) -> None:
    checked = check(made, {"kind": "person", "nib": "nonsense", "owner": "Sari", "family": []})
    assert checked.is_valid
    assert checked.plain() == {"kind": "person"}
    assert checked.steps == ("who",)
    assert "nib" not in checked.shown


def test_a_step_and_a_field_appear_with_the_answer(made: Form) -> None:
    checked = check(made, {"kind": "firm"})
    assert checked.steps == ("who", "firm")
    assert set(checked.faults) == {"nib", "owner"}
    assert set(checked.of_step("firm")) == {"owner"}


def test_a_fault_in_a_group_names_row_and_field(made: Form) -> None:
    rows = [{"name": "Ani"}, {"name": "Budi"}, {"name": "Cici", "nik": "12"}]
    checked = check(made, {"kind": "person", "family": rows})
    assert set(checked.faults) == {"family[2].nik"}
    assert str(checked.faults["family[2].nik"][0]) == "Anggota 3: NIK: Panjangnya 2 angka. Tulis 16 angka."


def test_a_condition_looks_at_its_own_row(made: Form) -> None:
    rows = [{"name": "Ani", "age": 7}, {"name": "Budi", "age": 40, "school": "dropped"}]
    checked = check(made, {"kind": "person", "family": rows})
    assert set(checked.faults) == {"family[0].school"}
    assert "school" not in checked.plain()["family"][1]
    assert check(made, {"kind": "person", "family": rows[:1]}).is_valid, "alone, the school is not required"


def test_unknown_names_are_refused_wherever_they_stand(made: Form) -> None:
    checked = check(made, {"kind": "person", "is_staff": True, "family": [{"name": "Ani", "id": 1}]})
    assert set(checked.faults) == {"is_staff", "family[0].id"}
    assert "“is_staff” tidak ditanyakan." in str(checked.faults["is_staff"][0])


def test_a_known_fact_cannot_be_altered(made: Form) -> None:
    answers = {"kind": "firm", "nib": "1234567890123", "owner": "Sari", "fee": 1, "nik": "3573014101900002"}
    checked = check(made, answers, facts={"fee.amount": 25_000, "profile.nik": NIK})
    assert checked.is_valid
    assert (checked.values["fee"], checked.values["nik"]) == (25_000, NIK)
    assert checked.known == {"fee", "nik"}


def test_what_only_the_server_may_say_is_not_taken_from_outside(made: Form) -> None:
    answers = {"kind": "firm", "nib": "1234567890123", "owner": "Sari", "fee": 1, "nik": NIK}
    checked = check(made, answers)
    assert "fee" not in checked.values, "readonly: true is never answered by who fills in"
    assert checked.values["nik"] == NIK, "readonly: known is asked where nothing is known"
    assert checked.known == frozenset()


@pytest.mark.parametrize(
    "answers",
    [
        None, [], "x", 7, [{"kind": "person"}], {1: 2}, {"kind": {"kind": "person"}}, {"kind": ["person"]},
        {"kind": "person", "family": {"0": {}}}, {"kind": "person", "family": [[]]},
        {"kind": "person", "family": ["x", None]}, {"kind": "person", "family": "x" * 100_000},
        {"kind": "person", "family": [{"name": {"$ne": ""}}]}, {"kind": "\x00person"},
        {"kind": "person", "family": [{"name": "a\x00b"}]}, {"kind": "person", "family": [{}] * 10_000},
        {"kind": "person", "family": [{"name": "x" * 1_000_000}]}, {"__class__": 1, "kind": "person"},
        {f"field{number}": number for number in range(10_000)},
    ],
)  # fmt: skip
def test_hostile_answers_are_refused_at_once(made: Form, answers: Any) -> None:
    with within(0.5):
        checked = check(made, answers)
    assert not checked.is_valid
    assert len(checked.faults) < 40


def test_deep_nesting_is_refused_without_following_it(made: Form) -> None:
    deep: Any = "x"
    for _level in range(50_000):
        deep = [deep]
    checked = check(made, {"kind": "person", "family": [{"name": deep}], "x": deep})
    assert set(checked.faults) == {"family[0].name", "x"}
    while isinstance(deep, list):  # an object this deep is taken apart by hand
        deep = deep.pop()


def test_many_rows_with_conditions_are_checked_soon() -> None:
    fields = ", ".join(
        f"{{id: f{number}, type: integer, label: {{id: A, en: A}}, privacy: P0,"
        f' visible_if: "!has(here.f0) || here.f0 < 99"}}'
        for number in range(1, 12)
    )
    first = "{id: f0, type: integer, label: {id: A, en: A}, privacy: P0}"
    large = asking(f"id: g, type: group, max_items: 50, fields: [{first}, {fields}]")
    with within(1.5):
        checked = check(large, {"g": [{f"f{number}": number for number in range(12)} for _row in range(50)]})
    assert checked.is_valid


def test_answers_are_divided_by_privacy_and_put_together_again(made: Form) -> None:
    rows = [{"name": "Ani", "nik": NIK, "age": 7, "school": "SD"}, {"name": "Budi", "age": 40}]
    checked = check(made, {"kind": "person", "family": rows})
    halves = apart(checked)
    assert halves.open == {"kind": "person", "family": [{"age": 7, "school": "SD"}, {"age": 40}]}
    assert halves.personal == {"family": [{"name": "Ani", "nik": NIK}, {"name": "Budi"}]}
    assert halves.looked_for == (("family[0].nik", "nik", NIK),)
    assert joined(made, halves.open, halves.personal) == checked.plain()
    assert json.loads(json.dumps(halves.open)) == halves.open


def test_personal_answers_are_masked_for_who_may_not_see_them(made: Form) -> None:
    checked = check(made, {"kind": "person", "family": [{"name": "Ani", "nik": NIK, "age": 7}]})
    clear = in_words(made, checked.plain(), around(), personal=True)
    assert [part.heading for part in clear] == ["Siapa", "Anggota 1"]
    assert [told.text for told in clear[1].answers] == ["Ani", NIK, "7"]
    dark = in_words(made, checked.plain(), around(), personal=False)
    assert [told.text for told in dark[1].answers] == ["••••", "3573********0001", "7"]
    assert all(told.value is None for told in dark[1].answers if told.is_masked)


def test_answers_that_todays_limits_refuse_can_still_be_read(made: Form) -> None:
    told = in_words(guide(), {"born_on": "2199-01-01", "cost": 5, "needs": ["gone"]}, around(), personal=True)
    assert [answer.text for answer in told[0].answers] == ["1 Januari 2199", "Rp5", "gone"]
