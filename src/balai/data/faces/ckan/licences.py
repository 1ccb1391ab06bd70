"""Licences as CKAN lists them, and which of them the words of a declaration mean.

Source: identifiers and addresses of opendefinition.org/licenses and SPDX.
"""

import re
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Licence:
    """A licence of CKAN's list; `is_open` by the Open Definition 2.1."""

    id: str
    title: str
    url: str
    is_open: bool

    def shown(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title,
            "url": self.url,
            "status": "active",
            "od_conformance": "approved" if self.is_open else "not reviewed",
            "osd_conformance": "not reviewed",
            "maintainer": "",
            "family": "",
            "domain_content": True,
            "domain_data": True,
            "domain_software": False,
            "is_generic": "false",
            "is_okd_compliant": self.is_open,
        }


_CC = "https://creativecommons.org"
_ODC = "https://opendatacommons.org/licenses"
KNOWN = (
    Licence("CC-BY-4.0", "CC BY 4.0", f"{_CC}/licenses/by/4.0/", True),
    Licence("CC-BY-SA-4.0", "CC BY-SA 4.0", f"{_CC}/licenses/by-sa/4.0/", True),
    Licence("CC0-1.0", "CC0 1.0", f"{_CC}/publicdomain/zero/1.0/", True),
    Licence("CC-BY-NC-4.0", "CC BY-NC 4.0", f"{_CC}/licenses/by-nc/4.0/", False),
    Licence("ODbL-1.0", "ODbL 1.0", f"{_ODC}/odbl/1-0/", True),
    Licence("ODC-BY-1.0", "ODC-BY 1.0", f"{_ODC}/by/1-0/", True),
    Licence("PDDL-1.0", "PDDL 1.0", f"{_ODC}/pddl/1-0/", True),
    Licence("MIT", "MIT", "https://opensource.org/license/mit", True),
)
OTHER = Licence("notspecified", "Lihat license_title", "", False)
"""A licence in words of its own; the words stand in `license_title`."""

_ALIASES = {"ccby": "CC-BY-4.0", "ccbysa": "CC-BY-SA-4.0", "cczero": "CC0-1.0", "odcby": "ODC-BY-1.0"}
"""Older identifiers of CKAN."""


def of(words: str) -> Licence:
    """Return the licence some words mean.

    >>> of("CC BY 4.0").id, of("cc-by").id, of("MIT (cahyadsn/wilayah)").id, of("Lihat perjanjian").id
    ('CC-BY-4.0', 'CC-BY-4.0', 'MIT', 'notspecified')
    """
    sign = _sign(re.sub(r"\(.*?\)", "", words))
    for each in KNOWN:
        if sign in (_sign(each.id), _sign(each.title)) or _ALIASES.get(sign) == each.id:
            return each
    return OTHER


def _sign(text: str) -> str:
    return re.sub(r"[^a-z0-9.]", "", text.lower())
