from importlib import import_module

from django.apps import AppConfig


class DataConfig(AppConfig):
    name = "balai.data"
    label = "data"
    verbose_name = "Balai: data"

    def ready(self) -> None:
        for part in (
            "verbs",
            "declarations",
            "rules.metadata",
            "rules.indicators_files",
            "jobs",
            "intake_jobs",
            "ways",
            "ways_query",
            "measuring",
        ):
            import_module(f"balai.data.{part}")
