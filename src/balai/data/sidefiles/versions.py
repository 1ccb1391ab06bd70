"""What side files and row answers need to know of a version, read once: versions never change."""

from dataclasses import dataclass
from uuid import UUID

from balai.data import columnar
from balai.data.models import DatasetVersion
from balai.data.rules.metadata import ColumnType, Declaration, read
from balai.data.sidefiles.building import build
from balai.data.sidefiles.shape import SideColumn, Sort
from balai.data.storage import storage


@dataclass(frozen=True)
class Facts:
    """Of one version: whose it is, its bytes, and its columns as they are published."""

    id: UUID
    tenant: str
    number: int
    sha256: str
    rows: int
    columns: tuple[SideColumn, ...]
    key: tuple[str, ...]


_SORTS: dict[ColumnType, Sort] = {
    ColumnType.TEXT: "text",
    ColumnType.REGION: "region",
    ColumnType.INTEGER: "integer",
    ColumnType.RUPIAH: "money",
    ColumnType.DECIMAL: "decimal",
    ColumnType.POINT: "double",
    ColumnType.DATE: "date",
    ColumnType.BOOLEAN: "boolean",
}


_kept: dict[UUID, Facts] = {}
_MOST_KEPT = 2000


def facts(version: UUID) -> Facts:
    """Return what is known of a version; its tenant must be readable in the scope when it is read first.

    Say first that the actor may see it: what is remembered asks nobody.
    """
    return _kept.get(version) or facts_of(DatasetVersion.objects.get(pk=version))


def facts_of(row: DatasetVersion) -> Facts:
    """Return what is known of a version at hand; its metadata is read only where nothing is known yet."""
    found = _kept.get(row.pk)
    if found is None:
        declaration = read(row.metadata)
        (file,) = row.files
        columns = columns_of(declaration)
        found = Facts(row.pk, row.tenant, row.number, file["sha256"], row.rows, columns, declaration.key)
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[row.pk] = found
    return found


def columns_of(declaration: Declaration) -> tuple[SideColumn, ...]:
    """Return the columns of the file as side files keep them."""
    return tuple(
        SideColumn(
            one.name,
            _SORTS[one.column.type],
            one.column.decimals if one.column.type is ColumnType.DECIMAL else 0,
        )
        for one in columnar.physical(declaration)
    )


def build_for(row: DatasetVersion) -> bool:
    """Make the side files of a version; return False where somebody else is at it.

    Raises:
        Unfit: they cannot be made; reads go on without them.
        FileNotFoundError: the rows of the version are not kept any more.
    """
    known = facts_of(row)
    parquet = storage().local(known.tenant, known.sha256)
    return build(known.tenant, known.sha256, parquet, known.columns, known.key, known.rows)
