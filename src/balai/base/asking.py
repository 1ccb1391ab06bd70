"""How the desk asks: a form is tried once, and sent back with everything in it when something is wrong."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import uuid4

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from balai.base.access import actor_of
from balai.base.errors import Conflict, Fault, Invalid, Locked, Refused
from balai.base.files import clean_name
from balai.base.forms import Asked
from balai.base.idempotency import once

_NOT_SAID = {"csrfmiddlewaretoken", "token"}


@dataclass(frozen=True)
class Done:
    """What was done, said to the person on the page they go to next."""

    said: str
    to: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Difference:
    """A field that somebody else changed meanwhile."""

    label: str
    yours: Any
    now: Any


def sent(request: HttpRequest) -> tuple[QueryDict | None, MultiValueDict[str, UploadedFile] | None]:
    """Return what a form was sent with, fields and files; (None, None) where it is only asked for."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def show(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Draw a page of the desk. `again` holds what its forms send along so that none is done twice."""
    token = uuid4().hex
    return render(
        request,
        template,
        {"token": token, "again": {"token": token}, **(context or {})},
        status=status,
    )


def do_once(request: HttpRequest, act: Callable[[], Done]) -> HttpResponse:
    """Do what was asked and go on; the same form sent again goes on without doing it again.

    The key is made of the token of the page and of all that was sent: a form
    that was changed after the way back is another request, and is judged anew.
    """
    digest = _digest(request)
    token = request.POST.get("token") or uuid4().hex
    key = hashlib.sha256(f"{token} {digest}".encode()).hexdigest()

    def answer() -> tuple[int, dict[str, Any]]:
        done = act()
        return 302, {"said": done.said, "to": done.to, "warnings": list(done.warnings)}

    _status, told = once(actor_of(request), key, digest.encode(), answer)
    for warning in told["warnings"]:
        messages.warning(request, warning)
    if told["said"]:
        messages.success(request, told["said"])
    return redirect(told["to"])


def ask[F: Asked](
    request: HttpRequest,
    form: F,
    act: Callable[[F], Done],
    *,
    template: str,
    version_now: Callable[[], int | None] | None = None,
    on_fault: Callable[[F], None] | None = None,
    **context: Any,
) -> HttpResponse:
    """Show `form`; once it is sent and whole, do `act` with it.

    Whatever is refused comes back on the same page with all that was typed.

    Args:
        version_now: what the hidden version becomes after a conflict, so that who has seen the
            difference can go on.
        on_fault: called before a faulty form is shown again, e.g. to hold its files.
        context: for the template, beside the form.
    """
    status = 200
    if request.method == "POST" and "add_row" not in request.POST:
        status = 422
        if form.is_valid():
            try:
                return do_once(request, lambda: act(form))
            except (Invalid, Conflict, Locked) as error:
                status = error.status
                context["differences"] = tell(form, error)
                if isinstance(error, Conflict) and version_now:
                    _set(form, "version", version_now())
        if on_fault:
            on_fault(form)
    return show(request, template, {"form": form, **context}, status)


def tell(form: Asked, error: Refused) -> list[Difference]:
    """Put a refusal into the form: each fault beside its field; return what differs after a conflict."""
    if isinstance(error, Invalid):
        for fault in error.faults:
            _place(form, fault)
        return []
    form.add_error(None, str(error))
    changed = error.changes if isinstance(error, Conflict) else {}
    return [Difference(_label(form, name), yours, now) for name, (yours, now) in changed.items()]


def typed(request: HttpRequest, names: Iterable[str]) -> dict[str, Any]:
    """Return what was typed in fields, untouched: to show a form again that is not to be judged yet."""
    return {name: request.POST.get(name, "") for name in names}


def say(form: Asked, name: str, value: str) -> None:
    """Let a hidden field of a form that was sent say something else when it is shown again."""
    _set(form, name, value)


def _set(form: Asked, name: str, value: Any) -> None:
    data: Any = form.data.copy()  # type: ignore[attr-defined]  # what was sent is a QueryDict
    data[form.add_prefix(name)] = "" if value is None else str(value)
    form.data = data


def _place(form: Asked, fault: Fault) -> None:
    text = f"{fault.wrong} {fault.right}".strip()
    # What is wrong with a file is said of its name; a person looks for it at the field.
    files = {clean_name(file.name): name for name, file in cast(Any, form.files).items()}
    name = files.get(fault.place) or fault.place.replace(" ", "_")
    if name in form.fields:
        form.add_error(name, text)
    else:
        form.add_error(None, f"{_label(form, fault.place)}: {text}")


def _label(form: Asked, name: str) -> str:
    field = form.fields.get(name)
    return str((field.label if field else None) or form.PLACES.get(name, name))


def _digest(request: HttpRequest) -> str:
    """Return a hash of address, fields and files of a form, whatever their order."""
    said = hashlib.sha256(request.path.encode())
    for name, values in sorted(request.POST.lists()):
        if name not in _NOT_SAID:
            said.update(repr((name, values)).encode())
    for name, file in sorted(request.FILES.items()):
        if isinstance(file, list):
            raise Invalid([Fault(name, _("Pilih satu berkas saja."))])
        content = hashlib.sha256()
        for piece in file.chunks():
            content.update(piece)
        file.seek(0)
        said.update(repr((name, file.name, content.hexdigest())).encode())
    return said.hexdigest()
