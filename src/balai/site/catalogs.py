"""The English of every text: collected from code and templates, kept in one .po file a module.

Babel does the work; no GNU gettext is needed. Django merges the catalogs of all
modules, so a text that two modules use needs its English in one of them only.
This file needs no Django settings: tests and set-up compile before Django starts.
"""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parents[1]
LANGUAGE = "en"
_KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
# Babel's own header names its version and the hour; a file that is compared and merged needs neither.
_HEADER = b"""# English of Balai, module by module; kept by `./balai manage translations`.
msgid ""
msgstr ""
"Language: en\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"Content-Type: text/plain; charset=utf-8\\n"

"""

type Id = str | tuple[str, str]
type Key = tuple[Id, str | None]
"""A text as catalogs know it: (text, or singular and plural; context or None)."""


@dataclass(frozen=True)
class Flaw:
    """Something wrong with the English: `where` is file:line, `what` is missing, unused and the like."""

    where: str
    what: str
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}: {self.text}"


def modules(source: Path = SOURCE) -> list[Path]:
    """Return the folder of every module."""
    return sorted(folder for folder in source.iterdir() if (folder / "__init__.py").exists())


def catalog_path(module: Path) -> Path:
    return module / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def texts(module: Path) -> dict[Key, str]:
    """Return every text of a module with the file and line where it is first said, tests left out."""
    found: dict[Key, str] = {}
    for path in sorted(module.rglob("*")):
        inside = path.relative_to(module).parts
        if path.suffix not in (".py", ".html", ".txt") or {"tests", "migrations"} & set(inside):
            continue
        if path.suffix != ".py" and "templates" not in inside:
            continue
        for line, key in _texts_of(path):
            found.setdefault(key, f"{path.relative_to(module.parent)}:{line}")
    return found


def _texts_of(path: Path) -> Iterator[tuple[int, Key]]:
    text = path.read_text("utf-8")
    if path.suffix != ".py":
        # What is not a message is blanked out to X; its indentation would be a fault in Python.
        text = "\n".join(line.strip() for line in templatize(text, origin=str(path)).split("\n"))
    for line, message, _comments, context in extract("python", BytesIO(text.encode()), _KEYWORDS):
        if message:
            yield line, (message if isinstance(message, str) else (message[0], message[1]), context)


def load(module: Path) -> Catalog:
    """Return the catalog of a module, an empty one where it has none yet."""
    path = catalog_path(module)
    if not path.exists():
        return _empty()
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE, abort_invalid=True)


def _empty() -> Catalog:
    return Catalog(locale=LANGUAGE)


def _messages(catalog: Catalog) -> dict[Key, Message]:
    return {(_id_of(message), message.context): message for message in catalog if message.id}


def _id_of(message: Message) -> Id:
    return message.id if isinstance(message.id, str) else (message.id[0], message.id[1])


def _is_translated(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return bool(strings) and all(strings)


def update(module: Path, translated_elsewhere: frozenset[Key] = frozenset()) -> list[Key]:
    """Bring the catalog of a module up to date and return the texts that fell out because nobody says them.

    English that is there stays. A text without English is written with an empty
    one to be filled in, unless another module has it.
    """
    said = texts(module)
    held = _messages(load(module))
    fresh = _empty()
    for key in sorted(said, key=str):
        message = held.get(key)
        if message is not None and _is_translated(message):
            fresh.add(
                key[0],
                message.string,
                context=key[1],
                flags=message.flags,
                user_comments=message.user_comments,
            )
        elif key not in translated_elsewhere:
            fresh.add(key[0], context=key[1])
    path = catalog_path(module)
    if len(fresh):
        path.parent.mkdir(parents=True, exist_ok=True)
        written = BytesIO()
        write_po(written, fresh, width=100, no_location=True, omit_header=True)
        _replace(path, _HEADER + written.getvalue())
    elif path.exists():
        path.unlink()
    return [key for key in held if key not in said]


def update_all(source: Path = SOURCE) -> list[Key]:
    """Bring every catalog up to date; return the texts that fell out."""
    gone: list[Key] = []
    for module in modules(source):
        others = frozenset(
            key
            for other in modules(source)
            if other != module
            for key, message in _messages(load(other)).items()
            if _is_translated(message)
        )
        gone += update(module, others)
    return gone


def flaws(source: Path = SOURCE) -> list[Flaw]:
    """Return everything wrong: texts missing, unused, doubtful, wrong in form, or said in two ways."""
    said = {module: texts(module) for module in modules(source)}
    held = {module: _messages(load(module)) for module in modules(source)}
    known: dict[Key, Message] = {}
    found = []
    for module, messages in held.items():
        path = catalog_path(module).relative_to(source)
        for key, message in messages.items():
            where = f"{path}:{message.lineno}"
            if key not in said[module]:
                found.append(Flaw(where, "unused", _shown(key)))
            if message.fuzzy:
                found.append(Flaw(where, "doubtful", _shown(key)))
            found += [Flaw(where, "wrong", f"{_shown(key)}: {error}") for error in message.check()]
            if _is_translated(message):
                if key in known and known[key].string != message.string:
                    found.append(Flaw(where, "said in two ways", _shown(key)))
                known.setdefault(key, message)
    for places in said.values():
        found += [Flaw(where, "missing", _shown(key)) for key, where in places.items() if key not in known]
    return sorted(found, key=lambda flaw: (flaw.what, flaw.where))


def _shown(key: Key) -> str:
    text = key[0] if isinstance(key[0], str) else key[0][0]
    return f"{text} [{key[1]}]" if key[1] else text


def compile_all(source: Path = SOURCE) -> int:
    """Write the .mo files that the server reads, those that are older than their .po; return how many."""
    written = 0
    for module in modules(source):
        path = catalog_path(module)
        target = path.with_suffix(".mo")
        if not path.exists() or (target.exists() and target.stat().st_mtime_ns >= path.stat().st_mtime_ns):
            continue
        compiled = BytesIO()
        write_mo(compiled, load(module))
        _replace(target, compiled.getvalue())
        written += 1
    return written


def _replace(path: Path, content: bytes) -> None:
    """Write a file in one step: test workers may compile at the same time."""
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).chmod(0o644)
    Path(name).replace(path)
