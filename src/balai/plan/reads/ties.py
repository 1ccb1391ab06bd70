"""The indicators an action may be tied to, and the way from a computed figure down to its rows."""

from dataclasses import dataclass
from uuid import UUID

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.errors import NotFound
from balai.data import reads as data
from balai.data.rules.indicators import Indicator
from balai.plan.models import Masterplan
from balai.plan.reads import sight
from balai.plan.reads.actions import ActionStory
from balai.plan.rules.ties import is_whole


@dataclass(frozen=True)
class Choice:
    """An indicator of One Data as somebody who ties an action sees it."""

    code: str
    title: str
    unit: str
    direction: str


@dataclass(frozen=True)
class Ladder:
    """The way from a figure to its rows: what was measured, by which definition, over which versions.

    Attributes:
        definition: as it was when the figure was computed.
        newest: the figure that counts today, where the plan has not taken it over yet; else None.
    """

    figure: data.Measured
    definition: Indicator
    newest: data.Measured | None

    @property
    def is_national(self) -> bool:
        """Tell whether the rows belong to the nation's own datasets alone."""
        return bool(self.figure.versions) and all(
            each.tenant == tenancy.NATIONAL for each in self.figure.versions
        )


def choices(actor: Actor) -> tuple[Choice, ...]:
    """Return the indicators there are, by title, without those that are counted by dimension alone."""
    found = [row.definition for row in data.indicators(actor)]
    listed = [
        Choice(each.code, str(each.title), str(each.unit), each.direction) for each in found if is_whole(each)
    ]
    return tuple(sorted(listed, key=lambda each: each.title))


def tied_indicators(actor: Actor) -> tuple[str, ...]:
    """Return the codes of the indicators that actions of the plan in force of the tenant are tied to."""
    tied = sight.actions(actor).filter(
        tenant=actor.tenant, programme__masterplan__status=Masterplan.Status.ADOPTED
    )
    codes = tied.exclude(measured_by="").order_by("measured_by").values_list("measured_by", flat=True)
    return tuple(codes.distinct())


def title_of(actor: Actor, indicator: str) -> str:
    """Return the title of an indicator, its code where it is no longer defined."""
    try:
        return str(data.indicator(actor, indicator).definition.title)
    except NotFound:
        return indicator


def ladder(actor: Actor, story: ActionStory) -> Ladder | None:
    """Return the way down from the computed figure of the year in view, or from one that was withheld.

    None where the year has no computed figure, or the viewer may not see figures of One Data.
    """
    key = story.row.measurement or _emptied(story)
    if key is None:
        return None
    try:
        figure = data.measured(actor, key)
        definition = data.definition_of(actor, key)
        series = data.series(actor, figure.indicator, figure.region, figure.dimensions)
    except NotFound:
        return None
    same = [each for each in series if each.period_ends_on.year == story.row.year]
    newest = same[-1] if same and same[-1].id != key else None
    return Ladder(figure, definition, newest)


def _emptied(story: ActionStory) -> UUID | None:
    if not story.row.missing:
        return None
    own = (row for row in story.reports if row.kind == "computed" and row.year == story.row.year)
    return next((row.measurement for row in own), None)
