"""Reads services from `definitions/services/<code>/<version>.yaml`, and refuses one that is not whole."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _
from pydantic import ValidationError

from balai.base.errors import Fault, Invalid
from balai.definitions import Definition, kind, load, reader, schema
from balai.definitions.kinds import Companions
from balai.definitions.reader import Document
from balai.services.rules.building import build_service
from balai.services.rules.definition import EffectKind, Service, Status
from balai.services.rules.linting import lint
from balai.services.rules.written import ServiceText


def check_text(raw: bytes, code: str, version: int) -> Service:
    """Return the service of a file that is not among the definitions: a draft, or a copy.

    Raises:
        Invalid: with every fault, those of its tests included.
    """
    document = reader.read(raw, f"services/{code}/{version}.yaml")
    found = _built(document)
    if faults := list(lint(found, document)):
        raise Invalid(faults)
    return found


def _built(document: Document) -> Service:
    try:
        written = ServiceText.model_validate_json(document.json())
    except ValidationError as error:
        raise Invalid(schema.faults(document, error)) from error
    return build_service(written, document, _offices())


def _offices() -> dict[str, frozenset[str]]:
    """Return the codes of the offices of each tenant, as the files of the cities have them."""
    found = (definition.value for definition in load("cities").values())
    return {city.key: frozenset(office.code for office in city.offices) for city in found}


def _complete(written: ServiceText, document: Document, beside: Companions) -> Service:
    found = build_service(written, document, _offices())
    if faults := list(lint(found, document)):
        raise Invalid(faults)
    return found


def _nothing_beside(written: ServiceText) -> tuple[str, ...]:
    return ()


def _between(found: Mapping[str, Definition[Service]]) -> Iterator[Fault]:
    """Yield what only shows between files: children, datasets of one name, versions nobody can come to."""
    codes = {definition.value.code for definition in found.values()}
    datasets: dict[str, str] = {}
    for definition in found.values():
        one, document = definition.value, definition.document
        for key, move in one.moves.items():
            for number, effect in enumerate(move.effects):
                if effect.kind is EffectKind.CHILD and effect.of not in codes:
                    wrong = _("Tidak ada layanan “%(code)s”.") % {"code": effect.of}
                    yield document.fault(
                        ("moves", key, "do", number, "child"),
                        wrong,
                        _("Yang ada: %(names)s.") % {"names": ", ".join(sorted(codes))},
                    )
        if one.publication.dataset is not None:
            owner = datasets.setdefault(one.publication.dataset.code, one.code)
            if owner != one.code:
                wrong = _("Set data ini sudah diterbitkan oleh layanan “%(code)s”.") % {"code": owner}
                yield document.fault(("publication", "dataset", "code"), wrong, _("Pilih kode lain."))
        yield from _upgradable(definition, found)


def _upgradable(definition: Definition[Service], found: Mapping[str, Definition[Service]]) -> Iterator[Fault]:
    one = definition.value
    earlier = found.get(f"{one.code}/{one.version - 1}")
    if earlier is None or one.status is Status.DRAFT:
        return
    upgrade = next((each for each in one.upgrades if each.version == one.version - 1), None)
    gone = [
        key
        for key, state in earlier.value.states.items()
        if not state.is_closed and key not in one.states and (upgrade is None or key not in upgrade.states)
    ]
    if gone:
        wrong = _("Berkas versi %(version)d pada status %(states)s tidak punya tujuan di versi ini.") % {
            "version": one.version - 1,
            "states": ", ".join(gone),
        }
        right = _("Tulis upgrades dengan states: status lama ke status baru.")
        yield definition.document.fault(("upgrades",), wrong, right)


SERVICES = kind(
    "services",
    "services",
    ServiceText,
    cross=_between,
    companions=_nothing_beside,
    complete=_complete,
)
