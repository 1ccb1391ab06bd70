"""Tables of people: local governments, offices, accounts, memberships, partners.

An account is a human being and is shared by all tenants; a membership gives it a
seat in an office of one tenant for a time. Roles are data (`definitions/roles`).
"""

from functools import cache
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from balai.base.ids import uuid7
from balai.base.rows import SharedModel, TenantModel
from balai.base.sealing import SealedField
from balai.base.stencil import GAP, Stencil


class LocalGovernment(SharedModel):
    """A tenant: a regency, a city, or the nation (key 00)."""

    why_shared = "the list of tenants itself"

    key = models.CharField(primary_key=True, max_length=16)
    region_code = models.CharField(max_length=13)
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=60)
    is_demo = models.BooleanField(default=False)
    head_title = models.CharField(max_length=60, blank=True)
    """what the head of region is called: Wali Kota, Bupati"""
    brand = models.CharField(max_length=7, blank=True)
    """colour of the city as #rrggbb"""

    class Meta:
        app_label = "people"

    def __str__(self) -> str:
        return self.name


class HostName(SharedModel):
    """A host name at which a tenant answers."""

    why_shared = "the tenant is found by it"

    host = models.CharField(primary_key=True, max_length=253)
    government = models.ForeignKey(LocalGovernment, on_delete=models.CASCADE, related_name="hosts")


@cache
def _by_key() -> Stencil[tuple[Any, ...]]:
    columns = [field.attname for field in Account._meta.concrete_fields]
    return Stencil(Account.objects.filter(pk=GAP).values_list(*columns))


class AccountManager(BaseUserManager["Account"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "Account":
        account = self.model(email=self.normalize_email(email).lower(), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def get(self, *args: Any, **kwargs: Any) -> "Account":
        """Return an account, as any manager does.

        By the key alone it is asked at every request, as that of the session.
        """
        if args or [*kwargs] != ["pk"] or kwargs["pk"] is None:
            return super().get(*args, **kwargs)
        columns = [field.attname for field in self.model._meta.concrete_fields]
        for row in _by_key().of(self.model._meta.pk.to_python(kwargs["pk"])):
            return self.model.from_db(self.db, columns, row)
        raise self.model.DoesNotExist(kwargs["pk"])


class Account(AbstractBaseUser, SharedModel):
    """A human being who signs in."""

    why_shared = "one person may serve several local governments"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(_("alamat surel"), unique=True)
    name = models.CharField(_("nama"), max_length=200)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    joined_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[AccountManager] = AccountManager()

    def __str__(self) -> str:
        return self.name


class Office(TenantModel):
    """An office of a local government (perangkat daerah), a kecamatan, a kelurahan or a desa."""

    class Kind(models.TextChoices):
        AGENCY = "agency", _("perangkat daerah")
        DISTRICT = "district", _("kecamatan")
        VILLAGE = "village", _("kelurahan atau desa")

    code = models.CharField(_("kode"), max_length=40)
    name = models.CharField(_("nama"), max_length=200)
    short_name = models.CharField(_("singkatan"), max_length=60, blank=True)
    kind = models.CharField(_("jenis"), max_length=10, choices=Kind, default=Kind.AGENCY)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    region_code = models.CharField(_("kode wilayah"), max_length=13, blank=True)
    active_from = models.DateField(_("berlaku sejak"), null=True, blank=True)
    active_to = models.DateField(_("berlaku sampai"), null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "code"], name="office_code")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.short_name or self.name

    @property
    def owner_offices(self) -> tuple[str, ...]:
        return (str(self.pk),)


class FormerOfficeName(TenantModel):
    """A name an office had, with the last day on which it was in use."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="former_names")
    name = models.CharField(_("nama"), max_length=200)
    short_name = models.CharField(_("singkatan"), max_length=60, blank=True)
    to_on = models.DateField(_("dipakai sampai"))

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "office", "to_on"], name="former_office_name_day")
        ]
        ordering = ["-to_on"]


class Membership(TenantModel):
    """A seat of an account in an office: position, roles, from when to when.

    `acting` is "" for the holder of the position, "plt" or "plh" for one who acts for a while.
    """

    class Acting(models.TextChoices):
        HOLDER = "", _("definitif")
        PLT = "plt", _("pelaksana tugas (Plt.)")
        PLH = "plh", _("pelaksana harian (Plh.)")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    partner = models.ForeignKey(
        "people.Partner", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    position = models.CharField(_("jabatan"), max_length=200, blank=True)
    acting = models.CharField(max_length=3, choices=Acting, default=Acting.HOLDER, blank=True)
    roles = models.JSONField(default=list)
    from_on = models.DateField(_("mulai"))
    to_on = models.DateField(_("sampai"), null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    """the instant at which it was taken away before its last day; from then on it gives nothing"""

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["tenant", "account"], name="membership_account"),
            models.Index(fields=["tenant", "office"], name="membership_office"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=models.F("from_on")), name="membership_period"
            )
        ]

    @property
    def owner_offices(self) -> tuple[str, ...]:
        return (str(self.office_id),) if self.office_id else ()


class Partner(TenantModel):
    """A partner of the programme (mitra), by its helix."""

    class Helix(models.TextChoices):
        ACADEMIA = "academia", _("akademisi")
        BUSINESS = "business", _("dunia usaha")
        COMMUNITY = "community", _("komunitas")
        GOVERNMENT = "government", _("pemerintah")
        MEDIA = "media", _("media")
        BANK = "bank", _("perbankan")

    name = models.CharField(_("nama"), max_length=200)
    helix = models.CharField(_("unsur"), max_length=12, choices=Helix)
    contact = models.CharField(_("kontak"), max_length=200, blank=True)
    mandate = models.TextField(_("peran"), blank=True)
    is_vendor = models.BooleanField(_("juga penyedia barang atau jasa"), default=False)
    origin = models.CharField(max_length=12, default="entered")
    ended_on = models.DateField(_("berakhir"), null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="partner_name")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class RoleRequest(TenantModel):
    """A powerful role asked for by one person, given only when another approves."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("menunggu persetujuan")
        APPROVED = "approved", _("disetujui")
        REFUSED = "refused", _("ditolak")

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="role_requests")
    role = models.CharField(_("peran"), max_length=60)
    reason = models.CharField(_("alasan"), max_length=500)
    state = models.CharField(max_length=10, choices=State, default=State.REQUESTED)
    requested_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(_("alasan keputusan"), max_length=500, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("requested_by")),
                name="role_request_two_persons",
            ),
            models.UniqueConstraint(
                fields=["tenant", "membership", "role"],
                condition=Q(state="requested"),
                name="role_request_open",
            ),
        ]
        ordering = ["-requested_at"]


