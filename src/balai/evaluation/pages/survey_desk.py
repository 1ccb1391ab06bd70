"""Surveys at the desk: opened, watched, printed, ended."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balai.base.access import actor_of, needs
from balai.base.qr import qr_svg
from balai.evaluation import changes, reads, rules
from balai.evaluation.forms import EndSurveyForm, PrintForm, ReasonForm, SurveyForm
from balai.evaluation.pages.asking import Done, ask, sent, show
from balai.evaluation.pages.surveys import address, found_context
from balai.evaluation.pages.words import dimensions
from balai.evaluation.survey_pdf import poster_pdf, sheet_pdf

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@needs("evaluation.survey")
def surveys(request: HttpRequest) -> HttpResponse:
    """The surveys of the region, or those of the officer's office."""
    now = timezone.now()
    rows = [(row, reads.intake(row), reads.is_open(row, now)) for row in reads.surveys_of(actor_of(request))]
    return show(request, "evaluation/desk/surveys.html", {"rows": rows, "now": now})


@get_or_post
@needs("evaluation.survey")
def start(request: HttpRequest) -> HttpResponse:
    """Open a survey about a programme or an action."""
    actor, today = actor_of(request), timezone.localdate()
    subjects = reads.survey_subjects(actor, today.year, today)
    kinds = [(each.code, str(each.value.name)) for each in rules.surveys().values()]
    names = dimensions()

    def act(form: SurveyForm) -> Done:
        row = changes.open_survey(actor, form.draft(today.year), timezone.now())
        return Done(_("Survei dibuka."), _at(row.code))

    choices = {
        "definition": kinds,
        "subject": [
            (each.key, f"{each.name} ({', '.join(names.get(key, key) for key in each.dimensions)})")
            for each in subjects
        ],
        "dimensions": names.items(),
    }
    least = max((each.value.least_respondents for each in rules.surveys().values()), default=1)
    return ask(
        request,
        SurveyForm(*sent(request), choices=choices, initial={"target": least}),
        act,
        title=_("Buka survei dampak"),
        about=_(
            "Yang menjawab harus pengguna programnya, paling sedikit %(least)d orang. "
            "Yang bukan pengguna dihitung tersendiri."
        )
        % {"least": least},
        button=_("Buka survei"),
        back=reverse("survey-desk"),
        consequences=[
            _("Setelah dibuka, pertanyaan dan programnya tidak dapat diganti."),
            _("Siapa pun yang punya tautannya dapat membukanya; tiap kontak atau kode menjawab satu kali."),
        ],
    )


@require_safe
@needs("evaluation.survey")
def survey(request: HttpRequest, code: str) -> HttpResponse:
    """One survey: how far it is, its link and QR code, its sheets, and what it found once closed."""
    row, now = reads.survey_of(actor_of(request), code), timezone.now()
    return show(
        request,
        "evaluation/desk/survey.html",
        {
            "row": row,
            "intake": reads.intake(row),
            "is_open": reads.is_open(row, now),
            "is_closed": reads.is_closed(row, now),
            "address": address(request, row),
            "print_form": PrintForm(initial={"count": 50}),
            **found_context(row),
        },
    )


@get_or_post
@needs("evaluation.survey")
def end(request: HttpRequest, code: str) -> HttpResponse:
    """Let a survey end earlier or later."""
    actor = actor_of(request)
    row = reads.survey_of(actor, code)

    def act(form: EndSurveyForm) -> Done:
        said = form.cleaned_data
        changes.end_survey(actor, code, said["until"], said["reason"], timezone.now())
        return Done(_("Waktu penutupannya diganti."), _at(code))

    return ask(
        request,
        EndSurveyForm(*sent(request), initial={"until": row.closes_at}),
        act,
        title=_("Ganti penutupan %(survey)s") % {"survey": row.title},
        about=_("Waktu yang sudah lewat menutupnya sekarang."),
        button=_("Ganti penutupan"),
        back=_at(code),
        consequences=[_("Survei yang sudah tertutup tidak dibuka lagi, karena hasilnya sudah terbaca.")],
    )


@require_POST
@needs("evaluation.survey")
def sheet(request: HttpRequest, code: str) -> HttpResponse:
    """A printed sheet of single-use codes. They are told this once; only their hashes are kept."""
    actor = actor_of(request)
    row = reads.survey_of(actor, code)
    form = PrintForm(request.POST)
    if not form.is_valid():
        return show(
            request,
            "evaluation/desk/form.html",
            {"form": form, "title": _("Cetak kode"), "button": _("Cetak"), "back": _at(code)},
            422,
        )
    number, codes = changes.print_codes(actor, code, form.cleaned_data["count"], timezone.now())
    cards = [(each, address(request, row, each)) for each in codes]
    return _pdf(sheet_pdf(row, number, cards), f"kode-{row.code}-{number}")


@get_or_post
@needs("evaluation.survey")
def void(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Take the unused codes of a sheet back."""
    actor = actor_of(request)
    row = reads.survey_of(actor, code)

    def act(form: ReasonForm) -> Done:
        count = changes.void_sheet(actor, code, number, form.cleaned_data["reason"])
        return Done(_("%(count)d kode dibatalkan.") % {"count": count}, _at(code))

    return ask(
        request,
        ReasonForm(*sent(request)),
        act,
        title=_("Batalkan kode lembar %(number)d: %(survey)s") % {"number": number, "survey": row.title},
        button=_("Batalkan kode"),
        back=_at(code),
        consequences=[
            _("Kode yang belum dipakai tidak diterima lagi; jawaban yang sudah masuk tetap dihitung.")
        ],
    )


@require_safe
@needs("evaluation.survey")
def poster(request: HttpRequest, code: str) -> HttpResponse:
    """A page to hang up, with the QR code of the survey."""
    row = reads.survey_of(actor_of(request), code)
    return _pdf(poster_pdf(row, address(request, row)), f"poster-{row.code}")


@require_safe
@needs("evaluation.survey")
def qr(request: HttpRequest, code: str) -> HttpResponse:
    """The QR code alone, to be put into a picture of one's own."""
    row = reads.survey_of(actor_of(request), code)
    return HttpResponse(qr_svg(address(request, row)), content_type="image/svg+xml")


def _at(code: str) -> str:
    return reverse("survey-desk-one", args=[code])


def _pdf(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{name}.pdf"',
            "Cache-Control": "private, no-store",
        },
    )
