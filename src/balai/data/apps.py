from django.apps import AppConfig


class DataConfig(AppConfig):
    name = "balai.data"
    label = "data"
    verbose_name = "Balai: data"
