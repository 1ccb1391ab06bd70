"""Where the page of questions is found in the menu."""

from django.utils.translation import gettext_lazy as _

from balai.base import menu

menu.add("desk", _("Tanya data"), "data-query", icon="terminal-2", verb="data.keep_query", order=64)
menu.add("foot", _("Tanya data"), "data-query", verb="data.read", order=64)
