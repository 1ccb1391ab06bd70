from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from balai.base import menu


class DashboardConfig(AppConfig):
    name = "balai.dashboard"
    label = "dashboard"
    verbose_name = "Balai: dashboard"

    def ready(self) -> None:
        menu.add("public", _("Depan"), "portal", icon="home", order=0)
        menu.add("public", _("Program"), "plan-programme", icon="target", order=10)
        menu.add("public", _("Program unggulan"), "plan-quick-wins", icon="star", order=20)
        menu.add("public", _("Dana"), "plan-money", icon="coins", order=30)
        menu.add("public", _("Peta"), "portal-map", icon="map-pin", order=40)
        menu.add("public", _("Rencana induk"), "plan-masterplan", icon="book", order=50)
        menu.add("desk", _("Ringkasan pimpinan"), "executive", icon="chart-bar", verb="plan.oversee", order=5)
        menu.add("foot", _("Angka terbit"), "plan-published", order=10)
        menu.add("foot", _("Cara realisasi dihitung"), "plan-realisation", order=20)
        menu.add("foot", _("Daerah lain di Balai"), "nation", order=30)
