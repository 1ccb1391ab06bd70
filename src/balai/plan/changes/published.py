"""Writing down what somebody published and nobody can recompute."""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from balai.base import journal
from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault
from balai.plan.changes import checks
from balai.plan.changes.locking import Key, locked
from balai.plan.models import Confidence, PublishedFigure


@dataclass(frozen=True)
class PublishedDraft:
    """A claim, exactly as published.

    Attributes:
        subject: what it is about; "realisation" for percentages of realised actions, which are
            explained (unit "percent", one per dimension and the total with dimension "").
        value, target, budget: at least one; budget in whole rupiah.
        published_on: the day of the source, None where it does not say.
    """

    subject: str
    title: str
    year: int
    unit: str
    source: str
    confidence: str
    dimension: str = ""
    value: Decimal | None = None
    target: Decimal | None = None
    budget: int | None = None
    owner_name: str = ""
    published_on: date | None = None


@transaction.atomic
def record_published_figure(actor: Actor, draft: PublishedDraft) -> PublishedFigure:
    """Write down a published figure; it is never mixed with what is counted.

    Raises:
        Forbidden, Invalid.
        Conflict: the same claim of the same source is there already.
    """
    row = PublishedFigure(**asdict(draft))
    actor.require("plan.publish_figure", row)
    faults = [
        *checks.text("subject", draft.subject, 60),
        *checks.text("title", draft.title, 300),
        *checks.text("unit", draft.unit, 60, needed=draft.value is not None),
        *checks.text("source", draft.source, 500),
        *checks.text("dimension", draft.dimension, 40, needed=False),
        *checks.text("owner_name", draft.owner_name, 200, needed=False),
        *checks.choice("confidence", draft.confidence, Confidence.values),
        *checks.number("value", draft.value),
        *checks.number("target", draft.target),
        *checks.rupiah("budget", draft.budget),
    ]
    if not 1990 <= draft.year <= 2100:
        faults.append(Fault("year", _("Tahun di luar batas."), _("Isi antara 1990 dan 2100.")))
    if draft.value is None and draft.target is None and draft.budget is None:
        faults.append(Fault("value", _("Tidak ada angka."), _("Isi nilai, target, atau anggaran.")))
    checks.refuse(faults)
    same = {
        name: getattr(draft, name) for name in ("subject", "dimension", "title", "year", "unit", "source")
    }
    if PublishedFigure.objects.filter(tenant=actor.tenant, **same).exists():
        raise Conflict(_("Angka ini dari sumber ini sudah dicatat."))
    row.save()
    journal.write(
        actor, "published_figure.record", row, title=draft.title, year=draft.year, source=draft.source
    )
    return row


@transaction.atomic
def remove_published_figure(actor: Actor, figure: Key) -> None:
    """Take out a claim that was written down wrongly; the journal keeps it. Raises Forbidden, NotFound."""
    row = locked(PublishedFigure, figure)
    actor.require("plan.publish_figure", row)
    journal.write(actor, "published_figure.remove", row, title=row.title, year=row.year)
    row.delete()
