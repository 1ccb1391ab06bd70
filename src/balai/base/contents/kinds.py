"""The kinds of file that are taken, and how one that is not is refused."""

from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Kind:
    """What a file is: its media type, and the ending its name gets."""

    media_type: str
    ending: str


PDF = Kind("application/pdf", ".pdf")
PNG = Kind("image/png", ".png")
JPEG = Kind("image/jpeg", ".jpg")
WEBP = Kind("image/webp", ".webp")
XLSX = Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx")
DOCX = Kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx")
CSV = Kind("text/csv", ".csv")
TEXT = Kind("text/plain", ".txt")

ALL = (PDF, PNG, JPEG, WEBP, XLSX, DOCX, CSV, TEXT)


class Unfit(Exception):
    """The file is not taken. `wrong` says what it is, `right` what would be taken."""

    def __init__(self, wrong: str, right: str = "") -> None:
        self.wrong = wrong
        self.right = right or accepted()
        super().__init__(wrong)


def accepted() -> str:
    """Return the sentence that tells what is taken."""
    return _(
        "Yang diterima: PDF, foto PNG, JPEG atau WebP, Excel (.xlsx), Word (.docx), CSV, dan teks (.txt)."
    )
