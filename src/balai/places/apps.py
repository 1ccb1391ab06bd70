from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "balai.places"
    label = "places"
    verbose_name = "Balai: places"
