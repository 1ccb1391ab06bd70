"""Forms for tests: written as a file has them, with short words."""

import textwrap
from collections.abc import Callable
from datetime import date
from typing import Any

from balai.base.errors import Invalid
from balai.forms.rules import Checked, Context, Field, FileSeen, Form, validate
from balai.forms.samples.guide import read_form
from balai.places.rules import Point

TODAY = date(2026, 11, 22)
NAMES = {
    "35": "Jawa Timur",
    "35.73": "Kota Malang",
    "35.73.02": "Kecamatan Klojen",
    "35.73.02.1004": "Kelurahan Kidul Dalem",
    "35.73.05": "Kecamatan Lowokwaru",
    "35.07.01.2001": "Desa Tempat Lain",
}
CITY = "35.73"


def form(steps: str) -> Form:
    """Return the form whose `steps:` are written in YAML, two blanks in."""
    text = "title: {id: Uji, en: Test}\nform:\n  steps:\n" + textwrap.indent(textwrap.dedent(steps), "    ")
    return read_form(text.encode(), "uji.yaml")


def asking(*fields: str) -> Form:
    """Return a form of one step with these fields, each a YAML flow mapping without its label."""
    lines = "".join(f"- {{label: {{id: Isian, en: Field}}, {field}}}\n" for field in fields)
    return form(f"- id: one\n  title: {{id: Satu, en: One}}\n  fields:\n{textwrap.indent(lines, '    ')}")


def faults(make: Callable[[], Any]) -> list[str]:
    """Return the faults a file is refused with."""
    try:
        make()
    except Invalid as error:
        return [str(fault) for fault in error.faults]
    return []


def around(**more: Any) -> Context:
    files = more.pop("files", {})
    return Context(
        today=TODAY,
        files={key: FileSeen(key, f"{key}.bin", kind, size) for key, (kind, size) in files.items()},
        region_name=NAMES.get,
        region_at=lambda point: _at(point),
        city=CITY,
        **more,
    )


def _at(point: Point) -> str:
    if -8.1 < point.latitude < -7.8 and 112.5 < point.longitude < 112.8:
        return "35.73.02.1004"
    return "35.07" if point.latitude < 0 else ""


def check(made: Form, answers: Any, **more: Any) -> Checked:
    return validate(made, answers, around(**more))


def one_field(made: Form) -> Field:
    item = made.items["f"]
    assert isinstance(item, Field)
    return item
