"""The API of One Data, at `/api/v1/data/`; each file adds its part to the router."""

from balai.base.api import Router
from balai.data.api import asked, catalogue, indicators, query, rows, uploads

router = Router(tags=["data"])
router.add_router("", asked.router)
router.add_router("", catalogue.router)
router.add_router("", indicators.router)
router.add_router("", query.router)
router.add_router("", rows.router)
router.add_router("", uploads.router)

__all__ = ["router"]
