"""What a dataset is in DCAT-AP 3.0.1, and the catalogue around it.

Names of the European vocabularies are used where the profile asks for them: licences, frequency,
access rights, languages, file types; media types are those of IANA.

Source: DCAT-AP 3.0.1 (SEMIC), classes, properties and how often they may stand; W3C DCAT 3.
"""

import hashlib
import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from balai.data.rules.linked import Node, Ref, Text, Typed, Value
from balai.data.rules.metadata import Classification, Declaration, Frequency
from balai.definitions import Words

PROFILE = "5"
"""Written into each mark: another number has every dataset written anew."""
_EU = "http://publications.europa.eu/resource/authority"
"""Tables access-right, file-type, frequency, language, licence: every code below stands in its table."""
_IANA = "https://www.iana.org/assignments/media-types"
_FREQUENCIES = {
    Frequency.CONTINUOUS: "CONT",
    Frequency.DAILY: "DAILY",
    Frequency.MONTHLY: "MONTHLY",
    Frequency.QUARTERLY: "QUARTERLY",
    Frequency.YEARLY: "ANNUAL",
    Frequency.WHEN_CHANGED: "IRREG",
}
_RIGHTS = {
    Classification.OPEN: "PUBLIC",
    Classification.LIMITED: "RESTRICTED",
    Classification.CLOSED: "NON_PUBLIC",
}
_LICENCES = (
    (r"cc[ -]?0", "CC0"),
    (r"cc[ -]by[ -]4\.0", "CC_BY_4_0"),
    (r"cc[ -]by[ -]sa[ -]4\.0", "CC_BYSA_4_0"),
    (r"cc[ -]by[ -]nc[ -]4\.0", "CC_BYNC_4_0"),
    (r"odc[ -]by", "ODC_BY"),
    (r"odbl|odc[ -]odbl", "ODC_BL"),
    (r"pddl|odc[ -]pddl", "ODC_PDDL"),
)
_FORMS = (
    ("csv", "CSV", "text/csv"),
    ("json", "JSON", "application/json"),
    ("parquet", "PARQUET", "application/vnd.apache.parquet"),
)
LANGUAGES = ("IND", "ENG")
NATION = "00"


@dataclass(frozen=True)
class VersionSaid:
    """What is said of a version. `sha256` and `bytes` are of its Parquet file."""

    number: int
    period: str
    rows: int
    published_at: datetime
    sha256: str
    bytes: int
    reason: str = ""


@dataclass(frozen=True)
class DatasetSaid:
    """A dataset with everything DCAT says of it. `issued_at`: when its first version was published."""

    declaration: Declaration
    version: VersionSaid
    issued_at: datetime
    publisher: str
    tenant: str
    producer: str = ""
    producer_code: str = ""
    place: str = ""

    @property
    def mark(self) -> str:
        """The same as long as DCAT says the same."""
        return hashlib.sha256(f"{PROFILE}{self!r}".encode()).hexdigest()


def dataset(said: DatasetSaid) -> Node:
    """Return a dataset with its distributions."""
    own, version = said.declaration, said.version
    parts: list[tuple[str, Value]] = [
        *_words("dct:title", own.title),
        *_words("dct:description", own.description),
        ("dct:identifier", Text(f"{said.tenant}/{own.code}")),
        ("dct:publisher", Ref("catalog#publisher")),
        ("dcat:contactPoint", _contact(own)),
        ("dcat:landingPage", Node(f"data/{own.code}/", ("foaf:Document",))),
        ("dct:accrualPeriodicity", _named("frequency", _FREQUENCIES[own.frequency], "dct:Frequency")),
        ("dct:accessRights", _named("access-right", _RIGHTS[own.classification], "dct:RightsStatement")),
        ("dct:issued", _moment(said.issued_at)),
        ("dct:modified", _moment(version.published_at)),
        ("dcat:version", Text(str(version.number))),
        ("dct:provenance", Node("", ("dct:ProvenanceStatement",), (("rdfs:label", Text(own.legal_basis)),))),
        ("dct:spatial", _place(said)),
        *_languages(),
        *[("dcat:keyword", Text(word, "id")) for word in own.keywords],
    ]
    if said.producer:
        parts.append(("dct:creator", _agent(f"catalog#{said.producer_code or 'produsen'}", said.producer)))
    if version.reason:
        parts.append(("adms:versionNotes", Text(version.reason, "id")))
    if spoken := _temporal(version.period):
        parts.append(("dct:temporal", spoken))
    parts += [("dcat:distribution", each) for each in _distributions(said)]
    return Node(f"dataset/{own.code}", ("dcat:Dataset",), tuple(parts))


def with_versions(said: DatasetSaid, older: Sequence[VersionSaid]) -> Node:
    """Return what is said besides of a dataset shown alone: its versions, as datasets of their own.

    They are left out of the catalogue, where harvesters would take each for another dataset.
    """
    own = said.declaration
    versions: list[tuple[str, Value]] = [("dcat:hasVersion", _version(said, each)) for each in older]
    return Node(f"dataset/{own.code}", (), (*versions, ("dct:conformsTo", _standard(own))))


