"""The API of services, at `/api/v1/services/`; each file adds its part to the router.

What stands at a fixed address comes before what begins with the code of a service.
"""

from balai.base.api import Router
from balai.services.api import cases, offered, saying, texts, tracking, webhooks

router = Router(tags=["services"])
for part in (texts, tracking, webhooks, offered, cases, saying):
    router.add_router("", part.router)

__all__ = ["router"]
