"""The desk of services: where one begins, the lists, saved lists, and looking for a person."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balai.base.access import actor_of, needs
from balai.base.actor import Actor
from balai.base.asking import Done, do_once, sent, show, tell
from balai.base.errors import Fault, Invalid, NotFound
from balai.base.forms import Asked, needed
from balai.people import reads as people
from balai.places import reads as places
from balai.services import changes
from balai.services.pages import desk_asked as asked_of
from balai.services.pages.desk_words import QUEUES, Words, case_address
from balai.services.reads import lists, persons, sight
from balai.services.reads.lists import Queue, Selection
from balai.services.rules.definition import Move, Party, Service


@require_safe
@needs("services.read")
def index(request: HttpRequest) -> HttpResponse:
    """The services one may work in with their numbers, one's queues, and the saved lists."""
    actor, now = actor_of(request), timezone.now()
    words, counted = Words(actor), lists.counts(actor, now)
    own = lists.queues_of(actor)
    return show(
        request,
        "services/desk/index.html",
        {
            "queues": [{"label": QUEUES[one], "href": _to_list(queue=one.value)} for one in own],
            "tasks": lists.task_count(actor),
            "works": sight.works(actor),
            "services": [
                {
                    "service": service,
                    "counted": counted.get(code),
                    "href": _to_list(queue=_wide(own), service=code),
                    "late": _to_list(queue=_wide(own), service=code, late=1),
                    "mine": _to_list(queue=Queue.MINE.value, service=code),
                }
                for code, service in words.services.items()
            ],
            "saved": lists.saved_lists(actor),
        },
    )


def _to_list(**said: object) -> str:
    return f"{reverse('service-list')}{asked_of.query_of(**said)}"


def _wide(own: Iterable[Queue]) -> str:
    return next((one.value for one in (Queue.ALL, Queue.OFFICE, Queue.SECRET) if one in own), "")


@require_safe
@needs("services.read")
def cases(request: HttpRequest) -> HttpResponse:
    """One list: a queue, narrowed by the address, overdue first; a whole number leads to its case."""
    actor, now = actor_of(request), timezone.now()
    asked = asked_of.selection(request.GET, actor, now)
    if persons.is_of_a_person(asked.wanted.text):
        # The number of a person neither stands in an address nor is looked for without a purpose.
        return redirect("service-person")
    if (there := _by_number(actor, asked)) is not None:
        return redirect(there)
    if not lists.queues_of(actor):
        return show(request, "services/desk/list.html", {"none": True})
    return show(request, "services/desk/list.html", _listed(request, actor, asked, now))


def _by_number(actor: Actor, asked: Selection) -> str | None:
    text = asked.wanted.text.upper()
    if not text or " " in text or not any(sign.isdigit() for sign in text):
        return None
    found = sight.cases(actor).filter(number=text).values_list("service", "number").first()
    return case_address(*found) if found else None


def _listed(request: HttpRequest, actor: Actor, asked: Selection, now: datetime) -> dict[str, Any]:
    words = Words(actor)
    page, closed = lists.page(actor, asked, asked_of.place(request.GET))
    is_first = not request.GET.get(asked_of.AFTER)
    total = lists.count(actor, asked) if is_first and page.after else len(page.lines) if is_first else None
    is_more = total is not None and total > lists.MOST_COUNTED
    service = words.services.get(asked.wanted.service)
    return {
        "asked": asked,
        "rows": words.rows(page.lines, now, closed),
        "is_closed": asked.queue is Queue.CLOSED,
        "next": asked_of.written(page.after),
        "is_first": is_first,
        "total": total,
        "is_more": is_more,
        "most": lists.MOST_COUNTED,
        "tabs": [
            {
                "label": QUEUES[one],
                "href": asked_of.query_of(queue=one.value, service=asked.wanted.service),
                "is_here": one is asked.queue,
            }
            for one in lists.queues_of(actor)
        ],
        "query": asked_of.address(request.GET),
        "filters": _filters(actor, words, asked, request),
        "saved": lists.saved_lists(actor),
        "moves": _moves(actor, service, asked) if service else [],
    }


