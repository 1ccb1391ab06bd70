"""Evidence of the demo: small pictures and a paper that say of themselves that they are examples."""

import io
from collections.abc import Mapping

import typst
from PIL import Image, ImageDraw, ImageFont

from balai.base.actor import Actor
from balai.base.drawing import DIMENSIONS
from balai.base.files import StoredFile, store_file
from balai.definitions.taxonomies import AxisSet

_PAPER = b"""
#set document(title: "Berita acara contoh", date: none)
#set page(paper: "a5", margin: 2cm)
#set text(size: 12pt)
#align(center)[#text(28pt, weight: "bold")[CONTOH]]
#v(1cm)
Berita acara ini contoh isi bukti dukung. Bukan dokumen resmi, tidak pernah ditandatangani siapa pun,
dan tidak membuktikan apa pun.
"""


def store_papers(actor: Actor, axes: AxisSet) -> Mapping[str, StoredFile]:
    """Keep one picture for each dimension and one PDF ("minutes") in the tenant in scope."""
    papers = {
        dimension.key: store_file(
            io.BytesIO(picture(dimension.name.id, DIMENSIONS[dimension.key])),
            f"contoh-{dimension.key}.png",
            actor,
        )
        for dimension in axes.dimensions
    }
    papers["minutes"] = store_file(io.BytesIO(minutes()), "contoh-berita-acara.pdf", actor)
    return papers


def picture(name: str, colour: str) -> bytes:
    """Return a PNG of 640 x 400 with the name of a dimension, marked as an example."""
    image = Image.new("RGB", (640, 400), colour)
    draw = ImageDraw.Draw(image)
    for text, size, top in (("CONTOH", 96, 90), (name, 40, 220), ("bukan bukti sebenarnya", 30, 290)):
        draw.text((320, top), text, fill="white", font=ImageFont.load_default(size), anchor="ma")
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def minutes() -> bytes:
    """Return a PDF of one page, marked as an example."""
    return typst.compile(_PAPER, ignore_system_fonts=True)
