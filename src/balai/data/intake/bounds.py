"""How much of a file is taken, and the fault that is told beyond."""

from django.utils.translation import gettext as _

from balai.base.errors import Fault, Invalid

MEMORY = "384MB"
"""of the engine; with Python beside it an intake stays far under a GiB"""
PART = 1 << 20
MOST_COLUMNS = 2_000
MOST_UNPACKED = 10_000_000_000
MOST_RATIO = 200
"""how much larger than packed; tables are seldom beyond 30"""
MOST_WORKBOOK = 600_000_000
MOST_SHARED_TEXTS = 80_000_000
MOST_PARTS = 2_000
MOST_REJECTED = 1_000
"""lines told that are no rows; a file with more is not what it was taken for"""


def unfit(wrong: str, right: str, place: str = "") -> Invalid:
    """Return the refusal of a file."""
    return Invalid([Fault(place or _("Berkas"), wrong, right)])
