"""What a wish for a dataset must say, and how many may be sent."""

from collections.abc import Collection, Iterator

from django.utils.translation import gettext as _

from balai.base.errors import Fault
from balai.base.identifiers import holds_nik
from balai.data.rules.feedback import links

LEAST, MOST = 10, 1_000
"""Characters of what is asked for, and of why."""
MOST_TITLE = 200
MOST_AN_HOUR = 3
"""From one network."""
MOST_OPEN = 5
"""By one e-mail address, not answered yet."""
MOST_A_DAY = 100
"""In one local government, from everybody."""


def faults(what: str, why: str, use: str, uses: Collection[str]) -> Iterator[Fault]:
    """Yield what is wrong with a wish as it was typed."""
    for place, text, right in (
        ("what", what, _("Sebut datanya, kolom yang Anda perlukan, wilayah dan tahunnya.")),
        ("why", why, _("Sebut untuk apa datanya dan siapa yang terbantu.")),
    ):
        length = len(text.strip())
        if length < LEAST:
            yield Fault(place, _("Terlalu pendek untuk dipahami."), right)
        if length > MOST:
            told = _("Paling banyak %(most)d.") % {"most": MOST}
            yield Fault(place, _("%(length)d huruf.") % {"length": length}, told)
        if links(text) > 2:
            yield Fault(place, _("Terlalu banyak tautan."), _("Paling banyak dua tautan."))
        if holds_nik(text):
            yield Fault(place, _("Di sini tertulis sebuah NIK."), _("Hapus nomor kependudukan itu."))
    if use not in uses:
        yield Fault("use", _("Belum dipilih."), _("Pilih untuk apa data ini dipakai."))
