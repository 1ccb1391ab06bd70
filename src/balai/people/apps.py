from importlib import import_module

from django.apps import AppConfig

from balai.base import tenants


class PeopleConfig(AppConfig):
    name = "balai.people"
    label = "people"
    verbose_name = "Balai: people"

    def ready(self) -> None:
        for part in ("verbs", "declarations", "sign_in", "ways"):
            import_module(f"balai.people.{part}")
        from balai.people import reads  # models can be imported only now

        tenants.provide(reads.tenant_keys)
