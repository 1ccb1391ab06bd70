"""Where a visitor asks from, for what is counted by network and not by person."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """Return the network a visitor asks from: an address, or of version 6 what one house is given."""
    told = str(request.META.get("REMOTE_ADDR", ""))
    forwarded = request.headers.get("X-Forwarded-For", "")
    # Only the last entry is written by the server in front of us; the others by whoever asks.
    if settings.ALLAUTH_TRUSTED_PROXY_COUNT and forwarded:
        told = forwarded.split(",")[-1].strip()
    try:
        found = ipaddress.ip_address(told)
    except ValueError:
        return told
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return told
