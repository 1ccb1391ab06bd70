"""What is declared about personal data: which fields, whose, on what basis, what for, how long.

Each module declares its own at start, beside its models. A test of the whole
house refuses a model with personal fields that nobody declared.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class PersonalData:
    """One table with personal data.

    Attributes:
        table: the model as "people.account".
        fields: its personal fields.
        controller: who answers for it (pengendali data).
        legal_basis: the law, or consent.
        purpose: what it is kept for; nothing else is done with it.
        retention: until when, in words a person understands.
    """

    table: str
    fields: tuple[str, ...]
    controller: str
    legal_basis: str
    purpose: str
    retention: str

    def __post_init__(self) -> None:
        for name in ("table", "fields", "controller", "legal_basis", "purpose", "retention"):
            if not getattr(self, name):
                raise ValueError(f"the declaration of {self.table or 'personal data'} leaves {name} empty")


_declared: dict[str, PersonalData] = {}


def declare(data: PersonalData) -> None:
    """Declare the personal data of a table.

    Raises:
        ValueError: the table is declared already, and differently.
    """
    if _declared.setdefault(data.table, data) != data:
        raise ValueError(f"the personal data of {data.table} is declared twice")


def declared() -> Mapping[str, PersonalData]:
    """Return every declaration by table."""
    return MappingProxyType(_declared)
