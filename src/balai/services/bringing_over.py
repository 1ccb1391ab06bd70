"""Running cases brought to a new version as a job, which tells how far it is."""

from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import jobs, tenancy
from balai.base.actor import system
from balai.base.jobs import job
from balai.services.changes.upgrading import upgrade_all
from balai.services.reads.versions import BRING_OVER


@job(BRING_OVER, in_one_transaction=False)
def bring_over(code: str, old: int, new: int, asked_by: str) -> None:
    """Bring every running case of version `old` to `new`; done twice, the second finds none left.

    Args:
        asked_by: who began it; the moves name them beside the job.
    """
    verbs = ("services.upgrade", "services.supervise", "services.inspect")
    actor = system(_("pindah versi, dimulai %(name)s") % {"name": asked_by}, tenancy.current_tenant(), *verbs)

    def told(done: int, total: int) -> None:
        jobs.tell(done, total)

    found = upgrade_all(actor, code, old, new, timezone.now(), told)
    shown = "; ".join(f"{number}: {why}" for number, why in found.left[:3])
    said = _("%(done)d berkas dipindahkan, %(left)d tetap. %(why)s")
    total = found.done + len(found.left)
    jobs.tell(total, total, said % {"done": found.done, "left": len(found.left), "why": shown})
