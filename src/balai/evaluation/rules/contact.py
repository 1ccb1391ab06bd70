"""Which mailbox an e-mail address leads to, however it is written."""

_WITHOUT_DOTS = frozenset({"gmail.com", "googlemail.com"})


def mailbox(address: str) -> str:
    """Return an address as the mailbox it leads to.

    What stands after a plus reaches the same person, and dots do not count at
    Gmail: written otherwise, one person would have many addresses.

    >>> mailbox(" Sari.W+survei@Gmail.com "), mailbox("sari@malangkota.go.id")
    ('sariw@gmail.com', 'sari@malangkota.go.id')
    """
    name, _at, domain = address.strip().casefold().rpartition("@")
    name = name.partition("+")[0]
    if domain in _WITHOUT_DOTS:
        return f"{name.replace('.', '')}@gmail.com"
    return f"{name}@{domain}"
