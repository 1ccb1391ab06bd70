"""Keys of rows: UUIDv7, made in Python, so that rows sort by birth and can move between databases."""

import uuid

import uuid_utils.compat


def uuid7() -> uuid.UUID:
    """Return a new UUIDv7; two made in the same process sort in the order they were made."""
    return uuid_utils.compat.uuid7()
