"""How a reference set is loaded: read whole, checked, put in place of what was there, once."""

import csv
import gzip
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import batched
from pathlib import Path
from typing import IO

from django.db import connection, connections, models, transaction
from django.utils.translation import gettext as _

from balai.base.errors import Fault, Invalid
from balai.base.writing import number
from balai.places.models import LoadedFile

type Say = Callable[[int, int], None]
"""Told (rows done, rows in all) while a set is loaded."""

BATCH = 5_000


@dataclass(frozen=True)
class Loaded:
    """What became of a set: how many rows it has, and whether they were written just now."""

    name: str
    rows: int
    is_new: bool


def telling(title: str, write: Callable[[str], object]) -> Say:
    """Return a `Say` that writes "title: done dari total" lines."""

    def say(done: int, total: int) -> None:
        words = {"title": title, "done": number(done), "total": number(total)}
        write(_("%(title)s: %(done)s dari %(total)s") % words)

    return say


def outcome(title: str, loaded: Loaded) -> str:
    """Return what became of a set as one line."""
    text = _("%(title)s: %(rows)s dimuat.") if loaded.is_new else _("%(title)s: %(rows)s, tidak berubah.")
    return text % {"title": title, "rows": number(loaded.rows)}


def load_once(name: str, files: Sequence[Path], recipe: str, load: Callable[[], int]) -> Loaded:
    """Call `load` unless the same `files` were loaded in the same way before.

    All of it happens in one transaction. Whoever starts the same at the same
    time waits, and then finds it done.

    Args:
        name: what the set is called in `LoadedFile`.
        recipe: changes when the same files are to be read in another way.
        load: writes the rows and returns how many there are.

    Raises:
        Invalid: a file is missing, or `load` found faults; nothing was written.
    """
    digest = _digest(files, recipe)
    before = LoadedFile.objects.filter(name=name, digest=digest).first()
    if before:
        return Loaded(name, before.rows, is_new=False)
    with transaction.atomic():
        LoadedFile.objects.get_or_create(name=name)
        mark = LoadedFile.objects.select_for_update().get(name=name)
        if mark.digest == digest:
            return Loaded(name, mark.rows, is_new=False)
        mark.rows = load()
        mark.digest = digest
        mark.save()
    return Loaded(name, mark.rows, is_new=True)


def _digest(files: Sequence[Path], recipe: str) -> str:
    total = hashlib.sha256(recipe.encode())
    for path in files:
        _require(path)
        total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()


def _require(path: Path) -> None:
    if not path.is_file():
        right = _("Salin kembali berkas itu dari rilis yang sama.")
        raise Invalid([Fault(path.name, _("berkas tidak ada di %s.") % path.parent, right)])


def replace_all[M: models.Model](table: type[M], rows: Sequence[M], say: Say) -> int:
    """Put `rows` in place of everything in `table`; return how many.

    One statement is prepared and given row after row: `bulk_create` says its values anew for every few
    hundred rows, which takes most of the time where there are a hundred thousand.
    """
    table._default_manager.all().delete()
    fields = [field for field in table._meta.concrete_fields if not isinstance(field, models.AutoField)]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    insert = (
        f"INSERT INTO {connection.ops.quote_name(table._meta.db_table)} ({columns}) "  # noqa: S608
        f"VALUES ({', '.join(['%s'] * len(fields))})"
    )
    ours = connections[connection.alias]
    written = [(field.attname, isinstance(field, models.CharField), field) for field in fields]
    done = 0
    for batch in batched(rows, BATCH):
        values = [
            [
                # A text is written as it stands; to have the field say so takes longer than the writing.
                value
                if is_text and type(value := getattr(row, name)) is str
                else field.get_db_prep_save(field.pre_save(row, add=True), ours)
                for name, is_text, field in written
            ]
            for row in batch
        ]
        with connection.cursor() as cursor:
            cursor.executemany(insert, values)
        done += len(batch)
        say(done, len(rows))
    return done


def open_text(path: Path) -> IO[str]:
    """Open a UTF-8 text, gzipped when its name ends in .gz."""
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")


def read_csv(path: Path, columns: Iterable[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line, row) of a CSV file with a header; every row has all `columns`.

    Raises:
        Invalid: the file or a column is missing, or a row has too few or too many cells.
    """
    _require(path)
    with open_text(path) as text:
        reader = csv.DictReader(text)
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            right = _("Tambahkan kolom itu pada baris pertama.")
            raise Invalid([Fault(path.name, _("tidak ada kolom %s.") % ", ".join(missing), right)])
        for row in reader:
            if None in row or None in row.values():
                right = _("Setiap baris berisi %d kolom.") % len(reader.fieldnames or ())
                raise Invalid([Fault(line_of(path, reader.line_num), _("jumlah kolom salah."), right)])
            yield reader.line_num, row


def line_of(path: Path, line: int) -> str:
    """Return the place of a line as a person would look for it."""
    return _("%(file)s baris %(line)d") % {"file": path.name, "line": line}


FAULTS_SHOWN = 20


def refuse(faults: Sequence[Fault]) -> None:
    """Raise Invalid with the first faults when there are any."""
    if faults:
        raise Invalid(faults[:FAULTS_SHOWN])
