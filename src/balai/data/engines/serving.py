"""The readers of this process: one set, made when the first question comes."""

import atexit
from functools import cache

from django.conf import settings

from balai.data.engines.reader import Readers


@cache
def readers() -> Readers:
    """Return the readers every question of this process goes to, as the settings want them."""
    made = Readers(children=settings.QUERY_READERS, address_space_mb=settings.QUERY_ADDRESS_SPACE_MB)
    atexit.register(made.close)
    return made
