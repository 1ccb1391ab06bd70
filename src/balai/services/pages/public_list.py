"""The services of the local government: the list of them, and what each says of itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from balai.base.access import actor_of, public
from balai.base.kept import kept
from balai.base.twins import as_json
from balai.people import reads as people
from balai.services import reads
from balai.services.pages import public_words as words
from balai.services.rules.definition import Service
from balai.services.rules.diagram import diagram, moves_told

OPEN = "Which services there are, and how they go, is for everybody."


@require_safe
@public(OPEN)
@kept
def index(request: HttpRequest) -> HttpResponse:
    """Every service that can be asked for today; `?cari=` keeps those that say the words."""
    now = timezone.now()
    all_of_them = reads.services(timezone.localdate())
    text = request.GET.get("cari", "").strip()[:100]
    found = [one for one in all_of_them if _says(one, text)]
    context = {
        "services": [(one, words.longest(one, now), words.has_fee(one)) for one in found],
        "text": text,
        "has_any": bool(all_of_them),
        "may_follow": actor_of(request).is_signed_in,
    }
    return render(request, "services/public/list.html", context)


def _says(service: Service, text: str) -> bool:
    said = f"{service.title} {service.summary} {' '.join(reads.topic_names(service).values())}".casefold()
    return all(word in said for word in text.casefold().split())


@require_safe
@public(OPEN)
@kept
def index_json(request: HttpRequest) -> HttpResponse:
    """The same list for programs."""
    return as_json(
        services=[
            {
                "code": one.code,
                "version": one.version,
                "title": str(one.title),
                "summary": str(one.summary),
                "channels": list(one.filing.channels),
                "without_account": one.filing.without_account,
                "has_fee": words.has_fee(one),
                "laws": [f"{law.name} {law.article}".strip() for law in one.laws.values()],
                "address": request.build_absolute_uri(reverse("service", args=[one.code])),
            }
            for one in reads.services(timezone.localdate())
        ]
    )


@require_safe
@public(OPEN)
@kept
def about(request: HttpRequest, code: str) -> HttpResponse:
    """One service: what is asked, how it goes, how long it takes, by which law."""
    now = timezone.now()
    service = reads.service(code, timezone.localdate())
    office = people.all_offices().filter(code=service.owner).first()
    return render(
        request,
        "services/public/about.html",
        {
            "service": service,
            "office": office,
            "who": words.who_may(service),
            "promises": words.promises(service, now),
            "steps": words.asked(service),
            "has_fee": words.has_fee(service),
            "channels": [
                str(words.CHANNELS[one]) for one in service.filing.channels if one in words.CHANNELS
            ],
            "is_on_web": "web" in service.filing.channels,
            "has_figures": bool(service.publication.map or service.publication.dataset),
            "drawn": diagram(service),
            "moves": moves_told(service),
        },
    )
