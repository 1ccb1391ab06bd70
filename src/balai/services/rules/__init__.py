"""Services as values: read from their files, moved, counted, tested, drawn. No database, no clock."""

from balai.services.rules.loading import SERVICES, check_text
from balai.services.rules.offered import newest

__all__ = ["SERVICES", "check_text", "newest"]
