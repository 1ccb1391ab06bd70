"""Who calls: a program by its key, as CKAN's clients send it, or a visitor."""

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.access import SignInFirst
from balai.base.errors import Forbidden
from balai.people import changes as people_changes
from balai.people import reads as people


def let_in(request: HttpRequest) -> None:
    """Put the account of the key on the request; the headers are `X-CKAN-API-Key` and `Authorization`.

    What is posted without a key is posted by a visitor, whoever the browser is signed in as: else a page
    of others could write through it.

    Raises:
        SignInFirst: there is no such key here, or it is not in force.
        Forbidden: its owner has no second factor yet.
    """
    token = _token(request)
    if token:
        _arrive(request, token)
    elif request.method == "POST":
        request.actor = people.visitor(tenancy.current_tenant())  # type: ignore[attr-defined]


def _token(request: HttpRequest) -> str:
    given = request.headers.get("X-CKAN-API-Key") or request.headers.get("Authorization", "")
    return given.strip().removeprefix("Bearer ").strip()


def _arrive(request: HttpRequest, token: str) -> None:
    today = timezone.localdate()
    row = people.program_key_in_force(token, today)
    if row is None:
        request.actor = people.visitor(tenancy.current_tenant())  # type: ignore[attr-defined]
        raise SignInFirst(_("Kunci program ini tidak dikenal di sini, dicabut, atau habis masanya."))
    arrival = people.arrive_by_key(row, today)
    if arrival.lacks_second_factor:
        raise Forbidden(_("Pemilik kunci ini harus memasang faktor kedua dahulu."))
    people_changes.note_use(row, today)
    request.actor = arrival.actor  # type: ignore[attr-defined]
