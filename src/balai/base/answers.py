"""Turns a refusal (`balai.base.errors`) into an answer a person, or a program, can act on."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from balai.base.access import SignInFirst
from balai.base.errors import Refused


class RefusalMiddleware:
    """Answers a refusal with its status and a page that says what would be right."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, SignInFirst):
            return redirect(f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}")
        if isinstance(error, Refused):
            return render(request, "balai/refused.html", {"error": error}, status=error.status)
        return None
