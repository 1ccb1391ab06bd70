"""Datasets in DCAT: the pages of the catalogue, put together of what was written when each changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from balai.base import tenancy
from balai.base.actor import Actor
from balai.data.models import CatalogueText, Dataset, DatasetVersion
from balai.data.reads import sight
from balai.data.reads.catalogue import of_code
from balai.data.reads.shelf import listed
from balai.data.rules import dcat, linked
from balai.data.rules.metadata import read
from balai.people import reads as people
from balai.places import reads as places

FORMS = {"ttl": "turtle", "jsonld": "jsonld", "rdf": "rdfxml"}
"""How a form is called in addresses → the column it is kept in."""
PAGE = 100


@dataclass(frozen=True)
class CataloguePage:
    """One page of a catalogue; `parts` are written in the form asked for, `next` is "" at the end.

    `marks` are other ones as soon as anything in `parts` is.
    """

    parts: tuple[str, ...]
    marks: tuple[str, ...]
    codes: tuple[str, ...]
    total: int
    next: str
    changed_at: datetime | None


def catalogue_page(
    actor: Actor, form: str, *, words: str = "", since: datetime | None = None, after: str = ""
) -> CataloguePage:
    """Return up to PAGE datasets of the actor's own tenant, by code, written in a form of FORMS.

    The nation's stand in the catalogue of the nation, so that harvesters of both meet none twice.
    """
    found = listed(actor, words=words, since=since, only_own=True, after=after, limit=PAGE)
    column = FORMS[form]
    texts = CatalogueText.objects.filter(dataset__in=[one.id for one in found.rows])
    kept = {key: told for key, *told in texts.values_list("dataset_id", column, "mark")}
    missing = [one.id for one in found.rows if one.id not in kept]
    if missing:
        rows = Dataset.objects.filter(pk__in=missing).select_related("current", "producer")
        kept |= {row.pk: [written(said)[column], said.mark] for row in rows for said in [said_of(row)]}
    there = [one for one in found.rows if one.id in kept]
    return CataloguePage(
        tuple(kept[one.id][0] for one in there),
        tuple(kept[one.id][1] for one in there),
        tuple(one.code for one in there),
        found.total,
        found.next,
        max((one.changed_at for one in there), default=None),
    )


@dataclass(frozen=True)
class DatasetAlone:
    """One dataset with its versions; `node` is what it is, `tenant` whose."""

    tenant: str
    code: str
    nodes: tuple[linked.Node, ...]
    changed_at: datetime


def dataset_alone(actor: Actor, code: str) -> DatasetAlone:
    """Return one dataset in DCAT with the versions whose rows are kept. Raises NotFound."""
    row = of_code(actor, code)
    with tenancy.widened(tenancy.NATIONAL):
        said = said_of(row)
        seen = sight.versions(actor, row).filter(retired__isnull=True).order_by("-number")
        older = [_version(one) for one in seen.defer("metadata")]
    nodes = (dcat.publisher(said.publisher), dcat.service(), dcat.dataset(said))
    return DatasetAlone(
        row.tenant, row.code, (*nodes, dcat.with_versions(said, older)), said.version.published_at
    )


def said_of(row: Dataset) -> dcat.DatasetSaid:
    """Return what DCAT says of a published dataset; its `current` and `producer` are asked for."""
    if row.current is None:
        raise ValueError(f"{row.code} has no version yet")
    government = people.government(row.tenant)
    declaration = read(row.metadata)
    first = (
        DatasetVersion.objects.filter(dataset=row, number=1).values_list("published_at", flat=True).first()
    )
    coverage = row.tenant if declaration.coverage == "tenant" else declaration.coverage
    return dcat.DatasetSaid(
        declaration,
        _version(row.current),
        (first or row.current.published_at).astimezone(UTC),
        government.name if government else row.tenant,
        row.tenant,
        row.producer.name if row.producer else "",
        row.producer.code if row.producer else "",
        _place(coverage, government.name if government and coverage == row.tenant else ""),
    )


def written(said: dcat.DatasetSaid) -> Mapping[str, str]:
    """Return a dataset in every form, by the columns of `CatalogueText`."""
    node = dcat.dataset(said)
    return {"turtle": linked.turtle(node), "jsonld": linked.jsonld(node), "rdfxml": linked.rdfxml(node)}


def _version(row: DatasetVersion) -> dcat.VersionSaid:
    (file,) = row.files
    return dcat.VersionSaid(
        row.number,
        row.period,
        row.rows,
        row.published_at.astimezone(UTC),
        file["sha256"],
        file["bytes"],
        row.reason,
    )


def _place(coverage: str, known: str) -> str:
    if coverage == tenancy.NATIONAL:
        return ""
    return known or places.names([coverage]).get(coverage, "")
