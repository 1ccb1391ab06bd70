from importlib import import_module

from django.apps import AppConfig


class ServicesConfig(AppConfig):
    name = "balai.services"
    label = "services"
    verbose_name = "Balai: services"

    def ready(self) -> None:
        for part in (
            "verbs",
            "declarations",
            "rules",
            "addresses",
            "jobs",
            "publishing",
            "promises",
            "demo",
            "bringing_over",
            "ways",
            "ways_desk",
            "ways_connections",
        ):
            import_module(f"balai.services.{part}")
