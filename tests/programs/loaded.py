"""All that commands and programs of the tests need, loaded once by the process they are forked from.

See `tests.loaded`.
"""

import warnings

import django

# As for those that are started by themselves.
warnings.simplefilter("ignore")
django.setup()

import duckdb  # noqa: E402, F401
from django.db.migrations import executor  # noqa: E402, F401
from tests import cast, loaded  # noqa: E402, F401

from balai.data.tests import registry  # noqa: E402, F401
from balai.site import urls  # noqa: E402, F401
