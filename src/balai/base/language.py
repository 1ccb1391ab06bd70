"""Indonesian unless the visitor chose otherwise; the browser's own preference is not asked."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from balai.base.access import public
from balai.base.errors import Fault, Invalid
from balai.base.streaming import make_within

_KNOWN = frozenset(code for code, _name in settings.LANGUAGES)


class LanguageMiddleware:
    """Puts the language of the cookie, or Indonesian, in force for the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        wanted = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = wanted if wanted in _KNOWN else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        make_within(response, lambda: translation.override(language))
        response.headers.setdefault("Content-Language", language)
        return response


# Without a token the same page can be given to every visitor; a foreign site could at most
# change the language.
@csrf_exempt
@public("A choice of language concerns nobody else.")
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Remember the language in a cookie for a year and go back to the page it was chosen on."""
    wanted = request.POST.get("bahasa", "")
    if wanted not in _KNOWN:
        raise Invalid([Fault("bahasa", _("Bahasa itu tidak tersedia."), ", ".join(sorted(_KNOWN)))])
    there = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(there, {request.get_host()}, request.is_secure()):
        there = "/"
    response = redirect(there)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        wanted,
        max_age=365 * 24 * 3600,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )
    return response
