"""Where the desk's pages of services are found in the menu."""

from django.utils.translation import gettext_lazy as _

from balai.base import menu

menu.add("desk", _("Layanan"), "service-desk", icon="inbox", verb="services.read", order=14)
menu.add(
    "desk", _("Pengawasan layanan"), "service-supervision", icon="gauge", verb="services.figures", order=16
)
