"""Sealed values: text such as a NIK that the database, its backups and its logs must not show.

A sealed text is ``v1$<key id>$<base64 of nonce and ciphertext>``, AES-256-GCM,
bound to the tenant and the purpose it was sealed for: moved to another tenant
or another column it does not open. Equal texts seal differently; to find one,
a *blind index* is kept beside it.

The keys lie in a file of their own: `balai.base.keyring`.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterator
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.apps import apps
from django.core import checks
from django.db import models, transaction

from balai.base import tenancy
from balai.base.identifiers import normalised
from balai.base.keyring import keys

_VERSION = "v1"
_NONCE = 12


class SealBroken(RuntimeError):
    """A sealed text does not open: its key is missing, or it was altered or moved."""


def _derived(root: bytes, use: str, tenant: str, purpose: str) -> bytes:
    if not purpose or "\0" in purpose or "\0" in tenant:
        raise ValueError(f"a purpose is a short name, got {purpose!r}")
    info = "\0".join(("balai", use, tenant, purpose)).encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(root)


def seal(text: str, purpose: str, tenant: str | None = None) -> str:
    """Return `text` sealed for `purpose` (such as "nik"); an empty text stays empty.

    Args:
        tenant: whose value it is; the tenant in scope when not said.
    """
    if not text:
        return ""
    tenant = tenant or tenancy.current_tenant()
    held = keys()
    nonce = secrets.token_bytes(_NONCE)
    cipher = AESGCM(_derived(held.sealing[held.current], "seal", tenant, purpose))
    closed = nonce + cipher.encrypt(nonce, text.encode(), _bound(tenant, purpose))
    return f"{_VERSION}${held.current}${base64.b64encode(closed).decode()}"


def unseal(sealed: str, purpose: str, tenant: str | None = None) -> str:
    """Return the text in clear. The caller has asked the actor's right, and journals the act.

    Raises:
        SealBroken: the key is not in the keys file, or the text was altered, or sealed
            for another tenant or purpose.
    """
    if not sealed:
        return ""
    tenant = tenant or tenancy.current_tenant()
    version, key_id, closed = _parts(sealed)
    root = keys().sealing.get(key_id)
    if version != _VERSION or root is None:
        raise SealBroken(f"no key {key_id!r} for a {version!r} sealed value in the keys file")
    cipher = AESGCM(_derived(root, "seal", tenant, purpose))
    try:
        raw = base64.b64decode(closed, validate=True)
        return cipher.decrypt(raw[:_NONCE], raw[_NONCE:], _bound(tenant, purpose)).decode()
    except (InvalidTag, ValueError) as error:
        raise SealBroken(f"a value sealed for {purpose!r} of {tenant!r} does not open") from error


def _parts(sealed: str) -> tuple[str, str, str]:
    parts = sealed.split("$")
    if len(parts) != 3:
        raise SealBroken("the text is not a sealed value")
    return parts[0], parts[1], parts[2]


def _bound(tenant: str, purpose: str) -> bytes:
    return f"{tenant}\0{purpose}".encode()


def blind_index(text: str, purpose: str, tenant: str | None = None) -> str:
    """Return 32 hex digits by which an equal text is found again, "" for an empty one.

    Spaces, dots, dashes and capitals do not matter. It is keyed per tenant and
    purpose, so indexes of two tenants cannot be joined; whoever has the keys file
    can still try out all numbers, so it is personal data like the value itself.
    """
    plain = normalised(text).casefold()
    if not plain:
        return ""
    key = _derived(keys().index, "index", tenant or tenancy.current_tenant(), purpose)
    return hmac.new(key, plain.encode(), hashlib.sha256).hexdigest()[:32]


class SealedField(models.TextField):
    """A column of sealed text. It holds and gives back the sealed text; nothing opens it by itself.

    Clear text is refused when it is written or looked for: look for its blind index.
    """

    description = "Sealed text"

    def __init__(self, *args: Any, purpose: str = "", **kwargs: Any) -> None:
        self.purpose = purpose
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "purpose": self.purpose}

    def get_prep_value(self, value: Any) -> Any:
        if value and not str(value).startswith(f"{_VERSION}$"):
            raise ValueError(f"{self.model._meta.label}.{self.name} takes sealed text only: seal() it first")
        return super().get_prep_value(value)

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        found = super().check(**kwargs)
        if not self.purpose:
            found.append(checks.Error("A sealed field needs a purpose.", obj=self, id="balai.E001"))
        if getattr(self.model, "append_only", False):
            found.append(
                checks.Error("Keys of an append-only table cannot be rotated.", obj=self, id="balai.E002")
            )
        return found


def sealed_columns() -> Iterator[tuple[type[models.Model], str]]:
    """Yield every table and column of sealed text in the installation."""
    for model in apps.get_models():
        for column in model._meta.local_fields:
            if isinstance(column, SealedField):
                yield model, column.name


def stale(model: type[models.Model], field: str) -> models.QuerySet[Any]:
    """Return the rows of the tenant in scope (all rows of a shared table) not sealed with the current key."""
    rows = model._default_manager.exclude(**{f"{field}__startswith": f"{_VERSION}${keys().current}$"})
    rows = rows.exclude(**{f"{field}__isnull": True}).exclude(**{field: ""})
    if any(column.name == "tenant" for column in model._meta.fields):
        rows = rows.filter(tenant=tenancy.current_tenant())
    return rows


def rotate(model: type[models.Model], field: str, batch: int = 500) -> int:
    """Seal every stale value of the column again with the current key; return how many.

    Each batch is a transaction of its own, so a stopped run goes on where it
    stopped. A value somebody changes meanwhile is left to them.

    Raises:
        SealBroken: a value does not open; those before it are done.
    """
    column = model._meta.get_field(field)
    if not isinstance(column, SealedField):
        raise TypeError(f"{model._meta.label}.{field} is not a sealed field")
    done = 0
    last: Any = None
    while True:
        rows = stale(model, field).order_by("pk")
        part = list((rows if last is None else rows.filter(pk__gt=last))[:batch])
        if not part:
            return done
        with transaction.atomic():
            done += sum(_sealed_again(row, column) for row in part)
        last = part[-1].pk


def _sealed_again(row: models.Model, column: SealedField) -> int:
    before = getattr(row, column.attname)
    owner = getattr(row, "tenant", tenancy.NATIONAL)
    after = seal(unseal(before, column.purpose, owner), column.purpose, owner)
    same = type(row)._default_manager.filter(pk=row.pk, **{column.name: before})
    return same.update(**{column.name: after})
