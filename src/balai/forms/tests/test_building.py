"""A form is read from its file, and every mistake names its line and what would be right."""

import pytest

from balai.definitions import check as check_definitions
from balai.definitions.conditions import Kind
from balai.definitions.editors import schema_texts
from balai.forms.rules import PARTS, Group, Type, build
from balai.forms.rules.written import FieldText, sayable
from balai.forms.samples.guide import FILE, guide
from balai.forms.tests.writing import asking, faults, form

HEAD = "- id: one\n  title: {id: Satu, en: One}\n  fields:\n"


def wrong(*fields: str) -> list[str]:
    return faults(lambda: asking(*fields))


def test_the_style_guide_has_one_of_every_type() -> None:
    asked = {field.type for _path, field in guide().fields()}
    groups = {
        Type.GROUP if item.repeats else Type.SECTION
        for item in guide().items.values()
        if isinstance(item, Group)
    }
    assert asked | groups == set(Type)
    assert "label" in FILE.read_text("utf-8")


def test_the_shipped_parts_are_right() -> None:
    assert [fault for fault in check_definitions() if str(fault).startswith("parts/")] == []


def test_a_part_with_an_id_becomes_a_section_and_without_one_stands_among_its_neighbours() -> None:
    made = form(HEAD + "    - {use: identity/1, id: owner, without: [email]}\n    - use: files/1\n")
    assert [path for path, _field in made.fields()] == [
        "owner.name", "owner.nik", "owner.phone", "documents", "photos",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (("id: f, type: teks, privacy: P0",), "“type” tidak boleh teks"),
        (("id: f, type: text",), "“privacy” belum ada"),
        (("id: F, type: text, privacy: P0",), "“id” tidak berbentuk benar"),
        (("id: f, type: nik, privacy: P1",), "Jenis nik adalah data pribadi"),
        (("id: f, type: text, privacy: P0, options: [{key: a, label: {id: A, en: A}}]",), "“options” tidak berlaku"),  # noqa: E501  a row of a table
        (("id: f, type: text, privacy: P0, min: 9, max: 3",), "min lebih besar daripada max"),
        (("id: f, type: integer, privacy: P0, min: 1.5",), "“min” harus bilangan bulat"),
        (("id: f, type: choice, privacy: P0",), "tidak jelas asalnya"),
        (("id: f, type: choice, privacy: P0, source: nowhere",), "Tidak ada daftar istilah “nowhere”"),
        (("id: f, type: text, privacy: P0, readonly: true",), "“readonly” tanpa “prefill”"),
        (("id: f, type: text, privacy: P0, prefill: account.shoe",), "Tidak ada fakta “account.shoe”"),
        (("id: f, type: nik, privacy: P2, prefill: account.name",), "tidak cocok dengan jenis nik"),
        (("id: f, type: date, privacy: P0, latest: 2026-02-30",), "2026-02-30 bukan tanggal"),
        (("id: f, type: text, privacy: P0", "id: f, type: text, privacy: P0"), "dipakai dua kali"),
        (("id: f, type: region, privacy: P0, parent: g",), "bukan isian wilayah yang ditanyakan sebelumnya"),
        (("id: f, type: text, privacy: P0, visible_if: \"form.g == 'a'\"", "id: g, type: text, privacy: P0"), "hanya isian sebelum"),  # noqa: E501  a row of a table
        (("id: g, type: integer, privacy: P0", 'id: f, type: text, privacy: P0, visible_if: "form.g > 3"'), "has("),  # noqa: E501  a row of a table
        (("id: f, type: text, privacy: P0, required: true, required_if: \"today == 'x'\"",), "ditulis bersama"),  # noqa: E501  a row of a table
        (("id: f, type: group, fields: []",), "“fields” belum ada"),
        (("id: f, type: section, fields: [{id: g, type: section, label: {id: A, en: A}, fields: []}]",), "tidak dapat berisi kelompok"),  # noqa: E501  a row of a table
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(fields: tuple[str, ...], told: str) -> None:
    found = wrong(*fields)
    assert any(told in fault for fault in found), found
    assert all(fault.startswith("uji.yaml baris ") for fault in found)


def test_a_wrong_condition_is_told_with_line_and_letter() -> None:
    found = faults(
        lambda: form(
            HEAD
            + "    - {id: a, type: text, label: {id: A, en: A}, privacy: P0}\n"
            + "    - id: b\n      type: text\n      label: {id: B, en: B}\n      privacy: P0\n"
            + "      visible_if: \"form.c == 'x'\"\n"
        )
    )
    assert len(found) == 1
    assert found[0].startswith("uji.yaml baris 12 kolom 11: Syarat salah pada huruf ke-5: “c” tidak dikenal.")
    assert "Yang dikenal: a." in found[0]


@pytest.mark.parametrize("use", ["nobody/1", "identity/9"])
def test_an_unknown_part_is_told_with_those_there_are(use: str) -> None:
    found = faults(lambda: form(HEAD + f"    - use: {use}\n"))
    assert "identity/1" in found[0]
    assert "baris 7" in found[0]


def test_a_caller_adds_variables_and_facts() -> None:
    made = guide()
    text = FieldText.model_validate_json(
        '{"id": "f", "type": "text", "label": {"id": "A", "en": "A"}, "privacy": "P0",'
        ' "visible_if": "applicant == \'business\'", "prefill": "place.name"}'
    )
    assert text.kind is Type.TEXT
    assert made.variables == {}
    with pytest.raises(ValueError, match="today"):
        build(
            None,
            None,
            (),
            code="x",
            version="1",
            sha256="",
            variables={"today": Kind.TEXT},  # type: ignore[arg-type]
        )


def test_editors_learn_which_limits_go_with_a_type() -> None:
    assert PARTS.code == "parts"
    assert '"max_mb": false' in schema_texts()["parts.json"]
    assert set(sayable(Type.NIK)).isdisjoint({"min", "options", "fields"})
