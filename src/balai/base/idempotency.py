"""A write that is sent twice happens once: the key, the change and the answer stand or fall together."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault, Forbidden, Invalid
from balai.base.rows import TenantModel
from balai.base.schedules import every

KEPT = timedelta(days=7)
"""How long an answer can be asked for again; after that its key is as good as new."""

_KEY = re.compile(r"[\x21-\x7e]{1,64}")


class IdempotencyKey(TenantModel):
    """A key an account has used, and the answer it got; kept for `KEPT`, as it holds what that holds."""

    account = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        app_label = "base"
        constraints = [models.UniqueConstraint(fields=["tenant", "account", "key"], name="idempotency_key")]
        indexes = [models.Index(fields=["tenant", "made_at"], name="idempotency_age")]


def once(
    actor: Actor, key: str, body: bytes, answer: Callable[[], tuple[int, dict[str, Any]]]
) -> tuple[int, dict[str, Any]]:
    """Make the change `answer` makes, and return its answer; sent again, return that answer unmade.

    Two that arrive together wait for each other. When `answer` raises, nothing
    is kept, the key neither: the same request may be tried again.

    Args:
        key: the Idempotency-Key header, 1 to 64 visible ASCII characters.
        body: all that says what was asked: method and path besides the body, where a key could meet both.
        answer: makes the change and returns the status with what is to be sent as JSON.

    Raises:
        Invalid: the key is empty, too long or holds other characters.
        Forbidden: the actor is not signed in, or acts in another tenant.
        Conflict: the key was used for something else.
    """
    if not _KEY.fullmatch(key):
        raise Invalid(
            [
                Fault(
                    "Idempotency-Key",
                    _("Kuncinya kosong, terlalu panjang, atau memuat spasi."),
                    _("Kirim 1 sampai 64 huruf, angka, atau tanda baca ASCII; misalnya sebuah UUID."),
                )
            ]
        )
    if not actor.is_signed_in or actor.tenant != tenancy.current_tenant():
        raise Forbidden(_("Masuklah dahulu ke pemerintah daerah yang datanya Anda ubah."))
    whose = {"tenant": actor.tenant, "account": actor.id, "key": key}
    digest = hashlib.sha256(body).hexdigest()
    with transaction.atomic():
        try:
            # The unique constraint decides who is first; on PostgreSQL the second
            # waits here until the first has committed or rolled back.
            with transaction.atomic():
                kept = IdempotencyKey.objects.create(**whose, body_hash=digest)
        except IntegrityError:
            return _again(IdempotencyKey.objects.get(**whose), digest)
        kept.status, said = answer()
        # What is sent is what will be sent again: dates and amounts as JSON has them.
        kept.body = json.loads(json.dumps(said, cls=DjangoJSONEncoder))
        kept.save(update_fields=["status", "body"])
        return kept.status, kept.body


def _again(kept: IdempotencyKey, digest: str) -> tuple[int, dict[str, Any]]:
    if kept.body_hash != digest:
        raise Conflict(
            _("Idempotency-Key ini sudah dipakai untuk permintaan lain. Kirim kunci baru untuk isi baru.")
        )
    if kept.status is None or kept.body is None:
        # Only reachable from within `answer` itself: uncommitted keys are seen by nobody else.
        raise Conflict(_("Permintaan dengan Idempotency-Key ini masih dikerjakan."))
    return kept.status, kept.body


@every("idempotency.forget", at=time(2, 10))
def _forget_old(due: str) -> None:
    long_ago = datetime.fromisoformat(due) - KEPT
    IdempotencyKey.objects.filter(tenant=tenancy.current_tenant(), made_at__lt=long_ago).delete()
