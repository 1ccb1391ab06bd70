"""Forms as every desk shows them: faults said by us, fields in named groups, rows that can be added."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField


def needed[F: forms.Field](field: F, when: Any = "") -> F:
    """Return a field that a form lets pass empty and a rule asks for, so that nobody is told to leave it.

    Args:
        when: what is said instead, such as "wajib bila ditolak"; nothing where the label says it.
    """
    field.required = False
    field.needed = when  # type: ignore[attr-defined]
    return field


class LongText(forms.CharField):
    """A text of several lines."""

    def __init__(self, *, rows: int = 4, **options: Any) -> None:
        super().__init__(**{"widget": forms.Textarea(attrs={"rows": rows}), "required": False, **options})


class Asked(forms.Form):
    """A form of ours: faults are said by us, not by the browser, and fields stand in named groups.

    `GROUPS` are (heading, names of fields); fields that no group names come
    first, without a heading. `PLACES` says what a person calls a place that a
    fault names and that is no field of the form.
    """

    use_required_attribute = False
    GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = ()
    PLACES: Mapping[str, Any] = {}
    rows: "Rows | None" = None

    def groups(self) -> Iterator[tuple[Any, list[BoundField]]]:
        named = {name for _heading, names in self.GROUPS for name in names}
        loose = [self[name] for name in self.fields if name not in named and not self[name].is_hidden]
        if loose:
            yield "", loose
        for heading, names in self.GROUPS:
            yield heading, [self[name] for name in names if name in self.fields]

    def is_valid(self) -> bool:
        rows_are_valid = self.rows is None or self.rows.is_valid()
        return super().is_valid() and rows_are_valid

    def choose(self, name: str, choices: Any) -> None:
        """Give a field of choices what can be chosen."""
        self.fields[name].choices = choices  # type: ignore[attr-defined]


class Rows:
    """Rows of one small form under a large one: those there are, and a few empty ones.

    Without scripts, "tambah baris" sends the form back with more of them. A row
    in which nothing was written is no row.

    Args:
        start: what the rows begin with, one mapping each.
        data: what was sent; then `start` is not looked at.
    """

    MOST = 60

    def __init__(
        self,
        form: type[forms.Form],
        prefix: str,
        label: Any,
        *,
        start: list[Mapping[str, Any]] | None = None,
        data: Any = None,
        spare: int = 2,
        **options: Any,
    ) -> None:
        self.prefix, self.label = prefix, label
        begun = start or []
        sent = data.get(f"{prefix}-count", "") if data is not None else ""
        self.count = int(sent) if sent.isdecimal() else len(begun) + spare
        self.count = min(self.count, self.MOST)
        self.forms = [
            form(
                data,
                prefix=f"{prefix}-{n}",
                initial=dict(begun[n]) if n < len(begun) and data is None else None,
                empty_permitted=True,
                use_required_attribute=False,
                **options,
            )
            for n in range(self.count)
        ]

    def is_valid(self) -> bool:
        # Every row is looked at, so that every fault is shown at once.
        return False not in [form.is_valid() for form in self.forms]

    def values(self) -> list[dict[str, Any]]:
        """Return what the rows say, empty ones left out. Only after `is_valid`."""
        return [form.cleaned_data for form in self.forms if form.has_changed()]

    def as_written(self) -> list[dict[str, Any]]:
        """Return what was sent, row by row, as it was typed."""
        return [
            {name: form.data.get(form.add_prefix(name), "") for name in form.fields} for form in self.forms
        ]
