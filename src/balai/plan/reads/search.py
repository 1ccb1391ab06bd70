"""One search box over everything of the plan the actor may see."""

from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from uuid import UUID

from django.db.models import Q

from balai.base.actor import Actor
from balai.plan.models import Origin, Programme, PublishedFigure
from balai.plan.reads import sight
from balai.plan.reads.desk import IN_FORCE

MOST_WORDS = 8


@dataclass(frozen=True)
class Hit:
    """Something found.

    Attributes:
        kind: "action", "quick_win", "programme" or "published".
        code: of an action or programme, "" for a published figure.
        detail: owner, goal or source, to tell equal titles apart.
    """

    kind: str
    id: UUID
    tenant: str
    code: str
    title: str
    detail: str
    is_illustration: bool


def search(actor: Actor, text: str, most: int = 20) -> tuple[Hit, ...]:
    """Return what holds every word of `text`, in the plans in force: actions, programmes, published figures.

    Without regard to case. Empty for an empty text. At most `most` of each kind.
    """
    words = text.split()[:MOST_WORDS]
    if not words or not actor.may("plan.read"):
        return ()
    actions = (
        sight.actions(actor)
        .filter(
            IN_FORCE,
            _holds(
                words, "code title indicator description owner__name owner_name place_name quick_win__story"
            ),
        )
        .select_related("owner")
        .order_by("-is_quick_win", "code")[:most]
    )
    programmes = (
        Programme.objects.filter(masterplan__in=sight.plans(actor), masterplan__status="adopted")
        .filter(_holds(words, "code title goal"))
        .order_by("code")[:most]
    )
    figures = PublishedFigure.objects.filter(_holds(words, "title owner_name")).order_by("-year", "title")[
        :most
    ]
    return (
        *(
            Hit(
                "quick_win" if row.is_quick_win else "action",
                row.pk,
                row.tenant,
                row.code,
                row.title,
                row.owner.name if row.owner else row.owner_name,
                row.origin == Origin.ILLUSTRATION,
            )
            for row in actions
        ),
        *(
            Hit(
                "programme",
                row.pk,
                row.tenant,
                row.code,
                row.title,
                row.goal,
                row.origin == Origin.ILLUSTRATION,
            )
            for row in programmes
        ),
        *(Hit("published", row.pk, row.tenant, "", row.title, f"{row.year}", False) for row in figures),
    )


def _holds(words: list[str], fields: str) -> Q:
    """Return the condition that each word is in at least one of the fields."""
    return reduce(
        and_,
        (reduce(or_, (Q(**{f"{field}__icontains": word}) for field in fields.split())) for word in words),
    )
