"""The files of operators agree with the program: its settings, commands, sizes and addresses.

That systemd, nginx and a container builder take them was tried by hand; `docs/how-to/operate.md` says
what to do with them.
"""

import re
import shlex
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands
from django.urls import resolve

from balai.site import options
from balai.site.options import Options

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
CONTAINER = (ROOT / "Containerfile").read_text("utf-8")
NGINX = (DEPLOY / "nginx.conf").read_text("utf-8")
SERVICES = sorted((DEPLOY / "systemd").glob("*.service"))


def _environment(*, whole: bool) -> dict[str, str]:
    """Return the settings of the example file as both systemd and a shell read them."""
    lines = (DEPLOY / "balai.env").read_text("utf-8").splitlines()
    if whole:
        lines = [re.sub(r"^#(?=[A-Z_]+=)", "", line) for line in lines]
    words = [shlex.split(line) for line in lines if line and not line.startswith("#")]
    assert all(len(found) == 1 for found in words), "a value with a blank stands in single quotes"
    return dict(found[0].split("=", 1) for found in words)


@pytest.mark.parametrize("whole", [False, True], ids=["as it is", "with all its examples"])
def test_the_example_of_settings_is_read_as_it_is(whole: bool) -> None:
    found = options.read(_environment(whole=whole))
    assert found.https and found.hosts == "smartcity.kota.go.id"
    assert options.database(found.database_url, Path())
    assert options.mailer(found.email_url, Path())


def _unit(path: Path) -> dict[str, list[str]]:
    held: dict[str, list[str]] = {}
    for line in path.read_text("utf-8").splitlines():
        name, is_setting, value = line.partition("=")
        if is_setting and not line.startswith("#"):
            held.setdefault(name, []).append(value)
    return held


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_unit_runs_a_command_there_is_and_writes_only_its_data(path: Path) -> None:
    unit = _unit(path)
    program, script, command, *_more = unit["ExecStart"][0].split()
    assert (program, script) == ("/opt/balai/.venv/bin/python", "manage.py")
    assert command in get_commands()
    assert unit["User"] == ["balai"] and unit["ProtectSystem"] == ["strict"]
    assert unit["ReadWritePaths"] == [_environment(whole=False)["BALAI_DATA"]]
    # The readers of data wall themselves in; systemd 252 counts that among what no service needs.
    for allowed in unit.get("SystemCallFilter", []):
        assert {"landlock_create_ruleset", "landlock_restrict_self"} <= set(allowed.split())
        assert unit["SystemCallErrorNumber"] == ["EPERM"], "else asking whether Landlock is there would kill"


def test_the_server_in_front_lets_through_what_balai_takes_and_waits_as_long() -> None:
    largest = int(re.findall(r"client_max_body_size (\d+)m;", NGINX)[0]) * 1024 * 1024
    assert largest > Options.upload_max_mb * 1_000_000 + settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    part = re.findall(r"const PART = (\d+) \* 1024 \* 1024;", (ROOT / "web/scripts/upload.js").read_text())
    assert largest > int(part[0]) * 1024 * 1024
    waits = int(re.findall(r"proxy_read_timeout (\d+)s;", NGINX)[0])
    assert waits > 10 * Options.query_seconds
    assert f"http://{Options.address}:{_environment(whole=False)['PORT']}" in NGINX


def test_what_balai_believes_of_the_server_in_front_is_set_there_once_and_for_every_address() -> None:
    """A `proxy_set_header` within a location would take away all those above it."""
    above = NGINX[: NGINX.index("location /")]
    told = dict(re.findall(r"proxy_set_header (\S+) (\S+);", above))
    assert told["X-Forwarded-Proto"] == "https" and told["X-Forwarded-For"] == "$remote_addr"
    assert "proxy_set_header" not in NGINX[len(above) :]
    for address in re.findall(r"location = (\S+) ", NGINX):
        assert resolve(address)


def test_the_log_that_is_rotated_is_the_one_that_is_written() -> None:
    written = Path(settings.LOGGING["handlers"]["file"]["filename"]).relative_to(settings.DATA)
    rotated = (DEPLOY / "logrotate").read_text("utf-8").split("\n")[1]
    assert rotated == f"{_environment(whole=False)['BALAI_DATA']}/{written} {{"


def test_the_container_copies_what_is_there_and_asks_a_name_that_is_always_served() -> None:
    for line in re.findall(r"^COPY (?!--from)(.+)$", CONTAINER, re.M):
        *sources, _target = line.split()
        assert [name for name in sources if not (ROOT / name).exists()] == []
    told = dict(re.findall(r"(\w+)=(\S+)", re.findall(r"^ENV (.+)$", CONTAINER, re.M)[0]))
    told.pop("PYTHONUNBUFFERED")
    assert options.read(told).data == "/data"
    assert "http://localhost:" in CONTAINER and ".localhost" in settings.ALLOWED_HOSTS
    assert re.findall(r'CMD \[".venv/bin/python", "manage.py", "(\w+)"', CONTAINER)[0] in get_commands()
