"""Excel and Word: a bounded archive that says what it is and carries no program."""

import re
import stat
import zipfile
import zlib
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext as _

from balai.base.contents.kinds import DOCX, XLSX, Kind, Unfit

MOST_UNPACKED = 200_000_000
"""Bytes of all members together; a workbook of a million rows has less."""
MOST_MEMBERS = 5_000
_MOST_XML = 2_000_000
_CHUNK = 1 << 18
# Zip64 writers put two records of 76 bytes in all between directory and end.
_END, _ZIP64 = 22, 76

_MAIN = {
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": XLSX,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": DOCX,
}
_MACRO = re.compile(r"macroenabled|vbaproject|activex|oleobject|ms-office\.vba", re.IGNORECASE)
_PROGRAM = re.compile(
    r"(?:vbaproject|oleobject|activex).*\.bin|\.(?:exe|dll|com|scr|bat|cmd|ps1|vbs|js|jar|msi|hta|lnk)",
    re.IGNORECASE,
)


def check_office(file: BinaryIO) -> Kind:
    """Return whether it is a workbook or a letter.

    Raises:
        Unfit: another archive, broken, with more in it than `MOST_UNPACKED`, protected,
            or with macros, embedded programs or a template fetched from elsewhere.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            _check_shape(file, archive)
            _check_size(archive)
            return _kind(archive)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise _broken() from error


def _check_shape(file: BinaryIO, archive: zipfile.ZipFile) -> None:
    names = [entry.filename for entry in archive.infolist()]
    if len(names) > MOST_MEMBERS:
        raise _too_large()
    file.seek(0, 2)
    gap = file.tell() - _END - archive.start_dir - _directory_size(file)
    if archive.comment or gap not in (0, _ZIP64) or min(e.header_offset for e in archive.infolist()) != 0:
        raise _broken()
    if len({name.casefold() for name in names}) != len(names):
        raise _broken()
    for entry in archive.infolist():
        name = entry.filename
        is_link = stat.S_ISLNK(entry.external_attr >> 16)
        if is_link or "\\" in name or "\0" in name or name.startswith("/") or ".." in name.split("/"):
            raise _broken()
        if entry.flag_bits & 1:
            raise Unfit(
                _("Isinya dilindungi kata sandi."), _("Simpan tanpa kata sandi, lalu unggah kembali.")
            )
        if _PROGRAM.search(name.rsplit("/", 1)[-1]):
            raise _has_program()


def _directory_size(file: BinaryIO) -> int:
    file.seek(-_END + 12, 2)
    return int.from_bytes(file.read(4), "little")


def _check_size(archive: zipfile.ZipFile) -> None:
    """Unpack everything once: what the directory claims may be false, and each part has a checksum."""
    if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
        raise _too_large()
    unpacked = 0
    for entry in archive.infolist():
        with archive.open(entry) as member:
            while part := member.read(_CHUNK):
                unpacked += len(part)
                if unpacked > MOST_UNPACKED:
                    raise _too_large()


def _kind(archive: zipfile.ZipFile) -> Kind:
    names = set(archive.namelist())
    if "[Content_Types].xml" not in names:
        raise Unfit(_("Isinya arsip ZIP, bukan dokumen Excel atau Word."))
    types = [part.get("ContentType", "") for part in _xml(archive, "[Content_Types].xml")]
    if any(_MACRO.search(kind) for kind in types):
        raise _has_program()
    for name in sorted(names):
        if name.endswith("settings.xml.rels") and any(_is_fetched(link) for link in _xml(archive, name)):
            raise _has_program()
    found = [_MAIN[kind] for kind in types if kind in _MAIN]
    if len(found) != 1:
        raise Unfit(_("Isinya dokumen Office jenis lain."))
    return found[0]


def _xml(archive: zipfile.ZipFile, name: str) -> Element:
    if archive.getinfo(name).file_size > _MOST_XML:
        raise _too_large()
    try:
        tree: Element = defusedxml.ElementTree.fromstring(archive.read(name), forbid_dtd=True)
    except (ParseError, DefusedXmlException) as error:
        raise _broken() from error
    return tree


def _is_fetched(link: Element) -> bool:
    return link.get("TargetMode") == "External" and link.get("Type", "").endswith("/attachedTemplate")


def _broken() -> Unfit:
    return Unfit(
        _("Dokumennya rusak, terpotong, atau disambung dengan berkas lain."),
        _("Buka di komputer Anda, simpan kembali sebagai .xlsx atau .docx, lalu unggah hasilnya."),
    )


def _too_large() -> Unfit:
    return Unfit(
        _("Isi dokumennya terlalu besar setelah dibuka."),
        _("Bagi menjadi beberapa berkas; isinya paling besar 200 MB."),
    )


def _has_program() -> Unfit:
    return Unfit(
        _("Dokumennya memuat makro atau program."),
        _("Simpan sebagai .xlsx atau .docx biasa tanpa makro, lalu unggah hasilnya."),
    )
