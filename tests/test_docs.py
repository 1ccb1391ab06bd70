"""What the manual says is there: its links, paths, addresses, commands, settings, roles and definitions."""

import re
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from django.core.management import call_command, get_commands
from django.urls import Resolver404, resolve

from balai.definitions import kinds
from balai.people import reads
from balai.site.options import Options, name_in_environment

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
INDEX = DOCS / "README.md"
PAGES = sorted(
    [*DOCS.rglob("*.md"), *(ROOT / "news").glob("*.md")]
    + [ROOT / name for name in ("README.md", "SECURITY.md", "CONTRIBUTING.md")]
)
API = DOCS / "reference" / "api.md"
"""It shortens addresses to what stands below /api/v1; `tests/test_api.py` holds the description itself."""
CONTENTS = ("src/", "tests/", "docs/", "definitions/", "reference/", "deploy/", "bench/", "requirements/")
"""Folders of the project: what begins with one of them, in backquotes, is a path."""
OF_THE_MACHINE = ("/etc/", "/var/", "/opt/", "/tmp/", "/mnt/", "/data")  # noqa: S108  words on a page
PLACEHOLDERS = re.compile(r"[<>*{}…]")

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def _text(page: Path) -> str:
    return page.read_text("utf-8")


def _links(page: Path) -> Iterator[Path]:
    """Yield where the links of a page within the project lead."""
    for target in _LINK.findall(_text(page)):
        if not re.match(r"[a-z]+:|#", target):
            yield (page.parent / target.partition("#")[0]).resolve()


def _codes(page: Path) -> Iterator[str]:
    return (code for code in _CODE.findall(_text(page)) if not PLACEHOLDERS.search(code))


def _is_address(code: str) -> bool:
    return bool(re.fullmatch(r"/[\w./-]+", code)) and not code.startswith(OF_THE_MACHINE)


def _is_served(address: str) -> bool:
    if address == "/api/v1/":
        return True  # what is below it is; it has no page of its own
    try:
        resolve(address)
    except Resolver404:
        return False
    return True


def _printed(command: str) -> str:
    out = StringIO()
    call_command(command, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert [str(target) for target in _links(page) if not target.exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_path_that_is_named_exists(page: Path) -> None:
    named = (code.split()[0] for code in _codes(page) if code.startswith(CONTENTS))
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_address_that_is_named_is_served(page: Path) -> None:
    addresses = [] if page == API else [code for code in _codes(page) if _is_address(code)]
    assert [address for address in addresses if not _is_served(address)] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_command_that_is_named_exists(page: Path) -> None:
    cases = re.findall(r"^  ([a-z]+)(?: \|[^)]*)?\)", (ROOT / "balai").read_text("utf-8"), re.MULTILINE)
    own, managed = set(cases), {*get_commands(), "help"}
    wrong = [f"./balai {name}" for name in re.findall(r"\./balai ([a-z_]+)", _text(page)) if name not in own]
    wrong += [
        f"./balai manage {name}"
        for name in re.findall(r"\./balai manage ([a-z_]+)", _text(page))
        if name not in managed
    ]
    assert {"up", "test", "check", "bench", "manage", "backup", "restore", "upgrade"} <= own
    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_setting_that_is_named_exists(page: Path) -> None:
    known = {name_in_environment(name) for name in Options.__dataclass_fields__}
    named = set(re.findall(r"\bBALAI_[A-Z_]*[A-Z]\b", _text(page)))
    assert sorted(named - known) == []


def test_every_page_is_found_from_the_index() -> None:
    linked = set(_links(INDEX))
    # Decisions are many and numbered; the index links their folder's own page.
    pages = {page for page in DOCS.rglob("*.md") if not re.match(r"\d{4}-", page.name)} - {INDEX}
    assert sorted(_name(page) for page in pages - linked) == []


def test_every_page_for_officers_says_in_english_what_it_is() -> None:
    pages = [*(DOCS / "how-to").glob("*.md"), *(DOCS / "tutorial").glob("*.md")]
    indonesian = [page for page in pages if " untuk " in _text(page) or " yang " in _text(page)]
    assert [_name(page) for page in indonesian if "> **In English.**" not in _text(page)] == []


@pytest.mark.parametrize("name", ["roles", "commands"])
def test_a_page_of_reference_is_the_one_its_command_prints(name: str) -> None:
    page = DOCS / "reference" / f"{name}.md"
    right = f"run ./balai manage {name}_page > docs/reference/{name}.md"
    assert _text(page) == _printed(f"{name}_page"), right


def test_every_kind_of_definition_has_its_schema_in_the_index() -> None:
    linked = {target.stem for target in _links(INDEX) if target.suffix == ".json"}
    assert sorted(set(kinds.registered()) - linked) == []


def test_every_role_of_the_product_is_in_the_manual() -> None:
    page = _text(DOCS / "reference" / "roles.md")
    assert [code for code in reads.roles() if f"(`{code}`)" not in page] == []


def test_the_city_shown_in_the_manual_can_be_loaded(
    tmp_path: Path, settings: Any, request: pytest.FixtureRequest
) -> None:
    shown = re.search(r"```yaml\n(.*?)```", _text(DOCS / "how-to" / "menambah-kota.md"), re.DOTALL)
    assert shown is not None
    city = tmp_path / "cities" / "kota-blitar.yaml"
    city.parent.mkdir()
    city.write_text(dedent(f"   {shown.group(1).lstrip()}"), "utf-8")
    settings.OPTIONS = replace(settings.OPTIONS, definitions=str(tmp_path))
    assert kinds.check() == []
    # Cities are read once a process; what was read before knows nothing of this folder.
    reads.cities.cache_clear()
    request.addfinalizer(reads.cities.cache_clear)
    assert "35.72" in reads.cities()
