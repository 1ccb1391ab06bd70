"""Keys of rows: UUIDv7, made in Python, so that rows sort by birth and can move between databases."""

import uuid
from datetime import datetime

import uuid_utils.compat


def uuid7() -> uuid.UUID:
    """Return a new UUIDv7; two made in the same process sort in the order they were made."""
    return uuid_utils.compat.uuid7()


def first_at(instant: datetime) -> uuid.UUID:
    """Return the smallest key of a row born at `instant`: keys are indexed and sort by birth."""
    return uuid.UUID(int=int(instant.timestamp() * 1000) << 80)
