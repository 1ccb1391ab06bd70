"""Where the desk's pages of the plan are found in the menu."""

from django.utils.translation import gettext_lazy as _

from balai.base import menu

menu.add("desk", _("Meja saya"), "plan-desk", icon="list-check", verb="plan.report", order=10)
menu.add("desk", _("Aksi kantor saya"), "plan-own-actions", icon="target-arrow", verb="plan.report", order=12)
menu.add("desk", _("Periksa laporan"), "plan-verify", icon="checkup-list", verb="plan.verify", order=20)
menu.add("desk", _("Siapa terlambat"), "plan-late", icon="clock-exclamation", verb="plan.report", order=22)
menu.add("desk", _("Periode laporan"), "plan-periods", icon="calendar", verb="plan.freeze", order=24)
menu.add("desk", _("Rencana induk"), "plan-drafts", icon="book", verb="plan.write", order=30)
menu.add(
    "desk", _("Janji CSR dan mitra"), "plan-pledges", icon="heart-handshake", verb="plan.write", order=32
)
menu.add("desk", _("Program bersama"), "plan-shared", icon="affiliate", verb="plan.write", order=34)
menu.add("desk", _("Tahap"), "plan-stages", icon="snowflake", verb="plan.freeze", order=40)
menu.add("desk", _("Catat angka terbit"), "plan-figures", icon="quote", verb="plan.publish_figure", order=42)
menu.add("desk", _("Impor Excel"), "plan-import", icon="file-import", verb="plan.import", order=50)
menu.add("desk", _("Ekspor"), "plan-exports", icon="file-export", verb="plan.export", order=52)
