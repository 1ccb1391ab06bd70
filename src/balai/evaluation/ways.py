"""Where the pages of the evaluation are announced."""

from django.utils.translation import gettext_lazy as _

from balai.base import menu

menu.add("desk", _("Penilaian"), "evaluation-desk", icon="clipboard-check", verb="evaluation.read", order=60)
menu.add(
    "desk", _("Rekomendasi penilai"), "evaluation-advice", icon="bulb", verb="evaluation.follow_up", order=61
)
menu.add("desk", _("Survei dampak"), "survey-desk", icon="message", verb="evaluation.survey", order=62)
menu.add("foot", _("Survei dampak"), "surveys", order=26)
menu.add("foot", _("Hasil penilaian kota"), "evaluation-results", order=25)
