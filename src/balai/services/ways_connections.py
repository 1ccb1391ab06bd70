"""Where the pages on which other systems are connected are found in the menu."""

from django.utils.translation import gettext_lazy as _

from balai.base import menu

menu.add("desk", _("Sambungan"), "service-connections", icon="plug", verb="services.connect", order=18)