def service() -> Node:
    """Return the API by which rows are asked for."""
    return Node(
        "catalog#api",
        ("dcat:DataService",),
        (
            ("dct:title", Text("API Balai", "id")),
            ("dcat:endpointURL", Ref("api/v1/")),
            ("dcat:endpointDescription", Ref("api/v1/openapi.json")),
            ("dct:publisher", Ref("catalog#publisher")),
        ),
    )


def publisher(name: str) -> Node:
    """Return the local government that publishes."""
    return _agent("catalog#publisher", name)


def catalogue(
    name: str, tenant: str, place: str, codes: Sequence[str], changed_at: datetime | None
) -> tuple[Node, ...]:
    """Return the nodes that stand before the datasets `codes` of a catalogue."""
    title = Words(id=f"Satu Data {name}", en=f"One Data of {name}")
    told = Words(
        id=f"Katalog set data yang diterbitkan {name}.", en=f"Catalogue of the datasets published by {name}."
    )
    said: list[tuple[str, Value]] = [
        *_words("dct:title", title),
        *_words("dct:description", told),
        ("dct:publisher", Ref("catalog#publisher")),
        ("foaf:homepage", Node("data/", ("foaf:Document",))),
        ("dct:spatial", _located(tenant, place)),
        *_languages(),
        ("dcat:service", Ref("catalog#api")),
    ]
    if changed_at:
        said.append(("dct:modified", _moment(changed_at)))
    said += [("dcat:dataset", Ref(f"dataset/{code}")) for code in codes]
    return (publisher(name), service(), Node("catalog", ("dcat:Catalog",), tuple(said)))


def paging(page: str, first: str, following: str, total: int) -> tuple[Node, ...]:
    """Return what Hydra says of a page of the catalogue; addresses are whole, `following` "" at the end."""
    said: list[tuple[str, Value]] = [("hydra:first", Ref(first))]
    if following:
        said.append(("hydra:next", Ref(following)))
    view = Node(page, ("hydra:PartialCollectionView",), tuple(said))
    whole = (("hydra:totalItems", Typed(str(total), "xsd:integer")), ("hydra:view", view))
    return (Node("catalog", ("hydra:Collection",), whole),)


def _version(said: DatasetSaid, version: VersionSaid) -> Node:
    own = said.declaration
    title = Words(
        id=f"{own.title.id}, versi {version.number}", en=f"{own.title.en}, version {version.number}"
    )
    address = f"data/{own.code}/versi/{version.number}"
    parts: list[tuple[str, Value]] = [
        *_words("dct:title", title),
        *_words("dct:description", own.description),
        ("dcat:version", Text(str(version.number))),
        ("dct:issued", _moment(version.published_at)),
        ("dcat:landingPage", Node(f"{address}/", ("foaf:Document",))),
        ("dcat:isVersionOf", Ref(f"dataset/{own.code}")),
    ]
    if version.reason:
        parts.append(("adms:versionNotes", Text(version.reason, "id")))
    if spoken := _temporal(version.period):
        parts.append(("dct:temporal", spoken))
    for form, name, media in _FORMS:
        parts.append(("dcat:distribution", _file(said, version, address, form, name, media)))
    return Node(f"dataset/{own.code}/versi/{version.number}", ("dcat:Dataset",), tuple(parts))


def _distributions(said: DatasetSaid) -> Iterator[Node]:
    code = said.declaration.code
    for form, name, media in _FORMS:
        yield _file(said, said.version, f"data/{code}", form, name, media)
    rows = f"api/v1/data/datasets/{code}/rows"
    yield Node(
        f"dataset/{code}#api",
        ("dcat:Distribution",),
        (
            ("dct:title", Text("API", "id")),
            ("dcat:accessURL", Ref(rows)),
            ("dcat:accessService", Ref("catalog#api")),
            ("dct:format", _format("JSON")),
            ("dcat:mediaType", _media("application/json")),
            ("dct:license", _licence(said.declaration.licence)),
        ),
    )


def _file(said: DatasetSaid, version: VersionSaid, address: str, form: str, name: str, media: str) -> Node:
    parts: list[tuple[str, Value]] = [
        ("dct:title", Text(name)),
        ("dcat:accessURL", Ref(f"{address}/")),
        ("dcat:downloadURL", Ref(f"{address}.{form}")),
        ("dct:format", _format(name)),
        ("dcat:mediaType", _media(media)),
        ("dct:license", _licence(said.declaration.licence)),
        ("dct:modified", _moment(version.published_at)),
    ]
    if form == "parquet":
        checksum: tuple[tuple[str, Value], ...] = (
            ("spdx:algorithm", Node(_SHA256, ("spdx:ChecksumAlgorithm",))),
            ("spdx:checksumValue", Typed(version.sha256, "xsd:hexBinary")),
        )
        parts += [
            ("dcat:byteSize", Typed(str(version.bytes), "xsd:nonNegativeInteger")),
            ("spdx:checksum", Node("", ("spdx:Checksum",), checksum)),
        ]
    return Node(
        f"dataset/{said.declaration.code}{_place_of(version, said)}#{form}",
        ("dcat:Distribution",),
        tuple(parts),
    )


