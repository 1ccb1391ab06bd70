"""Papers handed in with a change: a file or a link."""

from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _

from balai.base.actor import Actor
from balai.base.errors import Fault
from balai.base.files import StoredFile, store_file
from balai.plan.changes import checks


@dataclass(frozen=True)
class Upload:
    """A file as handed in; `name` is what the person's machine calls it."""

    content: BinaryIO
    name: str


def one_of(upload: Upload | None, link: str) -> list[Fault]:
    """Return what is wrong with a paper that is either a file or a link."""
    if (upload is None) == (not link):
        return [Fault("file", _("Isi salah satu: berkas atau tautan."))]
    return list(checks.web_link("link", link)) if link else []


def stored(actor: Actor, upload: Upload | None) -> StoredFile | None:
    """Keep the file, if there is one; the caller has asked the actor's right. Raises Invalid."""
    return store_file(upload.content, upload.name, actor) if upload else None
