from importlib import import_module

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "balai.people"
    label = "people"
    verbose_name = "Balai: people"

    def ready(self) -> None:
        import_module("balai.people.verbs")
