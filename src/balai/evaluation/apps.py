from importlib import import_module

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "balai.evaluation"
    label = "evaluation"
    verbose_name = "Balai: evaluation"

    def ready(self) -> None:
        for part in (
            "rules.loading",
            "rules.survey_loading",
            "verbs",
            "declarations",
            "frozen",
            "ways",
            "jobs",
        ):
            import_module(f"balai.evaluation.{part}")
