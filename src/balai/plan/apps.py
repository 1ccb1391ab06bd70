from importlib import import_module

from django.apps import AppConfig


class PlanConfig(AppConfig):
    name = "balai.plan"
    label = "plan"
    verbose_name = "Balai: plan"

    def ready(self) -> None:
        for part in (
            "verbs",
            "declarations",
            "promises",
            "jobs",
            "publishing",
            "measuring",
            "records",
            "ways",
        ):
            import_module(f"balai.plan.{part}")
