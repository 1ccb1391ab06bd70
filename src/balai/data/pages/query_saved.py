"""Saved questions: the list of them, the page of each, and the forms that save, change and remove them."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balai.base.access import actor_of, needs
from balai.base.actor import Actor
from balai.base.asking import Done, ask, do_once
from balai.base.errors import Fault, Invalid, Refused
from balai.base.forms import Asked
from balai.base.kept import kept
from balai.data.changes.queries import QueryDraft, change_query, remove_query, save_query
from balai.data.models import SavedQuery
from balai.data.pages.query import frame, refusal
from balai.data.pages.query_asked import Told, page_in, steps, wish_in
from balai.data.pages.query_shown import Wish, shown
from balai.data.patience import Steps, answered
from balai.data.reads.queries import QueryRow, saved_queries, saved_query
from balai.data.reads.running import limits
from balai.data.rules.gate.values import MOST_CHARACTERS
from balai.people import reads as people

_WISH = ("chart", "x", "y")


class QueryForm(Asked):
    """What is said of a question that is saved."""

    PLACES = {"sql": "SQL"}

    title = forms.CharField(label=gettext_lazy("Judul"), max_length=200, required=False)
    slug = forms.CharField(
        label=gettext_lazy("Alamat"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Huruf kecil, angka dan tanda hubung. Kosongkan untuk memakai judulnya."),
    )
    sharing = forms.ChoiceField(label=gettext_lazy("Siapa yang boleh membuka"), widget=forms.RadioSelect)
    sql = forms.CharField(
        label="SQL",
        max_length=MOST_CHARACTERS,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "class": "query-text", "spellcheck": "false"}),
        help_text=gettext_lazy("Setiap orang menjalankannya dengan haknya sendiri."),
    )
    chart = forms.CharField(required=False, widget=forms.HiddenInput, max_length=10)
    x = forms.CharField(required=False, widget=forms.HiddenInput, max_length=120)
    y = forms.CharField(required=False, widget=forms.HiddenInput, max_length=120)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def draft(self) -> QueryDraft:
        said = self.cleaned_data
        sharing, _sep, office = said["sharing"].partition(":")
        slug = said["slug"] or slugify(said["title"])[:60].strip("-")
        wish = Wish(said["chart"], said["x"], said["y"])
        text = said["sql"].replace("\r\n", "\n")
        return QueryDraft(slug, said["title"], text, sharing, office, wish.written())


@require_safe
@needs("data.read")
def queries(request: HttpRequest) -> HttpResponse:
    """List the saved questions shown to whoever asks."""
    actor = actor_of(request)
    rows = [(row, SavedQuery.Sharing(row.sharing).label) for row in saved_queries(actor)]
    return render(request, "data/queries.html", {"frame": frame(actor), "rows": rows})


@kept
@require_safe
@needs("data.read")
def saved(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Ask a saved question as whoever opens it, and show the answer."""
    row = saved_query(actor_of(request), slug)
    return answered(request, _steps(request, row))


def _steps(request: HttpRequest, row: QueryRow) -> Steps:
    wish = wish_in(request.GET)
    if not any(name in request.GET for name in _WISH):
        wish = Wish(*(row.chart.get(part, "") for part in ("kind", "x", "y")))

    def make(told: Told) -> HttpResponse:
        found = shown(
            told.columns,
            told.rows,
            is_cut=told.is_cut,
            seconds=told.seconds,
            page=page_in(request.GET),
            wish=wish,
        )
        return _page(request, row, {"shown": found, "wish": found.wish})

    try:
        return (yield from steps(request, row.text, make))
    except Refused as error:
        return _page(request, row, {"wish": wish, **refusal(row.text, error)}, error.status)


