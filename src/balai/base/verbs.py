"""The verbs that roles are made of; each module declares its own at start.

A verb is a right in the words of the domain: `plan.report`, `people.manage`.
Role files may name declared verbs only, and every declared verb must be in some
role: one that nobody holds is a page that nobody can open.
"""

from collections.abc import Mapping
from types import MappingProxyType

_declared: dict[str, object] = {}


def verb(code: str, title: object) -> str:
    """Declare a verb and return its code; declaring it twice with one title is harmless.

    Args:
        code: `module.act`, lower case.
        title: what it lets a person do, in Indonesian; a translatable text.

    Raises:
        ValueError: the code has not the form `module.act`, or means something else already.
    """
    module, dot, act = code.partition(".")
    if not (dot and module.isidentifier() and act.isidentifier() and code == code.lower()):
        raise ValueError(f"a verb looks like 'plan.report', got {code!r}")
    if str(_declared.setdefault(code, title)) != str(title):
        raise ValueError(f"the verb {code} is declared twice, with different titles")
    return code


def verbs() -> Mapping[str, object]:
    """Return every declared verb with its title, in the order of declaration."""
    return MappingProxyType(_declared)
