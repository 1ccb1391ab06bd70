from django.apps import AppConfig


class PlanConfig(AppConfig):
    name = "balai.plan"
    label = "plan"
    verbose_name = "Balai: plan"
