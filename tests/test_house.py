"""The promises of the whole house: they hold for every module, whatever it does."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.urls import URLPattern, URLResolver

from balai.base.rows import SharedModel, TenantModel
from balai.site import catalogs

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "balai"

FLOORS = {
    "base": 0,
    "definitions": 1,
    "places": 2,
    "people": 3,
    "data": 4,
    "forms": 4,
    "plan": 6,
    "services": 7,
    "evaluation": 9,
    "dashboard": 10,
    "site": 11,
}
"""A module may import from lower floors only; neighbours on one floor do not know each other."""

DOORS = {"rules", "reads", "changes"}
OPEN_FLOORS = {"base", "definitions"}
"""Each file of `base` hides one idea and is a door; so are the few files of `definitions`."""

OURS = {name: FLOORS[name] for name in FLOORS}


def _modules() -> list[str]:
    return sorted(folder.name for folder in SOURCE.iterdir() if (folder / "__init__.py").exists())


def _python_files(module: str) -> Iterator[Path]:
    for path in (SOURCE / module).rglob("*.py"):
        if "migrations" not in path.parts and "tests" not in path.parts:
            yield path


@cache
def _imports(path: Path) -> tuple[tuple[str, int, bool], ...]:
    """Return (dotted name, line, inside a function) for each import of our own package."""
    found = []
    for node, inside in _statements(ast.parse(path.read_text("utf-8")), False):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("balai."):
                    found.append((alias.name, node.lineno, inside))
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: say the whole name of the module"
            if node.module and node.module.startswith("balai"):
                for alias in node.names:
                    found.append((f"{node.module}.{alias.name}", node.lineno, inside))
    return tuple(found)


def _statements(node: ast.AST, inside: bool) -> Iterator[tuple[ast.AST, bool]]:
    """Yield everything in the blocks of a node, to the deepest, and whether it stands in a function."""
    inside |= isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    for block in ("body", "handlers", "orelse", "finalbody", "cases"):
        for child in getattr(node, block, ()):
            yield child, inside
            yield from _statements(child, inside)


def test_the_walk_finds_imports_in_every_block(tmp_path: Path) -> None:
    lines = (
        "import balai.a",
        "class C:",
        "    def f(self):",
        "        if 1:",
        "            for _ in ():",
        "                from balai import b",
        "            else: import balai.c",
        "        else:",
        "            with x: import balai.d",
        "        try: pass",
        "        except E: import balai.e",
        "        finally: import balai.f",
        "        match x:",
        "            case 1: import balai.g",
        "        async def g(): import balai.h",
        "    import balai.i",
    )
    path = tmp_path / "all_blocks.py"
    path.write_text("\n".join(lines), "utf-8")
    expected = [(f"balai.{name}", name not in "ai") for name in "abcdefghi"]
    assert [(name, inside) for name, _line, inside in _imports(path)] == expected


def test_the_house_has_the_floors_it_says() -> None:
    assert set(_modules()) == set(FLOORS), "a module has no floor; give it one in FLOORS and in the design"


@pytest.mark.parametrize("module", sorted(FLOORS))
def test_imports_point_down_and_use_the_doors(module: str) -> None:
    wrong = []
    for path in _python_files(module):
        for name, line, _inside in _imports(path):
            parts = name.split(".")
            other = parts[1]
            if other == module or other not in FLOORS:
                continue
            where = f"{path.relative_to(ROOT)}:{line}"
            if FLOORS[other] >= FLOORS[module]:
                wrong.append(f"{where}: {module} must not know {other}")
            elif other not in OPEN_FLOORS and module != "site" and parts[2] not in DOORS:
                wrong.append(f"{where}: {name} is no door; use {other}.rules, .reads or .changes")
    assert wrong == []


@pytest.mark.parametrize("module", sorted(FLOORS))
def test_no_import_hides_in_a_function(module: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in _python_files(module)
        if path.name != "apps.py"
        for _name, line, inside in _imports(path)
        if inside
    ]
    assert wrong == []


def _own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("balai.")]


def test_every_table_belongs_to_a_tenant_or_says_why_it_is_shared() -> None:
    wrong = []
    for model in _own_models():
        if issubclass(model, TenantModel):
            continue
        if not (issubclass(model, SharedModel) and model.why_shared):
            wrong.append(model._meta.label)
    assert wrong == []


def test_every_tenant_table_has_the_tenant_first_in_its_unique_constraints_and_indexes() -> None:
    wrong = []
    for model in _own_models():
        if not issubclass(model, TenantModel):
            continue
        for constraint in model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint) and tuple(constraint.fields)[:1] != (
                "tenant",
            ):
                wrong.append(f"{model._meta.label}: {constraint.name}")
        wrong += [
            f"{model._meta.label}: {index.name}"
            for index in model._meta.indexes
            if index.fields[:1] != ["tenant"]
        ]
        for field in model._meta.fields:
            if field.unique and not field.primary_key and not isinstance(field, models.OneToOneField):
                wrong.append(f"{model._meta.label}.{field.name}: unique without the tenant")
    assert wrong == []


def _patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern, address)
        else:
            yield address, pattern


@pytest.mark.django_db
def test_migrations_match_the_models() -> None:
    out = StringIO()
    call_command("makemigrations", "--check", "--dry-run", stdout=out, stderr=out)


def test_every_setting_is_in_the_manual() -> None:
    page = (ROOT / "docs" / "reference" / "settings.md").read_text("utf-8")
    out = StringIO()
    call_command("settings_page", stdout=out)
    assert page == out.getvalue(), "run ./balai manage settings_page > docs/reference/settings.md"


def test_no_message_is_untranslated() -> None:
    assert catalogs.flaws() == []


def test_the_project_runs_on_the_oldest_python_it_promises() -> None:
    assert sys.version_info >= (3, 12)