def _filters(actor: Actor, words: Words, asked: Selection, request: HttpRequest) -> dict[str, Any]:
    service = words.services.get(asked.wanted.service)
    wide = asked.queue in (Queue.ALL, Queue.INTAKE, Queue.CLOSED) and sight.is_wide(actor)
    offices = [(str(one.pk), str(one)) for one in people.all_offices()] if wide else []
    return {
        "services": [(code, str(one.title)) for code, one in words.services.items()],
        "states": [
            (key, str(state.title))
            for key, state in (service.states.items() if service else ())
            if state.is_closed == (asked.queue is Queue.CLOSED)
        ],
        "topics": list(words.topics(asked.wanted.service).items()),
        "regions": places.kept_children(actor.tenant),
        "offices": offices,
        "late": bool(request.GET.get(asked_of.LATE)),
        "reopened": asked.reopened,
        "days": request.GET.get(asked_of.DAYS, ""),
    }


def _moves(actor: Actor, service: Service, asked: Selection) -> list[Move]:
    """Return the moves of a service that somebody with the actor's verbs could make of open cases."""
    if asked.queue is Queue.CLOSED:
        return []
    roles = {
        role.id
        for role in service.roles.values()
        if role.party is Party.OFFICER and role.verb and actor.may(role.verb)
    }
    state = asked.wanted.state
    return [
        move
        for move in service.moves.values()
        if roles & set(move.by)
        and (not state or state in move.sources)
        and any(not service.states[source].is_closed for source in move.sources)
    ]


@require_safe
@needs("services.read")
def tasks(request: HttpRequest) -> HttpResponse:
    """The parts of cases that wait for the actor's offices, the oldest first."""
    actor, now = actor_of(request), timezone.now()
    words = Words(actor)
    found = lists.tasks(actor, asked_of.place(request.GET))
    rows = words.rows([one.case for one in found.lines], now)
    shown = []
    for one, row in zip(found.lines, rows, strict=True):
        known = words.services.get(one.case.service)
        title = str(known.tasks[one.task].title) if known and one.task in known.tasks else one.task
        shown.append(
            {
                "row": row,
                "title": title,
                "opened_at": one.opened_at,
                "href": reverse("service-case-task", args=[one.case.service, one.case.number, one.id]),
            }
        )
    return show(
        request,
        "services/desk/tasks.html",
        {
            "tasks": shown,
            "next": asked_of.written(found.after),
            "is_first": not request.GET.get(asked_of.AFTER),
        },
    )


@require_POST
@needs("services.read")
def save(request: HttpRequest) -> HttpResponse:
    """Keep the list one looks at under a name."""
    actor = actor_of(request)
    query = asked_of.address(QueryDict(request.POST.get("query", "")[:2000]))

    def act() -> Done:
        made = changes.save_list(actor, request.POST.get("name", ""), query, timezone.now())
        return Done(
            _("Saringan “%(name)s” disimpan.") % {"name": made.name},
            f"{reverse('service-list')}?{made.query}",
        )

    return do_once(request, act)


@require_POST
@needs("services.read")
def forget(request: HttpRequest) -> HttpResponse:
    """Remove a saved list of one's own."""
    actor, key = actor_of(request), request.POST.get("key", "")

    def act() -> Done:
        try:
            changes.remove_list(actor, key)
        except NotFound as error:
            raise Invalid([Fault("key", _("Saringan itu tidak ada lagi."))]) from error
        return Done(_("Saringan dihapus."), reverse("service-desk"))

    return do_once(request, act)


class PersonForm(Asked):
    """Whom one looks for, and what for."""

    number = needed(
        forms.CharField(
            label=gettext_lazy("NIK, KK, NPWP, atau telepon"),
            max_length=30,
            help_text=gettext_lazy("Tulis nomornya utuh. Nomor ini tidak disimpan."),
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        )
    )
    purpose = needed(
        forms.CharField(
            label=gettext_lazy("Untuk apa"),
            max_length=200,
            help_text=gettext_lazy("Dicatat, dan dapat dibaca oleh orang yang Anda cari."),
        )
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("services.read")
def person(request: HttpRequest) -> HttpResponse:
    """Look for the cases of a person by a number of theirs; who looks and what for is written down."""
    actor, now = actor_of(request), timezone.now()
    form = PersonForm(*sent(request))
    if request.method != "POST":
        return show(request, "services/desk/person.html", {"form": form})
    if form.is_valid():
        said = form.cleaned_data
        try:
            found = persons.of_person(actor, said["number"], said["purpose"])
        except Invalid as error:
            tell(form, error)
        else:
            rows = Words(actor).rows(found, now)
            return show(request, "services/desk/person.html", {"form": form, "rows": rows, "asked": True})
    return show(request, "services/desk/person.html", {"form": form}, 422)
