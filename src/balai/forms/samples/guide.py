"""Reads the form of the style guide from the file beside this one."""

import hashlib
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from balai.base.errors import Invalid
from balai.definitions import Words, Written, reader, schema
from balai.forms.rules import Form, FormText, build

FILE = Path(__file__).with_suffix(".yaml")


class GuideText(Written):
    """What the file says."""

    title: Words
    form: FormText


def read_form(raw: bytes, file: str) -> Form:
    """Return the form of a file with a title and a form. Raises Invalid."""
    document = reader.read(raw, file)
    try:
        text = GuideText.model_validate_json(document.json())
    except ValidationError as error:
        raise Invalid(schema.faults(document, error)) from error
    digest = hashlib.sha256(raw).hexdigest()
    return build(
        text.form, document, ("form",), code=f"samples/{Path(file).stem}", version="1", sha256=digest
    )


@lru_cache(maxsize=1)
def guide() -> Form:
    """Return the form of the style guide."""
    return read_form(FILE.read_bytes(), FILE.name)
