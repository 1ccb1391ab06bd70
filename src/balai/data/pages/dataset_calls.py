"""How a program takes a dataset: calls to copy, for a terminal, for Python and for R.

A face is named where this installation serves it: its address is asked of the router.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _

from balai.data import reads
from balai.data.rules.metadata import ColumnType

_SHOWN_ROWS = 100


@dataclass(frozen=True)
class Call:
    """One line to copy: the language it is written in, and the line."""

    language: str
    text: str


@dataclass(frozen=True)
class Face:
    """One way to the rows: what it is, what it is good for, its address and the calls that ask it."""

    key: str
    name: str
    about: str
    address: str
    calls: tuple[Call, ...]


def file_address(shown: reads.VersionRow, form: str) -> str:
    """Return where a version lies as a file; that of the version in force always gives what stands."""
    if shown.is_current and form == "csv":
        return reverse("data_csv", args=[shown.dataset])
    if shown.is_current:
        return reverse("dataset-file", args=[shown.dataset, form])
    return reverse("dataset-version-file", args=[shown.dataset, shown.number, form])


def calls(request: HttpRequest, shown: reads.VersionRow) -> tuple[Face, ...]:
    """Return the ways to the rows of a version, the simplest first; none where its rows were given up."""
    return () if shown.is_retired else tuple(_faces(request, shown))


def _faces(request: HttpRequest, shown: reads.VersionRow) -> Iterator[Face]:
    absolute = request.build_absolute_uri
    csv, parquet = absolute(file_address(shown, "csv")), absolute(file_address(shown, "parquet"))
    yield Face(
        "berkas",
        _("Seluruh baris"),
        _("Satu berkas berisi semuanya. Parquet lebih kecil dan menyimpan jenis kolomnya."),
        csv,
        (
            Call("curl", f"curl -OJ '{csv}'"),
            Call("Python", f"import pandas\ndata = pandas.read_parquet('{parquet}')"),
            Call("R", f"library(arrow)\ndata <- read_parquet('{parquet}')"),
        ),
    )
    if not shown.is_current:
        return
    code = shown.dataset
    rows = absolute(f"/api/v1/data/datasets/{code}/rows")
    yield Face(
        "baris",
        _("Sebagian baris"),
        _("Disaring, dicari, diurutkan, halaman demi halaman; jawabannya JSON atau CSV."),
        rows,
        (
            Call("curl", f"curl -G '{rows}' -d limit={_SHOWN_ROWS}{_filter(shown)}"),
            Call(
                "Python",
                f"import requests\nanswer = requests.get('{rows}', params={{'limit': {_SHOWN_ROWS}}})\n"
                "rows = answer.json()['rows']",
            ),
            Call(
                "R",
                f"library(jsonlite)\nanswer <- fromJSON('{rows}?limit={_SHOWN_ROWS}')\nrows <- answer$rows",
            ),
        ),
    )
    yield from _others(request, shown)


def _others(request: HttpRequest, shown: reads.VersionRow) -> Iterator[Face]:
    """Yield the faces other systems speak, as far as this installation serves them."""
    absolute, code = request.build_absolute_uri, shown.dataset
    search = "/api/3/action/datastore_search"
    if _is_served(search):
        site, address = absolute("/").rstrip("/"), absolute(search)
        yield Face(
            "ckan",
            "CKAN",
            _("Untuk program yang sudah berbicara dengan portal CKAN."),
            f"{address}?resource_id={code}",
            (
                Call("curl", f"curl '{address}?resource_id={code}&limit={_SHOWN_ROWS}'"),
                Call(
                    "Python",
                    f"import ckanapi\nportal = ckanapi.RemoteCKAN('{site}')\n"
                    f"data = portal.action.datastore_search(resource_id='{code}', limit={_SHOWN_ROWS})",
                ),
                Call(
                    "R",
                    f"library(ckanr)\nckanr_setup(url = '{site}')\n"
                    f"data <- ds_search(resource_id = '{code}', limit = {_SHOWN_ROWS})",
                ),
            ),
        )
    items = f"/ogc/collections/{code}/items"
    if _has_places(shown) and _is_served(items):
        address = absolute(items)
        yield Face(
            "ogc",
            "OGC API – Features",
            _("Untuk QGIS dan peta lain; jawabannya GeoJSON."),
            address,
            (
                Call("curl", f"curl '{address}?f=json&limit={_SHOWN_ROWS}'"),
                Call("Python", f"import geopandas\ndata = geopandas.read_file('{address}?f=json')"),
                Call("R", f"library(sf)\ndata <- st_read('{address}?f=json')"),
            ),
        )


def _has_places(shown: reads.VersionRow) -> bool:
    kinds = {column.type for column in shown.declaration.leaving}
    return bool(kinds & {ColumnType.POINT, ColumnType.REGION})


def _filter(shown: reads.VersionRow) -> str:
    """Return a filter to begin with, of the first column that has named values."""
    found = next((column for column in shown.declaration.leaving if column.allowed), None)
    return f" -d 'filter={found.name}:eq:{found.allowed[0]}'" if found else ""


def _is_served(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True
