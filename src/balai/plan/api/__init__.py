"""The plan for programs: what everybody may read, and the desks of those who report and verify."""

from balai.base.api import Router
from balai.plan.api import desk, public

router = Router(tags=["plan"])
router.add_router("", public.router)
router.add_router("", desk.router)

__all__ = ["router"]
