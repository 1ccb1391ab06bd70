"""The API of One Data, at `/api/v1/data/`; each file adds its part to the router."""

from balai.base.api import Router
from balai.data.api import query

router = Router(tags=["data"])
router.add_router("", query.router)

__all__ = ["router"]
