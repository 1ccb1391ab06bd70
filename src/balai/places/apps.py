from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from balai.base import menu


class PlacesConfig(AppConfig):
    name = "balai.places"
    label = "places"
    verbose_name = "Balai: places"

    def ready(self) -> None:
        menu.add("foot", _("Wilayah"), "regions", order=60)
