"""Paper of a survey: a sheet of single-use codes to be cut up, and a poster with its QR code."""

import json
from collections.abc import Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from balai.base import writing
from balai.base.later import typst
from balai.base.qr import qr_svg
from balai.evaluation.models import Survey

TEMPLATES = Path(__file__).parent / "typst"


def sheet_pdf(row: Survey, number: int, cards: Sequence[tuple[str, str]]) -> bytes:
    """Return cards of ten to a page of A4.

    Args:
        cards: (code as it is printed, address with the code) of each.
    """
    return _made(
        "codes.typ",
        {
            "title": row.title,
            "sheet": _("Lembar %(number)d") % {"number": number},
            "subject": row.subject_name,
            "how": _("Pindai, atau buka alamat ini dan ketik kodenya:"),
            "once": _("Satu kode, satu jawaban. Berlaku sampai %(until)s.")
            % {"until": writing.moment(row.closes_at)},
            "address": cards[0][1].partition("?")[0] if cards else "",
            "cards": [{"code": code, "svg": qr_svg(address)} for code, address in cards],
        },
    )


def poster_pdf(row: Survey, address: str) -> bytes:
    """Return one page of A4 with the QR code of the survey."""
    return _made(
        "poster.typ",
        {
            "title": row.title,
            "subject": row.subject_name,
            "ask": _("Pernah memakainya? Ceritakan apa manfaatnya bagi Anda."),
            "how": _("Pindai dengan kamera telepon, atau buka:"),
            "until": _("Sampai %(until)s. Tanpa nama; surel Anda tidak disimpan bersama jawaban.")
            % {"until": writing.moment(row.closes_at)},
            "address": address,
            "svg": qr_svg(address),
        },
    )


def _made(template: str, data: dict[str, object]) -> bytes:
    return typst.compile(
        TEMPLATES / template,
        root=TEMPLATES,
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
