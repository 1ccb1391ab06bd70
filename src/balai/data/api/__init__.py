"""The API of One Data, at `/api/v1/data/`; each file adds its part to the router."""

from ninja import Router

router = Router(tags=["data"])
