"""Unfinished forms. What was finished belongs to whoever asked for it."""

from django.db import models

from balai.base.rows import TenantModel
from balai.base.sealing import SealedField


class FormDraft(TenantModel):
    """Answers on their way, as they were typed: nothing here has been accepted.

    Attributes:
        answers: JSON of all answers, sealed whole, since anything may stand in a field.
        owner: id of the account that fills it in; "" for a visitor.
        key_hash: SHA-256 of the key in the visitor's browser.
        code: printed for a visitor who goes on later, together with a PIN; "" until asked for.
        filed_by: who fills it in for somebody else, and `for_whom` (sealed) whom.
        origin: where it was begun, in the words of whoever asked for it; the page cannot change it.
    """

    class Channel(models.TextChoices):
        """How it is filled in."""

        WEB = "web"
        COUNTER = "counter"
        HELPER = "helper"
        API = "api"
        IMPORT = "import"

    form = models.CharField(max_length=120)
    form_version = models.CharField(max_length=40)
    form_sha256 = models.CharField(max_length=64)
    answers = SealedField(purpose="forms.draft", blank=True)
    step = models.CharField(max_length=40, blank=True)
    owner = models.CharField(max_length=64, blank=True)
    key_hash = models.CharField(max_length=64, blank=True)
    code = models.CharField(max_length=12, blank=True)
    pin_hash = models.CharField(max_length=200, blank=True)
    wrong_pins = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.WEB)
    filed_by = models.CharField(max_length=64, blank=True)
    filed_by_name = models.CharField(max_length=200, blank=True)
    for_whom = SealedField(purpose="forms.for_whom", blank=True)
    origin = models.CharField(max_length=64, blank=True)
    begun_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "code"], condition=~models.Q(code=""), name="draft_code_once"
            ),
            models.CheckConstraint(
                condition=models.Q(channel__in=["counter", "helper"], filed_by__gt="")
                | models.Q(channel__in=["web", "api", "import"], filed_by=""),
                name="draft_filed_by_whom",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "owner", "-saved_at"], name="draft_owner"),
            models.Index(fields=["tenant", "expires_at"], name="draft_expiry"),
        ]

    @property
    def owner_account(self) -> str:
        """Id of the account it belongs to, as `Actor.may` asks for it."""
        return self.owner


class DraftFile(TenantModel):
    """A file that was handed in with an unfinished form."""

    draft = models.ForeignKey(FormDraft, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey("base.StoredFile", on_delete=models.CASCADE, related_name="+")

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "draft", "file"], name="draft_file_once")]
        indexes = [models.Index(fields=["tenant", "file"], name="draft_of_file")]
