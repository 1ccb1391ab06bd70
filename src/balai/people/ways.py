"""Where the pages of people are found in the menus."""

from django.utils.translation import gettext_lazy as _

from balai.base import menu

menu.add("public", _("Mitra"), "partners", icon="users-group", order=70)
menu.add("foot", _("Data saya"), "self", icon="user", verb="self.read", order=10)
menu.add("desk", _("Petugas"), "people", icon="users", verb="people.read", order=80)
menu.add("desk", _("Perangkat daerah"), "offices", icon="building", verb="people.read", order=82)
menu.add("desk", _("Peran"), "roles", icon="key", verb="people.read", order=84)
menu.add("desk", _("Permintaan peran"), "role-requests", icon="user-check", verb="people.roles", order=86)
menu.add(
    "desk", _("Permintaan atas data"), "data-requests", icon="shield-lock", verb="people.manage", order=88
)
menu.add("desk", _("Jejak audit"), "journal", icon="history", verb="journal.read", order=90)
