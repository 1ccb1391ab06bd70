"""CSV and plain text: UTF-8 without control characters, and not a page or a script in disguise."""

import codecs
import re
from pathlib import PurePath
from typing import BinaryIO

from django.utils.translation import gettext as _

from balai.base.contents.kinds import CSV, TEXT, Kind, Unfit

_CHUNK = 1 << 18
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\x80-\x9f\ufffe\uffff]")
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_PAGES = ("<", "#!", "%!ps", "{\\rtf", "mime-version:")


def check_text(file: BinaryIO, name: str) -> Kind:
    """Return CSV for a name that ends in .csv, plain text for .txt and for a name without ending.

    Raises:
        Unfit: another encoding, binary, HTML, SVG, XML, RTF or a script, or another ending.
    """
    file.seek(0)
    head = file.read(1024)
    if head.startswith(UTF16):
        raise _encoding()
    decode = codecs.getincrementaldecoder("utf-8-sig")()
    file.seek(0)
    begin = ""
    try:
        while part := file.read(_CHUNK):
            text = decode.decode(part)
            if _CONTROL.search(text):
                raise Unfit(_("Jenis isinya tidak dikenal."))
            if len(begin) < 64:
                begin = (begin + text).lstrip()[:64]
        decode.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise _encoding() from error
    if begin.lower().startswith(_PAGES):
        raise Unfit(_("Isinya halaman web, XML, atau skrip."))
    ending = PurePath(name).suffix.lower()
    if ending not in (".csv", ".txt", ""):
        raise Unfit(
            _("Isinya teks biasa, tetapi namanya berakhir %(ending)s.") % {"ending": ending},
        )
    return CSV if ending == ".csv" else TEXT


def _encoding() -> Unfit:
    return Unfit(
        _("Isinya bukan teks UTF-8."),
        _("Simpan sebagai “CSV UTF-8” atau teks UTF-8, lalu unggah kembali."),
    )
