"""Putting bytes on disk so that a power cut leaves the old file or the new one, never half of it."""

import os
from pathlib import Path


def settle(folder: Path) -> None:
    """Have the folder's own entries on disk: a renamed file is found again after a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Make the folder and those above it, each settled in its parent; nothing where it is there."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    settle(folder.parent)
