"""Where the residents' pages of services, the counter and the QR points are found in the menus."""

from django.utils.translation import gettext_lazy as _

from balai.base import menu

menu.add("public", _("Layanan"), "services", icon="message-report", order=5)
menu.add("foot", _("Pantau berkas"), "case-track", order=5)
menu.add("foot", _("Berkas saya"), "own-cases", verb="services.follow", order=6)
menu.add("desk", _("Loket"), "service-counter", icon="user-plus", verb="forms.assist", order=17)
menu.add("desk", _("Titik QR"), "points", icon="qrcode", verb="services.points", order=18)
