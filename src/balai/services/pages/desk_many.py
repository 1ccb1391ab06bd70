"""One move of many cases: chosen in a list, looked at once more, made one by one, and told one by one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from balai.base.access import actor_of, needs
from balai.base.actor import Actor
from balai.base.asking import show
from balai.base.errors import Fault, Invalid
from balai.services import changes
from balai.services.pages import desk_filling as filling
from balai.services.pages.desk_move import OFFICES, follows, offices_of, target
from balai.services.pages.desk_words import Row, Words
from balai.services.reads import sight
from balai.services.reads.queues import COLUMNS, line
from balai.services.rules.definition import Move

MOST = 200
"""Cases that are moved at once; each takes a transaction of its own."""
CHOSEN, CONFIRMED = "berkas", "_berkas"


@dataclass(frozen=True)
class Told:
    """What became of one case of many; `refusal` is "" where it was moved."""

    row: Row
    refusal: str


@require_POST
@needs("services.read")
def many(request: HttpRequest) -> HttpResponse:
    """Ask once more before many cases are moved, then move them and say of each what became of it."""
    actor, now = actor_of(request), timezone.now()
    service, name = request.POST.get("_layanan", ""), request.POST.get("_langkah", "")
    words = Words(actor)
    known = words.services[service].moves.get(name) if service in words.services else None
    if known is None:
        raise Invalid([Fault(_("Langkah"), _("Belum dipilih."), _("Pilih layanan dan langkahnya."))])
    asked = CONFIRMED in request.POST
    keys = request.POST.getlist(CONFIRMED if asked else CHOSEN)
    if not keys or len(keys) > MOST:
        wrong = _("Belum ada yang dipilih.") if not keys else _("Terlalu banyak sekaligus.")
        right = _("Centang 1 sampai %(most)d berkas.") % {"most": MOST}
        raise Invalid([Fault(_("Berkas"), wrong, right)])
    chosen = _chosen(actor, service, [key.partition(":")[0] for key in keys])
    context: dict[str, Any] = {
        "service": words.services[service],
        "move": known,
        "target": target(words.services[service], known),
        "follows": follows(words.services[service], known),
        "back": request.POST.get("_dari", "")[:1500],
        "list": reverse("service-list"),
        "name": name,
    }
    filled = (
        filling.sent(request, actor, known.form, now) if asked else filling.begun(actor, known.form, now, {})
    )
    if not asked or not filled.is_sent or not filled.is_whole:
        rows = _rows(words, chosen, now)
        context |= {
            "filled": filled,
            "rows": [(row, f"{row.line.id}:{chosen[str(row.line.id)]['version']}") for row in rows],
            "fits": sum(row.line.state in known.sources for row in rows),
            "sources": known.sources,
            "offices": offices_of(known, request.POST.getlist(OFFICES)),
        }
        return show(request, "services/desk/many.html", context, 422 if asked and filled.is_sent else 200)
    told = _made(request, actor, words, known, keys, chosen, filled)
    moved = sum(not one.refusal for one in told)
    return show(request, "services/desk/many_done.html", {**context, "told": told, "moved": moved})


def _chosen(actor: Actor, service: str, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return the chosen cases the actor may know of, by id, with the version they have now."""
    wanted = [key for text in keys if (key := sight.as_key(text)) is not None]
    rows = sight.cases(actor).filter(service=service, pk__in=wanted)
    return {str(row["pk"]): row for row in rows.values(*COLUMNS, "version")}


def _rows(words: Words, chosen: dict[str, dict[str, Any]], now: datetime) -> list[Row]:
    return words.rows([line(row) for row in chosen.values()], now)


def _made(
    request: HttpRequest,
    actor: Actor,
    words: Words,
    known: Move,
    keys: list[str],
    chosen: dict[str, dict[str, Any]],
    filled: filling.Filling,
) -> list[Told]:
    now = timezone.now()
    pairs = []
    for text in keys:
        key, _sign, version = text.partition(":")
        if key in chosen and version.isascii() and version.isdigit() and len(version) < 9:
            pairs.append((key, int(version)))
    done = changes.move_many(
        actor,
        pairs,
        known.id,
        at=now,
        given=filled.given,
        offices=tuple(request.POST.getlist(OFFICES)),
    )
    after = _chosen(actor, str(request.POST.get("_layanan")), [one.key for one in done])
    # A case may be out of sight once it is passed on: then it is told as it was.
    rows = {str(row.line.id): row for row in _rows(words, {**chosen, **after}, now)}
    return [Told(rows[one.key], one.refusal) for one in done]
