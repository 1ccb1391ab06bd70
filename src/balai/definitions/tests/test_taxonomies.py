"""Axis sets and their mapping: nothing is dropped in silence."""

import pytest
from django.conf import settings
from django.utils import translation

from balai import definitions
from balai.definitions.tests.conftest import Write

SHIPPED = settings.ROOT / "definitions" / "taxonomies"
NATIONAL = (SHIPPED / "axes" / "national.yaml").read_text("utf-8")
GIFFINGER = (SHIPPED / "axes" / "giffinger.yaml").read_text("utf-8")
MAPPING = (SHIPPED / "mappings" / "national-giffinger.yaml").read_text("utf-8")


def test_the_national_set_has_six_dimensions_of_three_parts() -> None:
    axes = definitions.axis_set()
    assert axes.keys() == ("governance", "branding", "economy", "living", "society", "environment")
    assert [len(dimension.parts) for dimension in axes.dimensions] == [3] * 6
    assert len(set(axes.leaves())) == 18
    assert axes.dimension("living.mobility").key == "living"


def test_the_other_set_has_six_axes_and_no_parts() -> None:
    axes = definitions.axis_set("giffinger")
    assert (
        axes.leaves()
        == axes.keys()
        == ("governance", "economy", "environment", "living", "people", "mobility")
    )


def test_a_name_is_said_in_the_language_in_force() -> None:
    dimension = definitions.axis_set().dimension("governance")
    assert (str(dimension.name), str(dimension.meaning)) == ("Smart Governance", "tata kelola")
    with translation.override("en"):
        assert str(dimension.meaning) == "governance"


def test_city_appearance_is_what_the_mapping_leaves_over() -> None:
    mapping = definitions.axis_mapping()
    assert mapping.unmapped() == ("branding.appearance",)
    assert mapping.target("branding.appearance") is None
    assert mapping.target("living.mobility") == "mobility"
    assert mapping.target("society.security") == "living"


@pytest.mark.parametrize(
    ("changed", "in_words"),
    [
        ("  - source: governance.service\n    target: governance\n", "governance.service hilang"),
        ("without_counterpart:", "branding.appearance hilang"),
        ("target: mobility", "transport tidak ada di kumpulan giffinger"),
        ("source: society.community", "society.clubs tidak ada di kumpulan national"),
        ("source: living.health", "living.harmony disebut lebih dari sekali"),
    ],
)
def test_a_mapping_that_drops_or_invents_a_part_is_refused(
    shipped: Write, changed: str, in_words: str
) -> None:
    new = {
        "target: mobility": "target: transport",
        "source: society.community": "source: society.clubs",
        "source: living.health": "source: living.harmony",
    }.get(changed, "")
    text = (
        MAPPING[: MAPPING.index(changed)]
        if changed == "without_counterpart:"
        else MAPPING.replace(changed, new)
    )
    shipped("taxonomies/axes/national.yaml", NATIONAL)
    shipped("taxonomies/axes/giffinger.yaml", GIFFINGER)
    shipped("taxonomies/mappings/national-giffinger.yaml", text)
    assert in_words in " ".join(fault.wrong for fault in definitions.check())


def test_a_part_outside_of_its_dimension_is_refused(shipped: Write) -> None:
    shipped("taxonomies/axes/national.yaml", NATIONAL.replace("key: living.health", "key: society.health"))
    (fault,) = [fault for fault in definitions.check() if fault.place.startswith("taxonomies")]
    assert "society.health bukan bagian dari living" in fault.wrong


def test_twelve_questions_ask_after_ten_elements_of_a_quick_win() -> None:
    elements = [term.key for term in definitions.terms("quick-win-elements").terms]
    questions = definitions.terms("quick-win-questions")
    assert (len(elements), len(questions.terms)) == (10, 12)
    assert list(dict.fromkeys(term.group for term in questions.terms)) == elements


def test_the_four_families_are_those_an_action_may_have() -> None:
    keys = [term.key for term in definitions.terms("action-families").terms]
    assert keys == ["human_capacity", "infrastructure", "applications", "literacy"]


def test_a_term_of_an_unknown_group_is_refused(shipped: Write) -> None:
    for name in ("quick-win-elements", "quick-win-questions"):
        text = (SHIPPED / "terms" / f"{name}.yaml").read_text("utf-8")
        shipped(f"taxonomies/terms/{name}.yaml", text.replace("group: growth", "group: groth"))
    (fault,) = [fault for fault in definitions.check() if fault.place.startswith("taxonomies")]
    assert "groth" in fault.wrong and "growth" in fault.right
