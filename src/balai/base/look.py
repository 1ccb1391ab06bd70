"""What every page knows: who asks, for which government, in which language."""

from typing import Any

from django.http import HttpRequest


def look(request: HttpRequest) -> dict[str, Any]:
    return {
        "actor": getattr(request, "actor", None),
        "government": getattr(request, "government", None),
    }
