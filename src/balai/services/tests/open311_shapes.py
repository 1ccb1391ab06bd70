"""The shapes of GeoReport v2 and of its service discovery, written from the public standard.

JSON as JSON Schema, read by `schemas.Checker`; XML as a grammar of elements, read by `lxml`.
The standard itself has no schema: "the XML output currently defined is schemaless".

Source: wiki.open311.org/GeoReport_v2 and /Service_Discovery, as of the frozen texts.
"""

from typing import Any

from lxml import etree

_TEXT = {"type": ["string", "null"]}
_NEEDED = {"type": "string", "minLength": 1}
_W3 = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})$"
_INSTANT = {"type": ["string", "null"], "pattern": _W3}
_YES_NO = {"type": "boolean"}
_DEGREES = {"type": ["number", "null"]}


def _record(fields: dict[str, Any], *needed: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": fields,
        "required": list(needed),
        "additionalProperties": False,
    }


def _list(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


SERVICE = _record(
    {
        "service_code": _NEEDED,
        "service_name": _NEEDED,
        "description": _TEXT,
        "metadata": _YES_NO,
        "type": {"enum": ["realtime", "batch", "blackbox"]},
        "keywords": _TEXT,
        "group": _TEXT,
    },
    "service_code", "service_name", "description", "metadata", "type", "keywords", "group",
)  # fmt: skip
ATTRIBUTE = _record(
    {
        "variable": _YES_NO,
        "code": _NEEDED,
        "datatype": {
            "enum": ["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]
        },
        "required": _YES_NO,
        "datatype_description": _TEXT,
        "order": {"type": "integer", "minimum": 1},
        "description": _NEEDED,
        "values": _list(_record({"key": _NEEDED, "name": _NEEDED}, "key", "name")),
    },
    "variable", "code", "datatype", "required", "datatype_description", "order", "description",
)  # fmt: skip
REQUEST = _record(
    {
        "service_request_id": _NEEDED,
        "status": {"enum": ["open", "closed"]},
        "status_notes": _TEXT,
        "service_name": _NEEDED,
        "service_code": _NEEDED,
        "description": {"type": ["string", "null"], "maxLength": 4000},
        "agency_responsible": _TEXT,
        "service_notice": _TEXT,
        "requested_datetime": {**_INSTANT, "type": "string"},
        "updated_datetime": {**_INSTANT, "type": "string"},
        "expected_datetime": _INSTANT,
        "address": _TEXT,
        "address_id": _TEXT,
        "zipcode": _TEXT,
        "lat": _DEGREES,
        "long": _DEGREES,
        "media_url": _TEXT,
    },
    "service_request_id", "status", "service_name", "service_code", "requested_datetime", "updated_datetime",
)  # fmt: skip
POSTED = _record(
    {"service_request_id": _NEEDED, "service_notice": _TEXT, "account_id": _TEXT}, "service_request_id"
)
TOKEN = _record({"service_request_id": _NEEDED, "token": _NEEDED}, "service_request_id", "token")
ERROR = _record({"code": {"type": "integer"}, "description": _NEEDED}, "code", "description")
ENDPOINT = _record(
    {
        "specification": {"const": "http://wiki.open311.org/GeoReport_v2"},
        "url": _NEEDED,
        "changeset": _NEEDED,
        "type": {"enum": ["production", "test"]},
        "formats": _list({"enum": ["text/xml", "application/json"]}),
    },
    "specification", "url", "changeset", "type", "formats",
)  # fmt: skip

JSON_SHAPES: dict[str, dict[str, Any]] = {
    "discovery": _record(
        {"changeset": _NEEDED, "contact": _NEEDED, "key_service": _NEEDED, "endpoints": _list(ENDPOINT)},
        "changeset",
        "contact",
        "key_service",
        "endpoints",
    ),
    "services": _list(SERVICE),
    "definition": _record(
        {"service_code": _NEEDED, "attributes": _list(ATTRIBUTE)}, "service_code", "attributes"
    ),
    "requests": _list(REQUEST),
    "posted": _list(POSTED),
    "token": _list(TOKEN),
    "errors": _list(ERROR),
}

# In XML every value is text; what it must look like stands beside its element.
_W3_XSD = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+\-]\d{2}:\d{2})"


def _element(name: str, kind: str = "xs:string", least: int = 1) -> str:
    return f'<xs:element name="{name}" type="{kind}" minOccurs="{least}"/>'


def _around(name: str, inside: str) -> str:
    return f'<xs:element name="{name}"><xs:complexType>{inside}</xs:complexType></xs:element>'


