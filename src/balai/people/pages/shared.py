"""One way to show a form, try what it asks for, and say what was wrong."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from balai.base.errors import Invalid


def show_form(
    request: HttpRequest,
    form: forms.BaseForm,
    act: Callable[[dict[str, Any]], str],
    *,
    title: str,
    button: str,
    back: str,
    consequence: str = "",
    tone: str = "primary",
    template: str = "people/form.html",
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    """Show `form`; once it is sent and whole, do `act` with it, say what it returns and go `back`.

    What `act` refuses as Invalid is shown above the form, as sent.

    Args:
        act: gets the cleaned values and returns the sentence that says what was done.
        consequence: what pressing the button causes, said before it is pressed.
    """
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                done = act(form.cleaned_data)
            except Invalid as error:
                for fault in error.faults:
                    form.add_error(None, str(fault))
            else:
                messages.success(request, done)
                return redirect(back)
    context = {
        "form": form,
        "title": title,
        "button": button,
        "back": back,
        "consequence": consequence,
        "tone": tone,
        **(more or {}),
    }
    return render(request, template, context, status=status)
