"""What a person reads when the server starts: where it answers and who may sign in."""

from collections.abc import Iterator

from django.conf import settings

from balai.base import prepared
from balai.people import changes
from balai.people.models import HostName
from balai.site import steps


def lines() -> Iterator[str]:
    """Yield the addresses and, with the demo, its accounts."""
    options = settings.OPTIONS
    scheme = "https" if options.https else "http"
    yield ""
    yield f"Balai berjalan di {scheme}://localhost:{options.port}/"
    rows = HostName.objects.select_related("government").order_by("government_id", "host")
    hosts = [(row.host, row.government.name) for row in rows]
    width = max((len(f"{scheme}://{host}:{options.port}/") for host, _name in hosts), default=0)
    for host, name in hosts:
        address = f"{scheme}://{host}:{options.port}/"
        yield f"  {address:<{width}}  {name}"
    yield f"  keadaan: {scheme}://localhost:{options.port}/ready"
    if options.demo and prepared.is_done(steps.DEMO):
        yield from _demo()
    yield "Hentikan dengan Ctrl+C."


def _demo() -> Iterator[str]:
    """Yield the demo accounts of the default tenant; the others differ only in their host."""
    here = HostName.objects.filter(government=settings.OPTIONS.default_tenant).values_list("host", flat=True)
    accounts = [one for one in changes.demo_accounts() if one.host in set(here)]
    yield ""
    yield "Akun peragaan (masuk tanpa faktor kedua; semua orang tahu sandinya):"
    for account in accounts:
        yield f"  {account.email:<36} {account.password:<16} {account.role}"
    yield "  daerah lain: ./balai manage load_demo_people --print"
    yield ""
