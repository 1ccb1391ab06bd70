"""A folder of definitions of the test's own, and two actors of the tables."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from pytest_django.fixtures import Settings

from balai.base.actor import Actor, Reach

type Write = Callable[[str, str], Path]


@pytest.fixture
def shipped(tmp_path: Path, settings: Settings) -> Write:
    """Stand an empty project in for the real one; returns how to write a shipped file."""
    settings.ROOT = tmp_path / "project"
    settings.OPTIONS = replace(settings.OPTIONS, definitions="")
    return writer(tmp_path / "project" / "definitions")


@pytest.fixture
def own(tmp_path: Path, settings: Settings) -> Write:
    """Give the installation a folder of its own; returns how to write a file there."""
    folder = tmp_path / "own"
    folder.mkdir()
    settings.OPTIONS = replace(settings.OPTIONS, definitions=str(folder))
    return writer(folder)


def writer(root: Path) -> Write:
    def write(name: str, text: str) -> Path:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def person(name: str, tenant: str, *verbs: str) -> Actor:
    """Return somebody who may do just `verbs`, in one tenant."""
    return Actor(f"id-{name}", name, tenant, MappingProxyType(dict.fromkeys(verbs, Reach.TENANT)))


@pytest.fixture
def rini() -> Actor:
    """The programme office of Kota Malang: proposes rows."""
    return person("Rini", "35.73", "plan.read", "tables.propose")


@pytest.fixture
def wati() -> Actor:
    """The head of office in Kota Malang: approves rows, and may propose too."""
    return person("Wati", "35.73", "plan.read", "tables.propose", "tables.approve")


@pytest.fixture
def agus() -> Actor:
    """An officer of another office of Kota Malang: reads what is in force."""
    return person("Agus", "35.73", "plan.read")


@pytest.fixture
def joko() -> Actor:
    """An officer of Kabupaten Malang with every right there."""
    return person("Joko", "35.07", "plan.read", "tables.propose", "tables.approve")
