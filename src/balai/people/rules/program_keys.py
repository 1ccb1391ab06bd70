"""What a key of a program looks like, and which keys may be made."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType

from django.utils.translation import gettext as _

from balai.base.actor import Reach, widest
from balai.base.errors import Fault

PREFIX = "balai_"
"""Lets a person, and a scanner of repositories, see what a leaked text is."""

LONGEST = timedelta(days=366)


def digest(key: str) -> str:
    """Return what is kept of a key.

    >>> digest("balai_x")[:12]
    'aa32cb91a721'
    """
    return hashlib.sha256(key.encode()).hexdigest()


def verbs_by_key(
    account: Mapping[str, Reach], visitor: Mapping[str, Reach], named: Collection[str]
) -> Mapping[str, Reach]:
    """Return what a program may do: of the account's verbs those the key names, and what everybody may.

    >>> dict(verbs_by_key({"plan.report": Reach.OFFICE, "plan.verify": Reach.TENANT}, {}, ["plan.report"]))
    {'plan.report': <Reach.OFFICE: 'office'>}
    """
    allowed = dict(visitor)
    for verb in named:
        if verb in account:
            allowed[verb] = widest(allowed.get(verb), account[verb])
    return MappingProxyType(allowed)


def faults_of_key(
    name: str, verbs: Collection[str], held: Collection[str], expires_on: date, today: date
) -> Iterator[Fault]:
    """Yield what is wrong with a key somebody wants to make.

    Args:
        held: the verbs of the account itself.
    """
    if not name.strip() or len(name) > 80 or "\0" in name:
        yield Fault(_("Nama program"), _("Kosong atau terlalu panjang."), _("Isi 1 sampai 80 huruf."))
    if not verbs:
        yield Fault(_("Hak"), _("Belum ada yang dipilih."), _("Pilih apa yang boleh dilakukan program itu."))
    for verb in sorted(set(verbs) - set(held)):
        yield Fault(
            _("Hak"),
            _("Akun Anda sendiri tidak memegang %(verb)s.") % {"verb": verb},
            _("Pilih hak yang Anda miliki."),
        )
    if not today <= expires_on <= today + LONGEST:
        yield Fault(
            _("Berlaku sampai"),
            _("Di luar batas."),
            _("Pilih hari ini sampai %(last)s.") % {"last": today + LONGEST},
        )
