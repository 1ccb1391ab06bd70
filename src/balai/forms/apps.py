from importlib import import_module

from django.apps import AppConfig


class FormsConfig(AppConfig):
    name = "balai.forms"
    label = "forms"
    verbose_name = "Balai: forms"

    def ready(self) -> None:
        for part in ("verbs", "declarations", "jobs", "rules"):
            import_module(f"balai.forms.{part}")
