"""The form of a service as one draft is asked it: with known facts, and at a QR point with its place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from balai.base.actor import Actor
from balai.forms import reads as forms
from balai.forms.rules import Form
from balai.services.models import Point
from balai.services.reads.points import facts_of
from balai.services.rules.at_point import at_point
from balai.services.rules.definition import Service


@dataclass(frozen=True)
class Asking:
    """What is asked, and what is known beforehand.

    Attributes:
        point: id of the QR point the form was begun at, "" elsewhere; `label` what people call it.
    """

    form: Form
    facts: Mapping[str, Any]
    point: str = ""
    label: str = ""


def asked_in(actor: Actor, held: forms.Held, service: Service, now: datetime, on: date) -> Asking:
    """Return how a draft is asked. A form filled in for somebody else knows nothing of who fills it in.

    Raises:
        NotFound: there is no such draft, or it is not the actor's.
    """
    draft = forms.draft(actor, held, now)
    facts: dict[str, Any] = {} if draft.filed_by else dict(forms.facts_about(actor, on))
    point: Point | None = None
    if draft.origin:
        point = Point.objects.filter(tenant=draft.tenant, code=draft.origin, service=service.code).first()
    if point is None:
        return Asking(service.form, facts)
    return Asking(at_point(service.form), {**facts, **facts_of(point)}, str(point.pk), point.label)