_SHA256 = "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"


def _place_of(version: VersionSaid, said: DatasetSaid) -> str:
    return "" if version is said.version else f"/versi/{version.number}"


def _standard(own: Declaration) -> Node:
    label: tuple[tuple[str, Value], ...] = (("dct:title", Text("Table Schema (Frictionless)")),)
    return Node(f"data/{own.code}/datapackage.json", ("dct:Standard",), label)


def _words(name: str, words: Words) -> list[tuple[str, Value]]:
    return [(name, Text(words.id, "id")), (name, Text(words.en, "en"))]


def _languages() -> list[tuple[str, Value]]:
    return [("dct:language", _named("language", one, "dct:LinguisticSystem")) for one in LANGUAGES]


def _named(table: str, name: str, kind: str) -> Node:
    return Node(f"{_EU}/{table}/{name}", (kind,))


def _format(name: str) -> Node:
    return _named("file-type", name, "dct:MediaTypeOrExtent")


def _media(name: str) -> Node:
    return Node(f"{_IANA}/{name}", ("dct:MediaType", "dct:MediaTypeOrExtent"))


def licence_address(written: str) -> str:
    """Return the address of a licence in the European table, "" where it has none.

    >>> licence_address("CC BY 4.0").rpartition("/")[2], licence_address("izin khusus")
    ('CC_BY_4_0', '')
    """
    for pattern, name in _LICENCES:
        if re.match(rf"({pattern})\b", written.strip(), re.IGNORECASE):
            return f"{_EU}/licence/{name}"
    return ""


def _licence(written: str) -> Node:
    # The words stand with it too: what it covers is often said there.
    return Node(licence_address(written), ("dct:LicenseDocument",), (("rdfs:label", Text(written)),))


def _agent(iri: str, name: str) -> Node:
    return Node(iri, ("foaf:Agent", "foaf:Organization"), (("foaf:name", Text(name, "id")),))


def _contact(own: Declaration) -> Node:
    said: tuple[tuple[str, Value], ...] = (
        ("vcard:fn", Text(own.steward.id, "id")),
        ("vcard:hasURL", Ref(f"data/{own.code}/")),
    )
    return Node("", ("vcard:Kind", "vcard:Organization"), said)


def _place(said: DatasetSaid) -> Node:
    coverage = said.declaration.coverage
    return _located(said.tenant if coverage == "tenant" else coverage, said.place)


def _located(code: str, name: str) -> Node:
    if code == NATION:
        return _named("country", "IDN", "dct:Location")
    said: list[tuple[str, Value]] = [("dct:identifier", Text(code))]
    if name:
        said.append(("skos:prefLabel", Text(name, "id")))
    return Node(f"wilayah/{code}/", ("dct:Location",), tuple(said))


def _moment(at: datetime) -> Typed:
    return Typed(at.isoformat(timespec="seconds"), "xsd:dateTime")


_PERIOD = re.compile(r"(\d{4})(?:-(?:[TQ]([1-4])|(0[1-9]|1[0-2])(?:-(\d{2}))?|S([12])))?")


def days_of(period: str) -> tuple[date, date] | None:
    """Return the first and the last day of a period as versions name it, None where it is not one of these.

    >>> days_of("2026-T1")
    (datetime.date(2026, 1, 1), datetime.date(2026, 3, 31))
    >>> days_of("2019-2024")[1], days_of("musim hujan")
    (datetime.date(2024, 12, 31), None)
    """
    years = re.fullmatch(r"(\d{4})\s*[-–/]\s*(\d{4})", period.strip())
    if years and 0 < int(years[1]) <= int(years[2]):
        return date(int(years[1]), 1, 1), date(int(years[2]), 12, 31)
    found = _PERIOD.fullmatch(period.strip())
    if found is None or int(found[1]) == 0:
        return None
    year, quarter, month, day, half = found.groups()
    first, last = 1, 12
    if quarter:
        first, last = int(quarter) * 3 - 2, int(quarter) * 3
    elif half:
        first, last = int(half) * 6 - 5, int(half) * 6
    elif month:
        first = last = int(month)
    try:
        if day:
            return (one := date(int(year), first, int(day))), one
    except ValueError:
        return None
    return date(int(year), first, 1), date(int(year), last, monthrange(int(year), last)[1])


def _temporal(period: str) -> Node | None:
    days = days_of(period)
    if days is None:
        return None
    said: tuple[tuple[str, Value], ...] = (
        ("dcat:startDate", Typed(days[0].isoformat(), "xsd:date")),
        ("dcat:endDate", Typed(days[1].isoformat(), "xsd:date")),
    )
    return Node("", ("dct:PeriodOfTime",), said)
