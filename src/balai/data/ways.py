"""Where the pages of datasets are found in the menus."""

from django.utils.translation import gettext_lazy as _

from balai.base import menu

menu.add("public", _("Satu Data"), "data", icon="database", verb="data.read", order=45)
menu.add("desk", _("Set data saya"), "data-own", icon="database-edit", verb="data.produce", order=60)
menu.add("desk", _("Kiriman data"), "data-uploads", icon="upload", verb="data.publish", order=61)
menu.add("desk", _("Periksa set data"), "data-steward", icon="checklist", verb="data.check", order=62)
menu.add("desk", _("Masukan pembaca"), "data-feedbacks", icon="message-report", verb="data.answer", order=63)
menu.add("desk", _("Permintaan data"), "data-asked-desk", icon="mail", verb="data.answer", order=64)
