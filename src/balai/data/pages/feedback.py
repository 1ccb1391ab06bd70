"""“Ada yang keliru pada data ini?”: a reader tells, the producer answers, everybody reads the answer."""

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
from balai.data.changes.feedback import Remark, answer_feedback, give_feedback
from balai.data.forms import AnswerForm, FeedbackForm
from balai.data.models import Feedback
from balai.data.pages.words import Badge
from balai.data.reads.feedback import answered, by_key, one_to_answer, to_answer

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
_TONES = {"new": "waiting", "at_work": "waiting", "mended": "done", "kept": "plain"}


def _state(value: str) -> Badge:
    return Badge(_TONES[value], str(Feedback.State(value).label))


def _kind(value: str) -> str:
    return str(Feedback.Kind(value).label)


@get_or_post
@needs("data.read")
def give(request: HttpRequest, code: str) -> HttpResponse:
    """The form, and what was answered to others."""
    actor = actor_of(request)
    row = reads.dataset(actor, code)
    form = FeedbackForm(*sent(request))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                # Sent twice it is one remark: `give_feedback` knows the same words again.
                return redirect(_given(request, code, form.cleaned_data))
            except (Invalid, Locked) as error:
                status = error.status
                tell(form, error)
    others = [(each, _kind(each.kind), _state(each.state)) for each in answered(actor, code)]
    return show(request, "data/feedback.html", {"form": form, "row": row, "answered": others}, status)


def _given(request: HttpRequest, code: str, said: dict[str, str]) -> str:
    """Write a remark down; return where its sender goes on."""
    if said["site"]:
        # A program filled in what people do not see. It learns nothing from the answer.
        return reverse("dataset", args=[code])
    remark = Remark(said["kind"], said["text"], address_of(request))
    made = give_feedback(actor_of(request), code, remark, at=timezone.now())
    return reverse("dataset-feedback-one", args=[code, made.key])


@require_safe
@needs("data.read")
def follow(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """One remark before its sender, who alone knows this address."""
    actor = actor_of(request)
    found = by_key(actor, code, key)
    response = render(
        request,
        "data/feedback_one.html",
        {
            "row": reads.dataset(actor, code),
            "found": found,
            "kind": _kind(found.kind),
            "state": _state(found.state),
            "address": request.build_absolute_uri(),
        },
    )
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
@needs("data.answer")
def waiting(request: HttpRequest) -> HttpResponse:
    """What readers found wrong with the datasets the actor answers for."""
    is_all = request.GET.get("semua") == "1"
    rows = to_answer(actor_of(request), open_only=not is_all)
    context = {
        "rows": [(row, _kind(row.kind), _state(row.state)) for row in rows],
        "is_all": is_all,
    }
    return show(request, "data/desk/feedbacks.html", context)


@get_or_post
@needs("data.answer")
def answer(request: HttpRequest, key: UUID) -> HttpResponse:
    """One remark and its answer."""
    actor = actor_of(request)
    found = one_to_answer(actor, key)
    start = {"state": found.state, "answer": found.answer, "version": found.version}
    form = AnswerForm(*sent(request), initial=start)

    def act(form: AnswerForm) -> Done:
        said = form.cleaned_data
        answer_feedback(actor, key, said["state"], said["answer"], version=said["version"], at=timezone.now())
        return Done(_("Jawaban disimpan. Pembaca melihatnya di halaman set data."), reverse("data-feedbacks"))

    return ask(
        request,
        form,
        act,
        template="data/desk/feedback.html",
        version_now=lambda: one_to_answer(actor, key).version,
        found=found,
        kind=_kind(found.kind),
        state=_state(found.state),
    )
