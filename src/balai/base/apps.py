from typing import Any

from django.apps import AppConfig
from django.core.management import call_command
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate


class BaseConfig(AppConfig):
    name = "balai.base"
    label = "base"
    verbose_name = "Balai: base"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from balai.base import guards

        def lay(using: str, **kwargs: Any) -> None:
            call_command("createcachetable", database=using, verbosity=0)
            guards.lay(connections[using])

        def take_your_time(using: str, **kwargs: Any) -> None:
            # What may not keep a page waiting may well keep a migration of a large table busy.
            if connections[using].vendor == "postgresql":
                with connections[using].cursor() as cursor:
                    cursor.execute("SET statement_timeout = 0")

        pre_migrate.connect(take_your_time, sender=self, weak=False, dispatch_uid="balai.patience")
        # Sent once per migrate, after the tables of every app are there. The table of the cache
        # is Django's and has no migration of its own.
        post_migrate.connect(lay, sender=self, weak=False, dispatch_uid="balai.guards")
