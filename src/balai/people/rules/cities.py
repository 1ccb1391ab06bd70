"""What a city file says: a tenant, its host names, its colour, its words and its offices."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from balai.base.errors import Fault
from balai.definitions.schema import Code, Sourced, Written

Text = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
HostName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$", max_length=253)]


class OfficeFile(Sourced):
    """One office (perangkat daerah) named in a city file.

    Attributes:
        also_called: other names under which sources mention it; imports find it by them.
    """

    code: Code
    name: Text
    short_name: Text
    also_called: tuple[Text, ...] = ()


class OfficeWords(Written):
    """What the kinds of office are called in this city."""

    agency: Text
    district: Text = "Kecamatan"
    village: Text = "Kelurahan"
    other_village: Text | Literal[""] = ""
    """what a desa is called where a regency has both"""


class City(Sourced):
    """One file of `definitions/cities`.

    Attributes:
        key: the tenant, for ever; the region code it was founded with, "00" for the nation.
        hosts: names at which it answers; the first is the one printed for people.
    """

    code: Code
    key: Annotated[str, StringConstraints(pattern=r"^[0-9.]{2,16}$")]
    region_code: Annotated[str, StringConstraints(pattern=r"^[0-9.]{2,13}$")]
    name: Text
    short_name: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    hosts: Annotated[tuple[HostName, ...], Field(min_length=1)]
    brand: Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]
    head_title: Annotated[str, StringConstraints(max_length=60)]
    words: OfficeWords
    offices: tuple[OfficeFile, ...] = ()


def village_word(words: OfficeWords, kind: str) -> str:
    """Return what a village of this kind ("kelurahan", "desa", "desa adat") is called in the city.

    >>> words = OfficeWords(agency="Perangkat Daerah", other_village="Desa")
    >>> village_word(words, "desa"), village_word(words, "kelurahan")
    ('Desa', 'Kelurahan')
    """
    return words.other_village if kind != "kelurahan" and words.other_village else words.village


def faults_of_cities(cities: Mapping[str, City]) -> Iterator[Fault]:
    """Yield what is wrong with the city files, taken together."""
    for what, found in (
        ("key", Counter(city.key for city in cities.values())),
        ("host", Counter(host for city in cities.values() for host in city.hosts)),
    ):
        for value, times in found.items():
            if times > 1:
                yield Fault(f"cities, {what} {value}", f"{times} cities claim it.", "Each belongs to one.")
    for city in cities.values():
        for code, times in Counter(office.code for office in city.offices).items():
            if times > 1:
                yield Fault(f"cities/{city.code}", f"the office {code} is there {times} times.", "Keep one.")
