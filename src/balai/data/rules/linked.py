"""Linked data as plain values, written as Turtle, JSON-LD and RDF/XML from one description.

Each dataset is written by itself and put together with others later. So addresses within our own
site are relative, and only the head of a document, which says what they are relative to, is written
when it is asked for.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

PREFIXES: Mapping[str, str] = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "locn": "http://www.w3.org/ns/locn#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@dataclass(frozen=True)
class Ref:
    """An address: whole, or relative to the site."""

    iri: str


@dataclass(frozen=True)
class Text:
    """A text; `language` as in "id", "" for none."""

    text: str
    language: str = ""


@dataclass(frozen=True)
class Typed:
    """A value as text with its type, for example "xsd:date"."""

    text: str
    type: str


@dataclass(frozen=True)
class Node:
    """A thing with its classes and what is said of it; without `iri` it has no name of its own."""

    iri: str
    types: tuple[str, ...]
    said: tuple[tuple[str, "Value"], ...] = ()


type Value = Ref | Text | Typed | Node

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_IRI = re.compile(r"[\x00-\x20<>\"{}|\\^`]")


def _plain(text: str) -> str:
    """Return a text without the signs that XML cannot hold."""
    return _CONTROL.sub("", text)


def _iri(text: str) -> str:
    return _NOT_IN_IRI.sub(lambda sign: "".join(f"%{byte:02X}" for byte in sign[0].encode()), _plain(text))


# Turtle


def turtle_head(base: str) -> str:
    """Return the beginning of a Turtle document whose relative addresses are within `base`."""
    lines = [f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items()]
    return f"@base <{_iri(base)}> .\n{''.join(lines)}\n"


def turtle(node: Node) -> str:
    """Write a node, and those within it, as Turtle without a head."""
    waiting = [node]
    parts = []
    for one in waiting:  # grows while it is walked through
        body = " ;\n    ".join(_turtle_said(one, waiting))
        parts.append(f"<{_iri(one.iri)}> {body} .\n")
    return "".join(parts)


def _turtle_said(node: Node, waiting: list[Node]) -> Iterator[str]:
    if node.types:
        yield f"a {', '.join(node.types)}"
    for name, value in node.said:
        yield f"{name} {_turtle_value(value, waiting)}"


def _turtle_value(value: Value, waiting: list[Node]) -> str:
    match value:
        case Ref():
            return f"<{_iri(value.iri)}>"
        case Text():
            return _turtle_text(value.text) + (f"@{value.language}" if value.language else "")
        case Typed():
            return f"{_turtle_text(value.text)}^^{value.type}"
    if not value.iri:
        return f"[ {' ; '.join(_turtle_said(value, waiting))} ]"
    waiting.append(value)
    return f"<{_iri(value.iri)}>"


_TURTLE_SIGNS = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def _turtle_text(text: str) -> str:
    return f'"{_plain(text).translate(_TURTLE_SIGNS)}"'


# JSON-LD


def jsonld_head(base: str) -> str:
    """Return the beginning of a JSON-LD document; nodes with commas between follow, then JSONLD_END."""
    return f'{{"@context":{json.dumps({"@base": base, **PREFIXES})},"@graph":['


JSONLD_END = "]}"


def jsonld(node: Node) -> str:
    """Write a node, and those within it, as an object of a JSON-LD graph."""
    return json.dumps(_object(node), ensure_ascii=False, separators=(",", ":"))


def _object(node: Node) -> dict[str, Any]:
    found: dict[str, Any] = {"@id": _iri(node.iri)} if node.iri else {}
    if node.types:
        found["@type"] = list(node.types)
    for name, value in node.said:
        found.setdefault(name, []).append(_json_value(value))
    return found


def _json_value(value: Value) -> dict[str, Any]:
    match value:
        case Ref():
            return {"@id": _iri(value.iri)}
        case Text():
            said = {"@value": _plain(value.text)}
            return said | ({"@language": value.language} if value.language else {})
        case Typed():
            return {"@value": _plain(value.text), "@type": value.type}
    return _object(value)


# RDF/XML


def rdfxml_head(base: str) -> str:
    """Return the beginning of an RDF/XML document; nodes follow, then RDFXML_END."""
    spaces = "".join(f" xmlns:{name}={quoteattr(iri)}" for name, iri in PREFIXES.items())
    return f'<?xml version="1.0" encoding="utf-8"?>\n<rdf:RDF xml:base={quoteattr(_iri(base))}{spaces}>\n'


RDFXML_END = "</rdf:RDF>\n"


def rdfxml(node: Node) -> str:
    """Write a node, and those within it, as RDF/XML without a head."""
    return "".join(_xml(node)) + "\n"


def _xml(node: Node) -> Iterable[str]:
    first, *others = node.types or ("rdf:Description",)
    about = f" rdf:about={quoteattr(_iri(node.iri))}" if node.iri else ""
    yield f"<{first}{about}>"
    for kind in others:
        yield f"<rdf:type rdf:resource={quoteattr(_whole(kind))}/>"
    for name, value in node.said:
        yield from _xml_said(name, value)
    yield f"</{first}>"


def _xml_said(name: str, value: Value) -> Iterable[str]:
    match value:
        case Ref():
            yield f"<{name} rdf:resource={quoteattr(_iri(value.iri))}/>"
        case Text():
            language = f' xml:lang="{value.language}"' if value.language else ""
            yield f"<{name}{language}>{escape(_plain(value.text))}</{name}>"
        case Typed():
            kind = quoteattr(_whole(value.type))
            yield f"<{name} rdf:datatype={kind}>{escape(_plain(value.text))}</{name}>"
        case Node():
            yield f"<{name}>"
            yield from _xml(value)
            yield f"</{name}>"


def _whole(name: str) -> str:
    prefix, _colon, rest = name.partition(":")
    return PREFIXES[prefix] + rest


def document(form: str, base: str, parts: Sequence[str]) -> str:
    """Put together a document of parts already written in this form: "ttl", "jsonld" or "rdf"."""
    if form == "ttl":
        return turtle_head(base) + "\n".join(parts)
    if form == "jsonld":
        return jsonld_head(base) + ",\n".join(parts) + JSONLD_END
    return rdfxml_head(base) + "".join(parts) + RDFXML_END
