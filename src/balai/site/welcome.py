"""What a person reads when the server starts: where it answers and who may sign in."""

from collections.abc import Iterator

from django.conf import settings
from django.core.management import get_commands, load_command_class

from balai.people.models import HostName


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
    if options.demo:
        yield from _demo()
    yield "Hentikan dengan Ctrl+C."


def _demo() -> Iterator[str]:
    """Yield the demo accounts as the command of `people` lists them."""
    owner = get_commands().get("demo_accounts")
    if owner is None:
        return
    command = load_command_class(owner, "demo_accounts")
    yield ""
    yield from command.lines()
    yield ""
