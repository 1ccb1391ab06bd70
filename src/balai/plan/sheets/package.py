"""What a file must be before a spreadsheet library may open it.

An .xlsx is a zip of XML, so everything hostile in zips and XML can be in it.
This file looks at bytes and names only: size, compression, what kind of file it
really is. `scan` then looks into the XML.
"""

import io
import zipfile
import zlib
from typing import BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balai.base.errors import Fault, Invalid

MOST_BYTES = 10 * 2**20
MOST_UNPACKED = 120 * 2**20
MOST_MEMBERS = 1000
MOST_RATIO = 200
"""A sheet of text packs about 10 to 30 times; empty rows up to 150."""

_WORKBOOK = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_MACRO = (b"macroEnabled", b"vbaProject")
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_REFUSED_PARTS = {
    "xl/externallinks/": gettext_lazy("tautan ke berkas lain"),
    "xl/embeddings/": gettext_lazy("objek yang ditanam"),
    "xl/activex/": gettext_lazy("kendali ActiveX"),
    "xl/connections.xml": gettext_lazy("sambungan data"),
    "xl/querytables/": gettext_lazy("kueri data"),
}


def refuse(wrong: str, right: str) -> Invalid:
    """Return the refusal of a whole file."""
    return Invalid([Fault(_("Berkas"), wrong, right)])


def take(stream: BinaryIO) -> bytes:
    """Return the bytes of an upload, never more than allowed.

    Raises:
        Invalid: the file is empty or larger than MOST_BYTES; no more than that is read.
    """
    data = stream.read(MOST_BYTES + 1)
    if not data:
        raise refuse(_("berkas kosong."), _("Unggah buku kerja yang sudah diisi."))
    if len(data) > MOST_BYTES:
        raise refuse(
            _("berkas lebih besar dari %(limit)s MB.") % {"limit": MOST_BYTES // 2**20},
            _("Hapus gambar dan baris kosong, atau bagi menjadi beberapa berkas."),
        )
    return data


def unpack(data: bytes) -> zipfile.ZipFile:
    """Return the package, found to be a plain .xlsx of bounded size.

    Raises:
        Invalid: it is something else; the fault says what, and what would be right.
    """
    _check_kind(data)
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
        members = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise broken() from error
    _check_size(members, len(data))
    _check_parts(members)
    types = read_part(package, "[Content_Types].xml")
    if any(mark in types for mark in _MACRO):
        raise refuse(_("berkas berisi makro."), _("Simpan sebagai Buku Kerja Excel (.xlsx) tanpa makro."))
    if _WORKBOOK not in types:
        raise refuse(
            _("berkas ini bukan buku kerja Excel (.xlsx)."),
            _("Unduh templat, isi, lalu simpan sebagai .xlsx."),
        )
    return package


def read_part(package: zipfile.ZipFile, name: str) -> bytes:
    """Return the content of one part.

    Raises:
        Invalid: it is not there, or does not unpack to what the package says of it.
    """
    try:
        return package.read(name)
    except (
        KeyError,
        EOFError,
        OSError,
        ValueError,
        NotImplementedError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise broken() from error


def _check_kind(data: bytes) -> None:
    if data.startswith(_OLE2):
        if _ENCRYPTED in data:
            raise _locked()
        raise refuse(_("berkas berformat Excel lama (.xls)."), _("Simpan sebagai Buku Kerja Excel (.xlsx)."))
    if not data.startswith(b"PK"):
        raise refuse(
            _("isi berkas bukan .xlsx, walaupun namanya mungkin demikian."),
            _("Buka di aplikasi lembar sebar, lalu simpan sebagai .xlsx; CSV tidak dapat diimpor."),
        )


def _check_size(members: list[zipfile.ZipInfo], packed: int) -> None:
    unpacked = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS or unpacked > MOST_UNPACKED or unpacked > packed * MOST_RATIO:
        raise refuse(
            _("isi berkas mengembang menjadi %(size)s MB saat dibuka.") % {"size": unpacked // 2**20},
            _("Paling banyak %(limit)s MB; hapus baris dan kolom kosong yang berformat.")
            % {"limit": MOST_UNPACKED // 2**20},
        )
    if any(member.flag_bits & 1 for member in members):
        raise _locked()
    names = [member.filename for member in members]
    if len(set(names)) < len(names):
        raise broken()


def _check_parts(members: list[zipfile.ZipInfo]) -> None:
    for member in members:
        name = member.filename.casefold()
        if name.endswith("vbaproject.bin"):
            raise refuse(_("berkas berisi makro."), _("Simpan sebagai Buku Kerja Excel (.xlsx) tanpa makro."))
        for start, what in _REFUSED_PARTS.items():
            if name.startswith(start):
                raise refuse(
                    _("berkas berisi %(what)s.") % {"what": what},
                    _("Putuskan tautan dan hapus objek, lalu simpan lagi sebagai .xlsx."),
                )


def broken() -> Invalid:
    return refuse(
        _("berkas rusak atau terpotong."), _("Buka di aplikasi lembar sebar, simpan ulang, lalu unggah lagi.")
    )


def _locked() -> Invalid:
    return refuse(_("berkas dikunci dengan kata sandi."), _("Hapus kata sandinya, lalu simpan lagi."))
