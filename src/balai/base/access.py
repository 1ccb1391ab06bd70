"""Every route says who may use it; a route that says nothing is refused.

A view (page or API operation) carries exactly one of these decorators. They
check the verb alone; whether the actor may touch this very thing is asked again
in `changes` and `reads`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from balai.base.actor import Actor
from balai.base.errors import Forbidden


@dataclass(frozen=True)
class Access:
    """What a route declares: a verb, or why it is open to everyone, or that signing in is enough."""

    verb: str = ""
    public_because: str = ""
    signed_in: bool = False


class SignInFirst(Forbidden):
    """The visitor has to sign in before this can be answered."""

    status = 401


def actor_of(request: HttpRequest) -> Actor:
    """Return who asks; the middleware of `people` put it there."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _declare[V: Callable[..., Any]](view: V, access: Access) -> V:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        actor = actor_of(request)
        if access.verb and not actor.may(access.verb):
            if not actor.is_signed_in:
                raise SignInFirst(_("Silakan masuk dahulu."))
            actor.require(access.verb)
        if access.signed_in and not actor.is_signed_in:
            raise SignInFirst(_("Silakan masuk dahulu."))
        return view(request, *args, **kwargs)

    guarded.access = access  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


def needs[V: Callable[..., Any]](verb: str) -> Callable[[V], V]:
    """Open the route to actors whose roles hold `verb` with any reach."""
    return lambda view: _declare(view, Access(verb=verb))


def public[V: Callable[..., Any]](because: str) -> Callable[[V], V]:
    """Open the route to everyone; `because` says why nothing there needs protection."""
    return lambda view: _declare(view, Access(public_because=because))


def signed_in[V: Callable[..., Any]](view: V) -> V:
    """Open the route to everyone who is signed in; it shows only what is the actor's own."""
    return _declare(view, Access(signed_in=True))
