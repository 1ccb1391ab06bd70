"""“Data yang saya cari belum ada”: anybody asks, a steward answers, everybody sees how long it takes."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from balai.base.access import actor_of, needs
from balai.base.asking import Done, ask, sent, show, tell
from balai.base.errors import Invalid, Locked
from balai.base.network import address_of
from balai.data import reads
from balai.data.changes.asked import Answered, Wish, answer_wish, ask_for_dataset, prove_wish
from balai.data.forms import WishAnswerForm, WishForm
from balai.data.models import AskedDataset
from balai.data.pages.words import Badge
from balai.data.reads import asked
from balai.people import reads as people

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
SHOWN = 50
MOST_CHOICES = 10_000
_TONES = {"new": "waiting", "accepted": "waiting", "published": "done"}


def state_of(row: asked.AskedRow) -> Badge:
    if row.is_late:
        return Badge("late", _("belum dijawab, lewat batas"))
    return Badge(_TONES.get(row.state, "plain"), str(AskedDataset.State(row.state).label))


def _use(row: asked.AskedRow) -> str:
    return str(AskedDataset.Use(row.use).label)


@require_safe
@needs("data.read")
def wishes(request: HttpRequest) -> HttpResponse:
    """Every wish with its state and days, and how many are in each state."""
    actor, today = actor_of(request), timezone.localdate()
    counts = asked.counted(actor)
    state = request.GET.get("keadaan", "")
    state = state if state in counts else ""
    after = request.GET.get("after", "")
    start = int(after) if after.isascii() and after.isdigit() and len(after) < 7 else 0
    found = asked.wishes(actor, today, [state] if state else (), start, SHOWN)
    total = counts[state] if state else sum(counts.values())
    rows = [(row, state_of(row), _use(row)) for row in found]
    states = [(key, str(AskedDataset.State(key).label), count, key == state) for key, count in counts.items()]
    context = {
        "rows": rows,
        "states": states,
        "state": state,
        "total": total,
        "next": str(start + SHOWN) if found and start + SHOWN < total else "",
        "is_first": not start,
    }
    return render(request, "data/asked.html", context)


@get_or_post
@needs("data.read")
def give(request: HttpRequest) -> HttpResponse:
    """The form to ask with; what was looked for in vain is filled in."""
    actor = actor_of(request)
    start = {"what": request.GET.get("q", "").strip()[:100]}
    form = WishForm(*sent(request), initial=start, has_account=actor.is_signed_in)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _given(request, form.cleaned_data)
            except (Invalid, Locked) as error:
                status = error.status
                tell(form, error)
    return show(request, "data/asked_form.html", {"form": form}, status)


def _given(request: HttpRequest, said: dict[str, Any]) -> HttpResponse:
    if said["site"]:
        # A program filled in what people do not see. It learns nothing from the answer.
        return redirect("data-asked")
    wish = Wish(
        said["what"],
        said["why"],
        said["use"],
        said.get("email", ""),
        address_of(request),
        site_of(request),
    )
    made = ask_for_dataset(actor_of(request), wish, at=timezone.now())
    if made.state == AskedDataset.State.UNPROVED:
        # Its own address stands in the letter alone: that is what proves the e-mail address.
        return render(request, "data/asked_sent.html", {"email": said["email"]})
    return redirect("data-asked-own", made.key)


def site_of(request: HttpRequest) -> str:
    """Return scheme and host the person asked at, which letters lead back to."""
    return request.build_absolute_uri("/")[:-1]


@get_or_post
@needs("data.read")
def own(request: HttpRequest, key: str) -> HttpResponse:
    """One wish before its sender, who alone knows this address; a button proves the e-mail address."""
    actor, today = actor_of(request), timezone.localdate()
    asked.wish_by_key(actor, key, today)
    if request.method == "POST":
        # Not by the link alone: programs that look through letters follow every link.
        prove_wish(actor, key, at=timezone.now())
        return redirect("data-asked-own", key)
    found = asked.wish_by_key(actor, key, today)
    context = {"found": found, "row": found.shown, "state": state_of(found.shown), "use": _use(found.shown)}
    response = render(request, "data/asked_own.html", context)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
@needs("data.answer")
def waiting(request: HttpRequest) -> HttpResponse:
    """What the steward answers, and what was given to the offices of the actor."""
    actor, is_all = actor_of(request), request.GET.get("semua") == "1"
    rows = asked.wishes_to_answer(actor, timezone.localdate(), open_only=not is_all)
    context = {
        "rows": [(row, row.shown, state_of(row.shown), _use(row.shown)) for row in rows],
        "is_all": is_all,
        "may_answer": actor.may("data.check"),
    }
    return show(request, "data/desk/asked.html", context)


@get_or_post
@needs("data.answer")
def answer(request: HttpRequest, key: UUID) -> HttpResponse:
    """One wish; the steward answers it, who prepares it reads it."""
    actor, today = actor_of(request), timezone.localdate()
    found = asked.wish_to_answer(actor, key, today)
    start = {
        "state": found.shown.state,
        "title": found.shown.title,
        "answer": found.shown.answer,
        "office": found.office_id,
        "planned_on": found.shown.planned_on,
        "version": found.version,
    }
    form = WishAnswerForm(*sent(request), initial=start)
    form.choose("office", [("", "-"), *((str(one.pk), one.name) for one in people.offices(today))])
    form.choose("ground", [("", "-"), *asked.grounds(today).items()])
    open_ones = (one for one in reads.listed(actor, only_own=True, limit=MOST_CHOICES).rows if one.is_open)
    form.choose("dataset", [("", "-"), *((one.code, one.title) for one in open_ones)])

    def act(form: WishAnswerForm) -> Done:
        said = form.cleaned_data
        version = said.pop("version")
        answer_wish(actor, key, Answered(**said), version=version, site=site_of(request), at=timezone.now())
        return Done(_("Jawaban disimpan dan dikirim kepada pemintanya."), reverse("data-asked-desk"))

    return ask(
        request,
        form,
        act,
        template="data/desk/asked_one.html",
        version_now=lambda: asked.wish_to_answer(actor, key, today).version,
        found=found,
        row=found.shown,
        state=state_of(found.shown),
        use=_use(found.shown),
        may_answer=actor.may("data.check") and found.shown.state != "published",
    )
