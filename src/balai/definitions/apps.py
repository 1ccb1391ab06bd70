from django.apps import AppConfig


class DefinitionsConfig(AppConfig):
    name = "balai.definitions"
    label = "definitions"
    verbose_name = "Balai: definitions"
