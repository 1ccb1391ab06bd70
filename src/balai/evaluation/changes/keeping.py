"""Keeping an instrument as it is now, so that what is judged by it can be recomputed for ever."""

from balai.evaluation import rules
from balai.evaluation.models import KeptInstrument


def kept_instrument(code: str) -> KeptInstrument:
    """Return the row of an instrument as its file says it today; made where there is none yet.

    Raises:
        NotFound: no file defines it. Invalid: a file of instruments is faulty.
    """
    found = rules.instrument(code)
    row, _made = KeptInstrument.objects.get_or_create(
        code=code, sha256=found.sha256, defaults={"written": found.value.written()}
    )
    return row
