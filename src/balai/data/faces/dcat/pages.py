"""The catalogue and its datasets as linked data: `/catalog.ttl`, `/dataset/<code>.ttl` and their forms."""

from datetime import UTC, datetime
from hashlib import blake2b
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from balai.base.access import actor_of
from balai.base.errors import Fault, Invalid
from balai.data import reads
from balai.data.faces.answering import face, home_of, marked, opened
from balai.data.rules import dcat, linked
from balai.people import reads as people

KINDS = {
    "ttl": "text/turtle; charset=utf-8",
    "jsonld": "application/ld+json; charset=utf-8",
    "rdf": "application/rdf+xml; charset=utf-8",
}
_ACCEPTED = {
    "text/html": "",
    "text/turtle": "ttl",
    "application/ld+json": "jsonld",
    "application/rdf+xml": "rdf",
}
_WRITE = {"ttl": linked.turtle, "jsonld": linked.jsonld, "rdf": linked.rdfxml}


@face
def catalogue(request: HttpRequest, form: str) -> HttpResponse:
    """A page of the catalogue, with Hydra's way to the next; `q` and `modified_since` narrow it down."""
    actor = actor_of(request)
    words = request.GET.get("q", "").strip()[:100]
    since = _since(request.GET.get("modified_since", ""))
    found = reads.catalogue_page(
        actor, form, words=words, since=since, after=request.GET.get("after", "")[:60]
    )
    government = people.government(actor.tenant)
    name = government.name if government else actor.tenant
    # Asked for under any of its names, a page has one address: that of the host that was asked.
    here = request.build_absolute_uri(request.path)
    asked = {"q": words, "modified_since": request.GET.get("modified_since", "") if since else ""}
    first = _address(here, asked)
    following = _address(here, {**asked, "after": found.next}) if found.next else ""
    nodes = (
        *dcat.catalogue(name, actor.tenant, name, found.codes, found.changed_at),
        *dcat.paging(request.build_absolute_uri(), first, following, found.total),
    )
    head = tuple(map(_WRITE[form], nodes))
    home = home_of(request, actor.tenant)
    # Half a megabyte need not be read through to know that it is the same.
    mark = blake2b("\n".join((form, home, *head, *found.marks)).encode(), digest_size=16).hexdigest()
    links = [f'<{first}>; rel="first"', *([f'<{following}>; rel="next"'] if following else [])]
    return marked(
        request,
        linked.document(form, home, (*head, *found.parts)),
        KINDS[form],
        mark=mark,
        headers={"Link": ", ".join(links)},
    )


@face
def dataset(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """One dataset with its versions."""
    found = reads.dataset_alone(actor_of(request), code)
    parts = tuple(map(_WRITE[form], found.nodes))
    return marked(request, linked.document(form, home_of(request, found.tenant), parts), KINDS[form])


@face
def catalogue_thing(request: HttpRequest) -> HttpResponse:
    """The address by which the catalogue is called: leads to a page or a form, as is accepted."""
    form = _wanted(request)
    return _see(request, reverse("dcat-catalogue", args=[form]) if form else reverse("data"))


@face
def dataset_thing(request: HttpRequest, code: str) -> HttpResponse:
    """The address by which a dataset is called: leads to its page or a form, as is accepted."""
    own = reads.dataset(actor_of(request), code).code
    form = _wanted(request)
    return _see(
        request, reverse("dcat-dataset", args=[own, form]) if form else reverse("dataset", args=[own])
    )


def _see(request: HttpRequest, there: str) -> HttpResponse:
    response = HttpResponseRedirect(there, preserve_request=False)
    response.status_code = 303
    return opened(request, response)


def _wanted(request: HttpRequest) -> str:
    return _ACCEPTED[request.get_preferred_type(list(_ACCEPTED)) or "text/html"]


def _address(page: str, asked: dict[str, str]) -> str:
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{page}?{query}" if query else page


def _since(text: str) -> datetime | None:
    """Return the instant a text names; a day begins in UTC, and so does an instant without a zone."""
    if not text:
        return None
    try:
        found = parse_datetime(text.replace(" ", "+"))
        if found is None and (day := parse_date(text)):
            found = datetime(day.year, day.month, day.day)  # noqa: DTZ001  its zone comes below
    except ValueError:
        found = None
    if found is None:
        right = _("Tulis tahun-bulan-hari, misalnya 2026-03-18.")
        raise Invalid([Fault("modified_since", _("“%(text)s” bukan waktu.") % {"text": text[:40]}, right)])
    return found if found.tzinfo else found.replace(tzinfo=UTC)
