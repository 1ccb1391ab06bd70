"""Photos: decoded whole and written anew, so that nothing but the picture is kept.

Place, camera, comments, colour profiles, previews and whatever hangs behind the
picture are gone; the orientation is carried out.
"""

import io
import warnings
from typing import BinaryIO

from django.utils.translation import gettext as _

from balai.base.contents.kinds import JPEG, PNG, WEBP, Kind, Unfit
from balai.base.later import Image, ImageOps

MOST_PIXELS = 40_000_000
"""A 7,700 × 5,200 photo. Decoded it takes 160 MB."""

_KINDS = {"PNG": PNG, "JPEG": JPEG, "MPO": JPEG, "WEBP": WEBP}
_MODES = {"PNG": {"1", "L", "LA", "P", "RGB", "RGBA", "I;16"}, "JPEG": {"L", "RGB"}, "WEBP": {"RGB", "RGBA"}}


def begins_image(head: bytes) -> bool:
    return head.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")) or (
        head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    )


def redraw(file: BinaryIO) -> tuple[Kind, bytes]:
    """Return what the picture is, and its bytes written anew.

    Raises:
        Unfit: it cannot be decoded whole, or has more than `MOST_PIXELS`.
    """
    try:
        with warnings.catch_warnings():
            # Pillow warns of large pictures; ours are measured and refused below.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(file, formats=["PNG", "JPEG", "WEBP"])
        with picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise _too_large(picture.width, picture.height)
            kind = _KINDS[picture.format or ""]
            picture.load()
            return kind, _written(ImageOps.exif_transpose(picture), kind)
    except Image.DecompressionBombError as error:
        raise Unfit(_("Gambarnya terlalu besar."), _smaller()) from error
    except (OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, OverflowError) as error:
        # What Pillow's readers raise on broken pictures.
        raise Unfit(
            _("Gambarnya rusak atau terpotong dan tidak dapat dibuka seluruhnya."),
            _("Unggah kembali dari berkas aslinya."),
        ) from error


def _written(picture: "Image.Image", kind: Kind) -> bytes:
    form = {PNG: "PNG", JPEG: "JPEG", WEBP: "WEBP"}[kind]
    if picture.mode not in _MODES[form]:
        has_alpha = "A" in picture.mode or "transparency" in picture.info
        picture = picture.convert("RGBA" if has_alpha and form != "JPEG" else "RGB")
    picture.info = {name: value for name, value in picture.info.items() if name == "transparency"}
    out = io.BytesIO()
    if form == "PNG":
        picture.save(out, "PNG")
    else:
        picture.save(out, form, quality=90, exif=b"", xmp=b"", icc_profile=None)
    return out.getvalue()


def _too_large(width: int, height: int) -> Unfit:
    return Unfit(
        _("Gambarnya %(width)d × %(height)d piksel.") % {"width": width, "height": height}, _smaller()
    )


def _smaller() -> str:
    return _("Perkecil sampai paling banyak 40 juta piksel, misalnya 7.000 × 5.000.")
