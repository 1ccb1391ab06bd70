"""The addresses of the standard, each in JSON and XML."""

import json
import time
from collections.abc import Callable
from functools import wraps

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from balai.base import tenancy
from balai.base.access import actor_of, public
from balai.base.answers import refusal_in
from balai.base.errors import Forbidden, Invalid, NotFound, Refused
from balai.base.network import address_of, visits
from balai.people import reads as people
from balai.services.faces.open311 import asked, catalogue, posting, requests
from balai.services.faces.open311.answers import (
    DEFINITION,
    DISCOVERY,
    JSON,
    KINDS,
    REQUESTS,
    SERVICES,
    XML,
    Answer,
    Shape,
    Wrong,
    for_everybody,
    refused,
    told,
)
from balai.services.keeping import kept_once, nobody
from balai.services.reads import open311 as reads
from balai.services.rules.particulars import ANONYMOUS

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
OPEN = "reports are shown as the open311 block of a service's file says, and nothing else of them"


def _spoken(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer every refusal in the words of the standard: 404, 403, and 400 for all others."""

    @wraps(view)
    def speaking(request: HttpRequest, **named: str) -> HttpResponse:
        form = named["form"]
        if form not in KINDS:
            return refused(
                XML, Wrong(404, _("Bentuk “%(form)s” tidak ada; json atau xml.") % {"form": form[:20]})
            )
        try:
            return _too_often(request, form) or view(request, **named)
        except Wrong as wrong:
            return refused(form, wrong)
        except RequestDataTooBig:
            return refused(form, Wrong(400, _("Kiriman ini terlalu besar.")))
        except Exception as error:
            refusal = refusal_in(error)
            if refusal is None:
                raise
            return refused(form, _wrong(refusal))

    return speaking


def _too_often(request: HttpRequest, form: str) -> HttpResponse | None:
    """Refuse who asks more often than visitors of any face may; who is signed in, or posts by a key, may."""
    if request.method == "POST" or actor_of(request).is_signed_in:
        return None
    wait = visits().seconds_to_wait(address_of(request), time.monotonic())
    if not wait:
        return None
    words = _("Terlalu sering. Coba lagi %(seconds)d detik lagi.") % {"seconds": wait}
    response = refused(form, Wrong(429, words))
    response["Retry-After"] = str(wait)
    return response


def _wrong(error: Refused) -> Wrong:
    if isinstance(error, Invalid):
        return Wrong(400, *(str(fault) for fault in error.faults))
    status = 403 if isinstance(error, Forbidden) else 404 if isinstance(error, NotFound) else 400
    return Wrong(status, str(error) or type(error).__name__)


def _shown(request: HttpRequest, form: str, shape: Shape, answer: Answer, seconds: int = 60) -> HttpResponse:
    return for_everybody(request, told(form, shape, answer), seconds)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@public("an address that leads nowhere tells nobody anything")
def nowhere(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer any other address in the words of the standard."""
    form = JSON if rest.endswith(f".{JSON}") else XML
    return refused(form, Wrong(404, _("Tidak ada apa-apa di alamat itu.")))


@require_safe
@_spoken
@public("where the reports of a city are spoken to is open to everybody")
def discovery(request: HttpRequest, form: str) -> HttpResponse:
    """Say which endpoints there are, and how a key is got."""
    government = people.government(tenancy.current_tenant())
    home = request.build_absolute_uri("/")
    begun = [one.valid_from for one in catalogue.exposed(timezone.localdate()).values()]
    changed = f"{max(begun)} 00:00" if begun else "1970-01-01 00:00"
    endpoint = {
        "specification": SPECIFICATION,
        "url": f"{home}open311/v2",
        "changeset": changed,
        "type": "test" if government is not None and government.is_demo else "production",
        "formats": ["text/xml", "application/json"],
    }
    name = government.name if government else ""
    answer = {
        "changeset": changed,
        "contact": _("%(name)s, %(home)s") % {"name": name, "home": home},
        "key_service": _("Buat kunci program di %(address)s") % {"address": f"{home}saya/kunci"},
        "endpoints": [endpoint],
    }
    return _shown(request, form, DISCOVERY, answer, 3600)


@require_safe
@_spoken
@public(OPEN)
def services(request: HttpRequest, form: str) -> HttpResponse:
    """List the services of the standard."""
    asked.check_jurisdiction(request, request.GET)
    rows = list(catalogue.service_rows(timezone.localdate()))
    return _shown(request, form, SERVICES, rows, 3600)


@require_safe
@_spoken
@public(OPEN)
def service(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """Say what a service asks besides the arguments of the standard."""
    asked.check_jurisdiction(request, request.GET)
    kind = catalogue.kind_of(code, timezone.localdate())
    return _shown(request, form, DEFINITION, catalogue.definition(kind), 3600)


@csrf_exempt  # who posts acts by a key; a session counts for nothing here: see `posting.poster`
@require_http_methods(["GET", "HEAD", "POST"])
@_spoken
@public(OPEN)
def service_requests(request: HttpRequest, form: str) -> HttpResponse:
    """List reports, or take one."""
    return _take(request, form) if request.method == "POST" else _list(request, form)


def _list(request: HttpRequest, form: str) -> HttpResponse:
    given, now = request.GET, timezone.now()
    asked.check_jurisdiction(request, given)
    exposed = catalogue.exposed(timezone.localdate())
    # Numbers override all other arguments.
    if numbers := asked.listed(given, "service_request_id"):
        if len(numbers) > asked.MOST_NUMBERS:
            raise Wrong(400, _("Paling banyak %(most)d nomor.") % {"most": asked.MOST_NUMBERS})
        found = reads.requests_by_number(exposed, numbers)
        return _shown(request, form, REQUESTS, [requests.told(one) for one in found])
    page, after = asked.page_of(given), asked.argument(given, "after")
    try:
        found = reads.public_requests(
            asked.sought(given, now), 0 if after else page.first, page.size + 1, after
        )
    except NotFound:
        raise Wrong(400, _("after bukan service_request_id yang terbuka untuk umum.")) from None
    response = _shown(request, form, REQUESTS, [requests.told(one) for one in found[: page.size]])
    if len(found) > page.size:
        following = given.copy()
        # A page by its number costs all those before it; this way the thousandth costs what the first does.
        following.pop("page", None)
        following["after"], following["page_size"] = found[page.size - 1].number, str(page.size)
        address = request.build_absolute_uri(f"{request.path}?{following.urlencode()}")
        response["Link"] = f'<{address}>; rel="next"'
    return response


def _take(request: HttpRequest, form: str) -> HttpResponse:
    given, now = request.POST, timezone.now()
    actor = posting.poster(request, given)
    asked.check_jurisdiction(request, given)
    kind = catalogue.kind_of(asked.argument(given, "service_code"), timezone.localdate())
    # The picture is fetched before anything is written: another server may be slow.
    photo = posting.photo_of(given)
    key = posting.key_of(request, given, timezone.localdate())
    answers = posting.answers_of(kind, given)
    _status, text = kept_once(
        nobody(actor) if answers.get(ANONYMOUS) is True else actor,
        key,
        b"POST open311\n" + posting.said(given),
        lambda: (200, posting.file_request(request, actor, kind, answers, photo, key, now)),
    )
    response = told(form, REQUESTS, [json.loads(text)])
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@_spoken
@public(OPEN)
def service_request(request: HttpRequest, number: str, form: str) -> HttpResponse:
    """Tell one report by its number."""
    asked.check_jurisdiction(request, request.GET)
    found = reads.requests_by_number(catalogue.exposed(timezone.localdate()), [number])
    if not found:
        raise Wrong(
            404, _("service_request_id “%(id)s” tidak ada, atau tidak terbuka untuk umum.") % {"id": number}
        )
    return _shown(request, form, REQUESTS, [requests.told(found[0])])


@require_safe
@_spoken
@public(OPEN)
def token(request: HttpRequest, token: str, form: str) -> HttpResponse:
    """Tell the number of a report by its id. Every report here gets its number at once, so none needs it."""
    asked.check_jurisdiction(request, request.GET)
    found = reads.request_by_token(catalogue.exposed(timezone.localdate()), token)
    if found is None:
        raise Wrong(404, _("token “%(token)s” tidak ada.") % {"token": token[:80]})
    return _shown(request, form, REQUESTS, [{"service_request_id": found.number, "token": token}])
