"""What everybody sees of a survey: which are held, the way in, the form, and what was found."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from balai.base import charts
from balai.base.access import actor_of, public
from balai.base.asking import tell
from balai.base.errors import Conflict, Fault, Invalid, Locked, NotFound, Refused
from balai.base.network import address_of
from balai.base.twins import as_csv, as_json
from balai.evaluation import changes, reads
from balai.evaluation.exporting import XLSX, workbook
from balai.evaluation.forms import CodeForm, Form, PinForm, SurveyEmailForm
from balai.evaluation.models import Survey
from balai.forms import reads as forms
from balai.forms.rules import validate
from balai.forms.rules.posted import answers, pressed

OPEN_TO_ALL = "Whoever used a programme may say what came of it; what was found is open to everybody."
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@public(OPEN_TO_ALL)
def surveys(request: HttpRequest) -> HttpResponse:
    """The surveys of the region: those that take answers, and those with results."""
    now = timezone.now()
    rows = [(row, reads.is_open(row, now)) for row in reads.announced(now)]
    return render(
        request, "evaluation/survey/index.html", {"rows": rows, "open": sum(1 for _r, o in rows if o)}
    )


@never_cache
@get_or_post
@public(OPEN_TO_ALL)
def door(request: HttpRequest, code: str) -> HttpResponse:
    """What the survey is about, and the two ways in: a printed code, or a code sent by e-mail."""
    now = timezone.now()
    row = reads.announced_one(code, now)
    context: dict[str, Any] = {
        "row": row,
        "text": reads.text_of(row),
        "is_open": reads.is_open(row, now),
        "by_code": CodeForm(initial={"printed": request.GET.get("kode", "")}),
        "by_email": SurveyEmailForm(),
        "has_code": "kode" in request.GET,
    }
    if request.method != "POST":
        return render(request, "evaluation/survey/door.html", context)
    ways = {"code": (CodeForm, _by_code), "email": (SurveyEmailForm, _by_email), "pin": (PinForm, _by_pin)}
    way = request.POST.get("way", "")
    if way not in ways:
        raise Invalid(
            [Fault("way", _("Cara masuknya tidak disebut."), _("Pilih salah satu di halaman ini."))]
        )
    kind, act = ways[way]
    form = kind(request.POST)
    context[f"by_{way}"] = form
    status = 422
    if form.is_valid():
        try:
            answer = act(request, row, form)
        except (Invalid, Conflict, Locked, NotFound) as error:
            status = error.status
            _say(form, error)
        else:
            if answer is not None:
                return answer
            context["by_pin"] = PinForm(initial={"email": form.cleaned_data["email"]})
            status = 200
    return render(request, "evaluation/survey/door.html", context, status=status)


def _say(form: Form, error: Refused) -> None:
    if isinstance(error, (Invalid, Conflict, Locked)):
        tell(form, error)
    else:
        form.add_error(None, str(error))


def _by_code(request: HttpRequest, row: Survey, form: Form) -> HttpResponse:
    printed, where = form.cleaned_data["printed"], address_of(request)
    ticket = changes.use_code(actor_of(request), row.code, printed, where, timezone.now())
    return _in(request, row, ticket)


def _by_email(request: HttpRequest, row: Survey, form: Form) -> None:
    email, where = form.cleaned_data["email"], address_of(request)
    changes.ask_for_pin(actor_of(request), row.code, email, where, timezone.now())


def _by_pin(request: HttpRequest, row: Survey, form: Form) -> HttpResponse:
    said, where = form.cleaned_data, address_of(request)
    ticket = changes.verify_email(
        actor_of(request), row.code, said["email"], said["pin"], where, timezone.now()
    )
    return _in(request, row, ticket)


def _in(request: HttpRequest, row: Survey, ticket: str) -> HttpResponse:
    request.session[_ticket_of(row.code)] = ticket
    return redirect("survey-form", row.code)


def _ticket_of(code: str) -> str:
    return f"survey.{code}"


@never_cache
@get_or_post
@public(OPEN_TO_ALL)
def form(request: HttpRequest, code: str) -> HttpResponse:
    """The questions, for a browser that came in; without a ticket it is led to the way in."""
    now = timezone.now()
    row = reads.announced_one(code, now)
    ticket = request.session.get(_ticket_of(code))
    if not ticket or not (reads.is_open(row, now) or request.method == "POST"):
        return redirect("survey-door", code)
    asked = reads.form_of(row)
    context = forms.context(row.tenant, timezone.localdate())
    given = answers(asked.steps[0], request.POST, {}) if request.method == "POST" else {}
    is_sent = request.method == "POST" and pressed(request.POST).act == "next"
    checked = validate(asked, given, context)
    if is_sent and checked.is_valid:
        changes.answer_survey(actor_of(request), code, ticket, given, now)
        return redirect("survey-thanks", code)
    known = {key: value for key, value in given.items() if key in asked.items}
    shown = forms.show(checked, asked.steps[0].id, known, context, with_faults=is_sent)
    return render(
        request, "evaluation/survey/form.html", {"row": row, "shown": shown}, status=422 if is_sent else 200
    )


@require_safe
@public(OPEN_TO_ALL)
def thanks(request: HttpRequest, code: str) -> HttpResponse:
    """Where an answer ends."""
    row = reads.announced_one(code, timezone.now())
    return render(request, "evaluation/survey/thanks.html", {"row": row})


@require_safe
@public(OPEN_TO_ALL)
def found(request: HttpRequest, code: str) -> HttpResponse:
    """What a closed survey found: distribution of each question, means, and how many answered."""
    row = reads.announced_one(code, timezone.now())
    return render(request, "evaluation/survey/found.html", found_context(row) | {"row": row})


def found_context(row: Survey) -> dict[str, Any]:
    """Return what the parts of a page that show results need; `found` is None while it is not closed."""
    text, result = reads.text_of(row), reads.survey_found(row, timezone.now())
    names = reads.survey_names()
    context: dict[str, Any] = {"text": text, "found": result, "names": names}
    if result is None:
        return context
    context["ways"] = {way.key: str(way.label) for way in text.often.options}
    context["values"] = [step.value for step in text.scale]
    context["parts"] = [
        (names.get(part.key, part.key), part.mean.shown, [(each, _counts(each)) for each in part.questions])
        for part in result.parts
    ]
    context["dimensions"] = [(names.get(each.key, each.key), each.mean.shown) for each in result.dimensions]
    bars = [
        charts.Bar(names.get(each.key, each.key), each.mean.shown)
        for each in result.parts
        if each.mean.shown is not None
    ]
    if bars:
        context["chart"] = charts.bars(
            _("Rata-rata tiap subdimensi"), bars, most=text.most, unit="", about=_("Subdimensi")
        )
    return context


def _counts(each: Any) -> list[tuple[int, int]] | None:
    return None if each.counts is None else list(each.counts.items())


def _rows(code: str) -> tuple[Survey, tuple[Any, ...]]:
    row = reads.announced_one(code, timezone.now())
    result = reads.survey_found(row, timezone.now())
    if result is None:
        raise NotFound(_("Hasilnya dapat dibaca setelah survei ditutup."))
    return row, reads.survey_rows(row, result)


@require_safe
@public(OPEN_TO_ALL)
def found_json(request: HttpRequest, code: str) -> HttpResponse:
    return as_json(results=_rows(code)[1])


@require_safe
@public(OPEN_TO_ALL)
def found_csv(request: HttpRequest, code: str) -> HttpResponse:
    return as_csv(f"survei-{code}", _rows(code)[1])


@require_safe
@public(OPEN_TO_ALL)
def found_file(request: HttpRequest, code: str) -> HttpResponse:
    """The same rows as a workbook."""
    answer = HttpResponse(workbook(code, _rows(code)[1], texts=TEXTS), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="survei-{code}.xlsx"'
    return answer


TEXTS = frozenset({"survey", "title", "subject", "valid", "level", "key", "name"})


def address(request: HttpRequest, row: Survey, printed: str = "") -> str:
    """Return the address that a QR code holds."""
    where = request.build_absolute_uri(reverse("survey-door", args=[row.code]))
    return f"{where}?kode={printed}" if printed else where