def _all(*elements: str) -> str:
    return f"<xs:all>{''.join(elements)}</xs:all>"


def _each(name: str, inside: str, least: int = 0) -> str:
    part = _around(name, inside).replace(
        f'name="{name}"', f'name="{name}" minOccurs="{least}" maxOccurs="unbounded"', 1
    )
    return f"<xs:sequence>{part}</xs:sequence>"


_TYPES = f"""
<xs:simpleType name="full"><xs:restriction base="xs:string">
  <xs:minLength value="1"/></xs:restriction></xs:simpleType>
<xs:simpleType name="w3"><xs:restriction base="xs:string">
  <xs:pattern value="{_W3_XSD}"/></xs:restriction></xs:simpleType>
<xs:simpleType name="empty"><xs:restriction base="xs:string">
  <xs:length value="0"/></xs:restriction></xs:simpleType>
<xs:simpleType name="maybe_w3"><xs:union memberTypes="w3 empty"/></xs:simpleType>
<xs:simpleType name="degrees"><xs:union memberTypes="xs:decimal empty"/></xs:simpleType>
<xs:simpleType name="status"><xs:restriction base="xs:string">
  <xs:enumeration value="open"/><xs:enumeration value="closed"/></xs:restriction></xs:simpleType>
<xs:simpleType name="way"><xs:restriction base="xs:string"><xs:enumeration value="realtime"/>
  <xs:enumeration value="batch"/><xs:enumeration value="blackbox"/></xs:restriction></xs:simpleType>
<xs:simpleType name="datatype"><xs:restriction base="xs:string"><xs:enumeration value="string"/>
  <xs:enumeration value="number"/><xs:enumeration value="datetime"/><xs:enumeration value="text"/>
  <xs:enumeration value="singlevaluelist"/><xs:enumeration value="multivaluelist"/>
  </xs:restriction></xs:simpleType>
"""
_ANY = (
    "status_notes", "description", "agency_responsible", "service_notice", "address", "address_id", "zipcode",
    "media_url",
)  # fmt: skip
_GRAMMARS = {
    "services": _around("services", _each("service", _all(
        _element("service_code", "full"), _element("service_name", "full"), _element("description"),
        _element("metadata", "xs:boolean"), _element("type", "way"), _element("keywords"), _element("group"),
    ))),
    "definition": _around("service_definition", _all(
        _element("service_code", "full"),
        _around("attributes", _each("attribute", _all(
            _element("variable", "xs:boolean"), _element("code", "full"), _element("datatype", "datatype"),
            _element("required", "xs:boolean"), _element("datatype_description"),
            _element("order", "xs:positiveInteger"), _element("description", "full"),
            _around("values", _each("value", _all(_element("key", "full"), _element("name", "full")))),
        ))),
    )),
    "requests": _around("service_requests", _each("request", _all(
        _element("service_request_id", "full"), _element("status", "status"),
        _element("service_name", "full"), _element("service_code", "full"),
        _element("requested_datetime", "w3"), _element("updated_datetime", "w3"),
        _element("expected_datetime", "maybe_w3", 0), _element("lat", "degrees"), _element("long", "degrees"),
        *(_element(name, least=0) for name in _ANY),
    ))),
    "posted": _around("service_requests", _each("request", _all(
        _element("service_request_id", "full"), _element("service_notice", least=0),
        _element("account_id", least=0),
    ))),
    "token": _around("service_requests", _each("request", _all(
        _element("service_request_id", "full"), _element("token", "full"),
    ))),
    "errors": _around("errors", _each("error", _all(
        _element("code", "xs:positiveInteger"), _element("description", "full"),
    ), 1)),
    "discovery": _around("discovery", _all(
        _element("changeset", "full"), _element("contact", "full"), _element("key_service", "full"),
        _around("endpoints", _each("endpoint", _all(
            _element("specification", "full"), _element("url", "full"), _element("changeset", "full"),
            _element("type", "full"),
            _around(
                "formats",
                '<xs:sequence><xs:element name="format" type="full" maxOccurs="2"/></xs:sequence>',
            ),
        ), 1)),
    )),
}  # fmt: skip


def xml_faults(name: str, content: bytes) -> list[str]:
    """Return what of an XML answer is not as the standard has it."""
    text = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{_TYPES}{_GRAMMARS[name]}</xs:schema>'
    grammar = etree.XMLSchema(etree.fromstring(text))
    assert content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    grammar.validate(etree.fromstring(content))
    return [str(error) for error in grammar.error_log]
