"""Words of kinds and dimensions, as pages show them."""

from collections.abc import Mapping

from balai.definitions import axis_set, terms


def evidence_kinds() -> Mapping[str, str]:
    """Return the name of each kind of evidence by its key."""
    return {term.key: str(term.name) for term in terms("evidence-kinds").terms}


def dimensions() -> Mapping[str, str]:
    """Return the name of each dimension by its key."""
    return {each.key: str(each.name) for each in axis_set().dimensions}
