"""Looks at frozen results whenever the journal is verified: whether they are what was journalled."""

from collections.abc import Iterator
from typing import Any

from balai.base import tenancy
from balai.base.journal import JournalEntry
from balai.base.seals import witness
from balai.evaluation.models import Invitation, Result
from balai.evaluation.reads import sight
from balai.evaluation.reads.evidence import changed_since_frozen
from balai.evaluation.rules.rounds import digest

FREEZE = "result.freeze"


@witness("evaluation.results")
def results_changed() -> Iterator[str]:
    """Yield each frozen result that was changed, removed, or put there without being frozen."""
    if tenancy.current_tenant() != tenancy.NATIONAL:
        return
    entries = JournalEntry.objects.filter(verb=FREEZE, kind=Result._meta.label_lower)
    journalled = dict(entries.values_list("thing", "facts"))
    for result in Result.objects.select_related("round").order_by("pk"):
        facts = journalled.pop(str(result.pk), None)
        if facts is None:
            yield f"result {result.pk} of {result.region_name} was never frozen"
        elif not digest(result.content) == result.sha256 == facts["sha256"] or not _is_whole(result):
            yield f"frozen result {result.pk} of {result.region_name} was changed"
        elif _scores(result) != result.content.get("scores", {}):
            yield f"scores of {result.region_name} are not those its result was frozen with"
    for key in journalled:
        yield f"frozen result {key} is missing"


@witness("evaluation.answers")
def answers_changed() -> Iterator[str]:
    """Yield each answer and file of the region in scope that is not what its result was frozen with."""
    region = tenancy.current_tenant()
    with tenancy.widened(tenancy.NATIONAL):
        for result in Result.objects.filter(tenant=tenancy.NATIONAL, region_tenant=region):
            if result.content.get("took_part"):
                yield from changed_since_frozen(result)


def _is_whole(result: Result) -> bool:
    """Tell whether the columns say what the hashed content says."""
    index: dict[str, Any] = result.content.get("index", {})
    said = (
        index.get("shown"),
        result.content.get("change"),
        index.get("predicate", ""),
        result.content.get("rank"),
        result.content["region"],
        result.content["round"],
    )
    return said == (
        f"{result.final:f}" if result.final is not None else None,
        f"{result.change:f}" if result.change is not None else None,
        result.predicate,
        result.rank,
        result.region_tenant,
        result.round.code,
    )


def _scores(result: Result) -> dict[str, list[int]]:
    row = Invitation.objects.filter(round=result.round_id, region_tenant=result.region_tenant).first()
    if row is None or not result.content["took_part"]:
        return {}
    return {question: sorted(given) for question, given in sight.scores_by_question(row).items()}
