from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from balai.base import menu


class DefinitionsConfig(AppConfig):
    name = "balai.definitions"
    label = "definitions"
    verbose_name = "Balai: definitions"

    def ready(self) -> None:
        import_module("balai.definitions.questions")
        menu.add("desk", _("Tabel bertanggal"), "tables", icon="table", verb="tables.propose", order=80)
        menu.add(
            "desk", _("Persetujuan tabel"), "tables_queue", icon="checks", verb="tables.approve", order=81
        )
        menu.add("foot", _("Tabel dan aturan"), "tables", verb="plan.read", order=80)
        menu.add("foot", _("Berkas definisi"), "definitions", verb="plan.read", order=81)
