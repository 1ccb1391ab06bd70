"""Checks values against JSON Schema (2020-12), as far as our descriptions use it.

No validator is among our packages. This one refuses a keyword it does not know, so a
description cannot pass by saying something that is not looked at.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

_TYPES: Mapping[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
}
_WORDS = {"title", "description", "default", "examples", "format", "contentMediaType"}
_FORMATS: Mapping[str, Any] = {
    "uuid": UUID,
    "date": date.fromisoformat,
    "date-time": datetime.fromisoformat,
    "binary": str,
    "email": str,
}


class Checker:
    """Checks values against the schemas of one document; `wrong` yields what does not fit, by its place."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document

    def wrong(self, schema: Any, value: Any, place: str = "$") -> Iterator[str]:
        if schema in (True, {}):
            return
        if "$ref" in schema:
            yield from self.wrong(self.found(schema["$ref"]), value, place)
        for keyword, said in schema.items():
            if keyword == "$ref" or keyword in _WORDS - {"format"} or keyword.startswith("x-"):
                continue
            check = getattr(self, "_" + keyword, None)
            assert check, f"{place}: keyword {keyword} is not known"
            yield from check(said, value, place, schema)

    def found(self, pointer: str) -> Any:
        part: Any = self.document
        for step in pointer.removeprefix("#/").split("/"):
            part = part[step.replace("~1", "/").replace("~0", "~")]
        return part

    def _type(self, said: Any, value: Any, place: str, _schema: Any) -> Iterator[str]:
        names = [said] if isinstance(said, str) else said
        if not any(self._is(name, value) for name in names):
            yield f"{place}: {value!r} is no {said}"

    @staticmethod
    def _is(name: str, value: Any) -> bool:
        if name in ("integer", "number"):
            kinds = (int,) if name == "integer" else (int, float)
            return isinstance(value, kinds) and not isinstance(value, bool)
        return isinstance(value, _TYPES[name])

    def _enum(self, said: Any, value: Any, place: str, _schema: Any) -> Iterator[str]:
        if value not in said:
            yield f"{place}: {value!r} is not among {said}"

    def _const(self, said: Any, value: Any, place: str, _schema: Any) -> Iterator[str]:
        if value != said:
            yield f"{place}: {value!r} is not {said!r}"

    def _properties(self, said: Any, value: Any, place: str, _schema: Any) -> Iterator[str]:
        for name, part in said.items():
            if isinstance(value, dict) and name in value:
                yield from self.wrong(part, value[name], f"{place}.{name}")

    def _required(self, said: Any, value: Any, place: str, _schema: Any) -> Iterator[str]:
        if isinstance(value, dict):
            yield from (f"{place}: {name} is missing" for name in said if name not in value)

    def _additionalProperties(self, said: Any, value: Any, place: str, schema: Any) -> Iterator[str]:
        if not isinstance(value, dict):
            return
        for name in value.keys() - schema.get("properties", {}).keys():
            if said is False:
                yield f"{place}: {name} is not known"
            else:
                yield from self.wrong(said, value[name], f"{place}.{name}")

    def _items(self, said: Any, value: Any, place: str, _schema: Any) -> Iterator[str]:
        for number, item in enumerate(value if isinstance(value, list) else ()):
            yield from self.wrong(said, item, f"{place}[{number}]")

    def _anyOf(self, said: Any, value: Any, place: str, _schema: Any) -> Iterator[str]:
        if all(list(self.wrong(one, value, place)) for one in said):
            yield f"{place}: {value!r} fits none of {said}"

    def _pattern(self, said: Any, value: Any, place: str, _schema: Any) -> Iterator[str]:
        if isinstance(value, str) and not re.search(said, value):
            yield f"{place}: {value!r} is not like {said}"

    def _format(self, said: Any, value: Any, place: str, _schema: Any) -> Iterator[str]:
        if isinstance(value, str):
            try:
                _FORMATS[said](value)
            except ValueError:
                yield f"{place}: {value!r} is no {said}"

    def _bound(self, is_wrong: bool, keyword: str, said: Any, place: str) -> Iterator[str]:
        if is_wrong:
            yield f"{place}: beyond {keyword} {said}"

    def _minimum(self, said: Any, value: Any, place: str, _schema: Any) -> Iterator[str]:
        yield from self._bound(isinstance(value, int | float) and value < said, "minimum", said, place)

    def _maximum(self, said: Any, value: Any, place: str, _schema: Any) -> Iterator[str]:
        yield from self._bound(isinstance(value, int | float) and value > said, "maximum", said, place)

    def _minLength(self, said: Any, value: Any, place: str, _schema: Any) -> Iterator[str]:
        yield from self._bound(isinstance(value, str) and len(value) < said, "minLength", said, place)

    def _maxLength(self, said: Any, value: Any, place: str, _schema: Any) -> Iterator[str]:
        yield from self._bound(isinstance(value, str) and len(value) > said, "maxLength", said, place)

    def _minItems(self, said: Any, value: Any, place: str, _schema: Any) -> Iterator[str]:
        yield from self._bound(isinstance(value, list) and len(value) < said, "minItems", said, place)

    def _maxItems(self, said: Any, value: Any, place: str, _schema: Any) -> Iterator[str]:
        yield from self._bound(isinstance(value, list) and len(value) > said, "maxItems", said, place)


def pointers(part: Any) -> Iterator[str]:
    """Yield every `$ref` of a document."""
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "$ref":
                yield value
            else:
                yield from pointers(value)
    elif isinstance(part, list):
        for value in part:
            yield from pointers(value)
