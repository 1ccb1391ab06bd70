"""The verbs of `plan`, declared for the role files."""

from django.utils.translation import gettext_lazy as _

from balai.people.rules import verb

PLAN_READ = verb("plan.read", _("melihat rencana dan capaiannya"))
PLAN_WRITE = verb("plan.write", _("menyusun rencana, program, dan rencana aksi"))
PLAN_ADOPT = verb("plan.adopt", _("menetapkan rencana induk"))
PLAN_REPORT = verb("plan.report", _("melaporkan capaian rencana aksi"))
PLAN_VERIFY = verb("plan.verify", _("memeriksa laporan capaian"))
PLAN_FREEZE = verb("plan.freeze", _("menutup tahap"))
PLAN_IMPORT = verb("plan.import", _("mengimpor rencana dari Excel"))
PLAN_EXPORT = verb("plan.export", _("mengekspor rencana"))
PLAN_PUBLISH_FIGURE = verb("plan.publish_figure", _("mencatat angka yang pernah diterbitkan"))
PLAN_OVERSEE = verb("plan.oversee", _("melihat ringkasan pimpinan"))
