"""How signing in differs from what django-allauth does by itself.

Residents sign up with name and e-mail; officers get their accounts from the
account administrator. Secrets of authenticator apps are sealed. Who signs in,
and who changes a second factor, stands in the journal.
"""

import logging
from collections.abc import Mapping
from typing import Any

import requests
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.signals import user_logged_in
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in as session_begins
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balai.base import journal, menu, sealing, tenancy
from balai.base.outgoing import NoAnswer
from balai.people import reads
from balai.people.entrance import HOME
from balai.people.models import Account

_log = logging.getLogger(__name__)
_SECONDS = 10


class ResidentSignup(forms.Form):
    """What a new resident is asked besides e-mail and password."""

    name = forms.CharField(
        label=gettext_lazy("Nama"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    field_order = ["name", "email", "password1"]

    def signup(self, request: HttpRequest, account: Account) -> None:
        account.name = self.cleaned_data["name"]
        account.save(update_fields=["name"])


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts of ours."""

    def get_user_search_fields(self) -> list[str]:
        return ["name", "email"]

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        # The nation has no residents: its accounts are made by its administrator.
        return tenancy.current_tenant() != tenancy.NATIONAL

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Lead officers to the first page of their desk, residents to the front page."""
        if not isinstance(request.user, Account):
            return str(super().get_login_redirect_url(request))
        actor = reads.actor_for(request.user, tenancy.current_tenant(), timezone.localdate())
        first = next(menu.ways("desk", actor, "/"), None)
        return first.href if first else str(super().get_login_redirect_url(request))


class OtherSystemAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Accounts of people whom another system has signed in (OpenID Connect)."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return bool(get_account_adapter().is_open_for_signup(request))

    def populate_user(
        self, request: HttpRequest, sociallogin: SocialLogin, data: Mapping[str, Any]
    ) -> Account:
        account: Account = super().populate_user(request, sociallogin, data)
        account.name = str(data.get("name") or data.get("email") or "")[:200]
        return account

    def get_requests_session(self) -> requests.Session:
        return _OtherSystem()


class _OtherSystem(requests.Session):
    """Asks the other system, and says so in words where it gives no answer."""

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        try:
            return super().request(*args, **kwargs | {"timeout": _SECONDS})
        except requests.RequestException as error:
            _log.warning("the other system for signing in gives no answer: %s", error)
            raise NoAnswer(
                _("Layanan masuk yang lain tidak menjawab. Coba lagi nanti, atau masuk dengan kata sandi.")
            ) from error


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the secrets of second factors sealed; they belong to no tenant."""

    def encrypt(self, text: str) -> str:
        return sealing.seal(text, "second_factor", tenancy.NATIONAL)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(encrypted_text, "second_factor", tenancy.NATIONAL)


def _write(account: Account, verb: str, **facts: Any) -> None:
    actor = reads.actor_for(account, tenancy.current_tenant(), timezone.localdate())
    with transaction.atomic():
        journal.write(actor, verb, account, **facts)


@receiver(session_begins, dispatch_uid="people.session_home")
def _at_home_here(request: HttpRequest, **_kwargs: Any) -> None:
    # Whoever was signed in at another host with this session begins anew here.
    if hasattr(request, "home"):
        request.session[HOME] = request.home


@receiver(user_logged_in, dispatch_uid="people.journal_sign_in")
def _signed_in(request: HttpRequest, user: Account, **_kwargs: Any) -> None:
    _write(user, "people.signed_in")
    if user.is_demo and settings.OPTIONS.demo:
        messages.warning(
            request,
            _("Ini akun peragaan: ia masuk tanpa faktor kedua. Jangan memakainya untuk data sungguhan."),
        )


@receiver(authenticator_added, dispatch_uid="people.journal_factor_added")
def _factor_added(user: Account, authenticator: Authenticator, **_kwargs: Any) -> None:
    _write(user, "people.second_factor_added", type=str(authenticator.type))


@receiver(authenticator_removed, dispatch_uid="people.journal_factor_removed")
def _factor_removed(user: Account, authenticator: Authenticator, **_kwargs: Any) -> None:
    _write(user, "people.second_factor_removed", type=str(authenticator.type))


@receiver(authenticator_reset, dispatch_uid="people.journal_factor_reset")
def _factor_reset(user: Account, authenticator: Authenticator, **_kwargs: Any) -> None:
    _write(user, "people.second_factor_reset", type=str(authenticator.type))
