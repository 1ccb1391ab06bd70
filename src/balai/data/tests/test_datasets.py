"""Declaring a dataset: the producer submits, the steward checks; who may read it then."""

import pytest
from tests.cast import Cast

from balai.base import tenancy
from balai.base.errors import Conflict, Forbidden, Invalid, Locked, NotFound
from balai.base.journal import JournalEntry
from balai.data import changes, reads
from balai.data.models import Dataset
from balai.data.rules.metadata import DATASETS, Declaration
from balai.data.tests import registry
from balai.data.tests.registry import NOW, a_bin, column, declared, founded, publish, steward
from balai.definitions import check, load

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("malang", "own_folder")]


def test_every_shipped_declaration_is_right() -> None:
    assert set(load(DATASETS)) >= {"plan_actions", "plan_progress", "plan_budget", "regions", "holidays"}
    assert [fault for fault in check() if "datasets" in str(fault)] == []


@pytest.mark.parametrize(
    ("why", "changed"),
    [
        ("two columns of one name", {"columns": [column("id", "integer"), column("id", "text")]}),
        ("a key that is no column", {"key": ["nomor"]}),
        ("a key that is a point", {"key": ["place"]}),
        ("a name that SQL could misread", {"code": "tempat sampah"}),
        ("choices of a number", {"columns": [{**column("id", "integer"), "allowed": ["1"]}]}),
        ("a region list for a text", {"columns": [column("id", "text", reference="regions")]}),
    ],
)
def test_a_declaration_is_refused_for(why: str, changed: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        declared(**changed)


def test_a_dataset_is_submitted_by_its_producer_and_checked_by_another(cast: Cast) -> None:
    budi = registry.producer(cast)
    row = changes.declare(budi, declared())
    assert (row.status, row.metadata, row.classification) == ("draft", {}, "closed")
    row = changes.submit(budi, "bins", version=row.version, at=NOW)
    with pytest.raises(Forbidden):
        changes.check(budi, "bins", version=row.version, at=NOW)
    row = changes.check(steward(), "bins", version=row.version, at=NOW)
    assert (row.status, row.classification, row.draft) == ("checked", "open", {})
    verbs = (
        JournalEntry.objects.filter(kind="data.dataset").order_by("at", "id").values_list("verb", flat=True)
    )
    assert list(verbs) == ["dataset.declare", "dataset.submit", "dataset.check"]


def test_nobody_checks_what_they_submitted_themselves(cast: Cast) -> None:
    both = registry.Actor(
        "both", "Budi", "35.73", dict.fromkeys(("data.produce", "data.check"), registry.Reach.TENANT)
    )
    row = changes.declare(both, declared())
    row = changes.submit(both, "bins", version=row.version, at=NOW)
    with pytest.raises(Forbidden, match="orang lain"):
        changes.check(both, "bins", version=row.version, at=NOW)


def test_the_steward_returns_a_draft_with_a_reason(cast: Cast) -> None:
    budi = registry.producer(cast)
    row = changes.declare(budi, declared())
    row = changes.submit(budi, "bins", version=row.version, at=NOW)
    with pytest.raises(Locked, match="diperiksa"):
        changes.declare(budi, declared(), version=row.version)
    with pytest.raises(Invalid):
        changes.return_draft(steward(), "bins", "  ", version=row.version)
    row = changes.return_draft(steward(), "bins", "Satuan keliru.", version=row.version)
    assert (row.status, row.reason) == ("draft", "Satuan keliru.")
    assert changes.submit(budi, "bins", version=row.version, at=NOW).reason == ""


def test_a_step_out_of_order_is_refused(cast: Cast) -> None:
    row = founded(cast)
    with pytest.raises(Locked):
        changes.submit(registry.producer(cast), "bins", version=row.version, at=NOW)
    with pytest.raises(Locked):
        changes.check(steward(), "bins", version=row.version, at=NOW)
    with pytest.raises(Conflict):
        changes.declare(registry.producer(cast), declared(), version=row.version - 1)


def test_an_office_declares_only_its_own_data(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        changes.declare(cast.agus.actor, declared())
    row = founded(cast)
    with pytest.raises(Forbidden):
        changes.declare(cast.agus.actor, declared(producer=cast.health.code), version=row.version)
    with pytest.raises(Forbidden):
        changes.declare(registry.producer(cast), declared(producer=cast.health.code), version=row.version)
    with pytest.raises(Invalid, match="berkode"):
        changes.declare(registry.producer(cast), declared(producer="tidak-ada"), version=row.version)


def test_the_code_of_a_definition_file_is_not_taken_on_a_page(cast: Cast) -> None:
    with pytest.raises(Locked, match="berkas definisi"):
        changes.declare(registry.producer(cast), declared(code="plan_actions"))


def test_a_definition_file_is_in_force_as_soon_as_it_is_followed() -> None:
    first = changes.ensure(steward(), "holidays")
    assert (first.status, first.classification) == ("checked", "open")
    assert changes.ensure(steward(), "holidays").version == first.version
    assert JournalEntry.objects.filter(verb="dataset.follow").count() == 1
    with pytest.raises(NotFound):
        changes.ensure(steward(), "bins")


def test_a_new_draft_leaves_what_is_published_in_place(cast: Cast) -> None:
    founded(cast)
    publish([a_bin(1)])
    row = Dataset.objects.get(code="bins")
    assert row.status == "published"
    changed = declared(title=registry.words("Tempat sampah umum"))
    row = changes.declare(registry.producer(cast), changed, version=row.version)
    assert reads.dataset(cast.sari.actor, "bins").declaration.title.id == "Tempat sampah"
    assert [each.declaration.title.id for each in reads.waiting(registry.producer(cast))] == [
        "Tempat sampah umum"
    ]
    row = changes.submit(registry.producer(cast), "bins", version=row.version, at=NOW)
    row = changes.check(steward(), "bins", version=row.version, at=NOW)
    assert row.status == "published"
    assert reads.dataset(cast.sari.actor, "bins").declaration.title.id == "Tempat sampah umum"


def _seen(actor: registry.Actor) -> bool:
    found = {row.code for row in reads.catalogue(actor)} | set(reads.readable(actor))
    return "bins" in found


@pytest.mark.parametrize(
    ("classification", "sari", "agus", "budi"),
    [("open", True, True, True), ("limited", False, True, True), ("closed", False, False, True)],
)
def test_who_reads_follows_the_classification(
    cast: Cast, classification: str, sari: bool, agus: bool, budi: bool
) -> None:
    founded(cast, declared(classification=classification))
    publish([a_bin(1)])
    assert (_seen(cast.sari.actor), _seen(cast.agus.actor), _seen(cast.budi.actor)) == (sari, agus, budi)
    assert _seen(steward())
    for actor, may in ((cast.sari.actor, sari), (cast.agus.actor, agus), (cast.budi.actor, budi)):
        if not may:
            for read in (reads.dataset, reads.versions, reads.version, reads.first_rows):
                with pytest.raises(NotFound):
                    read(actor, "bins")


def test_joko_of_another_regency_sees_nothing_of_it(cast: Cast) -> None:
    founded(cast)
    publish([a_bin(1)])
    joko = cast.joko.actor
    with tenancy.scope("35.07"):
        assert reads.catalogue(joko) == () and reads.readable(joko) == {} and reads.waiting(joko) == ()
        with pytest.raises(NotFound):
            reads.first_rows(joko, "bins")
    with pytest.raises(NotFound):
        reads.first_rows(joko, "bins")


def test_agus_sees_no_draft_of_another_office(cast: Cast) -> None:
    changes.declare(registry.producer(cast), declared())
    assert reads.waiting(cast.agus.actor) == () and reads.waiting(cast.sari.actor) == ()
    assert [row.code for row in reads.waiting(registry.producer(cast))] == ["bins"]


def test_open_data_of_the_nation_is_read_in_every_city(cast: Cast) -> None:
    with tenancy.scope("00"):
        actor = steward("00")
        changes.ensure(actor, "holidays")
        row = {"day": "2026-01-01", "kind": "national", "name_id": "Tahun Baru", "certainty": "decreed"}
        changes.publish(actor, "holidays", [row | {"source": "SKB"}], "2026", at=NOW)
    assert reads.first_rows(cast.sari.actor, "holidays")[0]["name_id"] == "Tahun Baru"
    with tenancy.scope("35.07"):
        assert list(reads.readable(cast.joko.actor)) == ["holidays"]


def test_the_catalogue_is_searched_by_words(cast: Cast) -> None:
    founded(cast)
    publish([a_bin(1)])
    sari = cast.sari.actor
    assert [row.code for row in reads.catalogue(sari, "SAMPAH")] == ["bins"]
    assert reads.catalogue(sari, "air minum") == ()


def test_a_declaration_survives_the_database() -> None:
    whole = declared()
    assert Declaration.model_validate_json(whole.model_dump_json()) == whole