def _page(request: HttpRequest, row: QueryRow, more: dict[str, object], status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    context = {
        **more,
        "row": row,
        "text": row.text,
        "frame": frame(actor),
        "limits": limits(actor),
        "sharing": SavedQuery.Sharing(row.sharing).label,
    }
    return render(request, "data/query_saved.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("data.keep_query")
def keep_query(request: HttpRequest) -> HttpResponse:
    """Save the question of the editor; the editor sends it here, and here it is sent with its title."""
    actor = actor_of(request)
    if request.method == "POST" and "title" not in request.POST:
        start = {name: request.POST.get(name, "") for name in ("sql", *_WISH)}
        form = _form(actor, initial={**start, "sharing": SavedQuery.Sharing.ME.value})
        return render(request, "data/query_form.html", {"form": form, **_words("")})

    def act(form: QueryForm) -> Done:
        row = save_query(actor, form.draft(), at=timezone.now())
        return Done(_("Pertanyaan disimpan."), reverse("data-query-saved", args=[row.slug]))

    form = _form(actor, request.POST if request.method == "POST" else None)
    return ask(request, form, _at_fields(act), template="data/query_form.html", **_words(""))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("data.keep_query")
def change_saved_query(request: HttpRequest, slug: str) -> HttpResponse:
    """Change a saved question."""
    actor = actor_of(request)
    row = saved_query(actor, slug)

    def act(form: QueryForm) -> Done:
        draft = form.draft()
        changed = change_query(
            actor, slug, draft, version=form.cleaned_data["version"] or 0, at=timezone.now()
        )
        return Done(_("Perubahan disimpan."), reverse("data-query-saved", args=[changed.slug]))

    sharing = f"office:{row.office}" if row.office else row.sharing
    wish = {name: row.chart.get(part, "") for name, part in zip(_WISH, ("kind", "x", "y"), strict=True)}
    start = {"title": row.title, "slug": row.slug, "sql": row.text, "sharing": sharing}
    form = _form(actor, request.POST if request.method == "POST" else None, {
        **start, **wish, "version": row.version,
    })  # fmt: skip
    form.fields["slug"].disabled = True
    return ask(
        request,
        form,
        _at_fields(act),
        template="data/query_form.html",
        version_now=lambda: saved_query(actor, slug).version,
        **_words(slug),
        row=row,
    )


@require_POST
@needs("data.keep_query")
def remove_saved_query(request: HttpRequest, slug: str) -> HttpResponse:
    """Remove a saved question."""
    actor = actor_of(request)
    version = request.POST.get("version", "")

    def act() -> Done:
        remove_query(actor, slug, version=int(version) if version.isdigit() else 0)
        return Done(_("Pertanyaan dihapus."), reverse("data-queries"))

    return do_once(request, act)


def _form(actor: Actor, data: object = None, initial: dict[str, object] | None = None) -> QueryForm:
    form = QueryForm(data, initial=initial)  # type: ignore[arg-type]
    names = people.office_names(actor.offices)
    words = SavedQuery.Sharing
    form.choose(
        "sharing",
        [
            (words.ME.value, words.ME.label),
            *((f"office:{key}", name) for key, name in sorted(names.items(), key=lambda one: one[1])),
            (words.OFFICERS.value, words.OFFICERS.label),
            (words.PUBLIC.value, words.PUBLIC.label),
        ],
    )
    return form


def _words(slug: str) -> dict[str, Any]:
    return {
        "title": _("Ubah pertanyaan") if slug else _("Simpan pertanyaan"),
        "back": reverse("data-query-saved", args=[slug]) if slug else reverse("data-query"),
    }


def _at_fields(act: Callable[[QueryForm], Done]) -> Callable[[QueryForm], Done]:
    """Let faults of the gate, which are at lines, stand at the field of the text."""

    def acted(form: QueryForm) -> Done:
        try:
            return act(form)
        except Invalid as error:
            faults = [
                fault
                if fault.place in form.fields
                else Fault("sql", f"{fault.place}: {fault.wrong}", fault.right)
                for fault in error.faults
            ]
            raise Invalid(faults) from None

    return acted
