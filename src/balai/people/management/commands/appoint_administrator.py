"""Appoint one of the first two account administrators of a local government."""

from argparse import ArgumentParser
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from balai.base import tenancy
from balai.base.errors import Refused
from balai.people import changes, reads


class Command(BaseCommand):
    help = "Mengangkat pengelola akun pertama atau kedua sebuah daerah; mencetak alamat untuk membuat sandi."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, help="kunci daerah, misalnya 35.73")
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with tenancy.scope(options["tenant"]):
                account = changes.appoint_administrator(
                    options["email"], options["name"], timezone.localdate()
                )
        except Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{account.name} <{account.email}> menjadi pengelola akun.")
        if account.has_usable_password():
            return
        # Mail may not be set up yet, so the way to the first password is printed, for this once.
        path = reverse(
            "account_reset_password_from_key",
            kwargs={
                "uidb36": user_pk_to_url_str(account),
                "key": default_token_generator.make_token(account),
            },
        )
        scheme, port = ("https", "") if settings.OPTIONS.https else ("http", f":{settings.OPTIONS.port}")
        self.stdout.write(
            f"Buat sandi sekali ini di: {scheme}://{reads.host_of(options['tenant'])}{port}{path}"
        )