class ResidentProfile(TenantModel):
    """What a city keeps about a resident beyond the account; the NIK is sealed."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    nik_sealed = SealedField(purpose="nik", blank=True)
    nik_index = models.CharField(max_length=64, blank=True)
    phone = models.CharField(_("nomor telepon"), max_length=20, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "account"], name="profile_account"),
            models.UniqueConstraint(
                fields=["tenant", "nik_index"], condition=~Q(nik_index=""), name="profile_nik"
            ),
        ]

    @property
    def owner_account(self) -> str:
        return str(self.account_id)


class DataRequest(TenantModel):
    """What a person asks about their own data under UU 27/2022, and what was answered."""

    class Kind(models.TextChoices):
        CORRECTION = "correction", _("perbaikan data")
        ERASURE = "erasure", _("penghapusan data")
        WITHDRAWAL = "withdrawal", _("penarikan persetujuan")
        RESTRICTION = "restriction", _("pembatasan pemrosesan")

    class State(models.TextChoices):
        RECEIVED = "received", _("diterima")
        GRANTED = "granted", _("dikabulkan")
        REFUSED = "refused", _("ditolak")
        CANCELLED = "cancelled", _("dibatalkan pemohon")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("permintaan"), max_length=12, choices=Kind)
    text = models.TextField(_("penjelasan"), max_length=2000)
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=200, blank=True)
    answer = models.TextField(_("jawaban"), max_length=2000, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["tenant", "account", "received_at"], name="data_request_account"),
            models.Index(fields=["tenant", "state", "due_at"], name="data_request_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "account", "kind"], condition=Q(state="received"), name="data_request_open"
            )
        ]
        ordering = ["-received_at"]

    @property
    def owner_account(self) -> str:
        return str(self.account_id)


class AccessLog(TenantModel):
    """Who looked at whose personal data, which fields, and for what. Append-only, without the data itself."""

    append_only = True

    at = models.DateTimeField()
    actor_id_text = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    subject = models.CharField(max_length=64)
    """account id (text) of the person whose data it is; it outlives the account"""
    fields = models.JSONField(default=list)
    purpose = models.CharField(max_length=200)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "subject", "at"], name="access_log_subject")]
        ordering = ["-at"]


class ProgramKey(TenantModel):
    """A key with which a program acts for an account, in one tenant; only its hash is kept.

    It can do no more than the account can today, and of that only `verbs`.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("nama program"), max_length=80)
    digest = models.CharField(max_length=64)
    """SHA-256 of the key, in hex; the key is long and random, so nothing slower is needed"""
    verbs = models.JSONField(default=list)
    made_at = models.DateTimeField()
    expires_on = models.DateField(_("berlaku sampai"))
    last_used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "digest"], name="program_key_digest")]
        indexes = [models.Index(fields=["tenant", "account"], name="program_key_account")]
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.name

    @property
    def owner_account(self) -> str:
        return str(self.account_id)
