"""Files people hand in: kept by content, checked by content, given out under random names."""

from django.db import models

from balai.base.rows import TenantModel


class StoredFile(TenantModel):
    """A file of a tenant. The bytes lie in the data folder under their SHA-256."""

    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    public_name = models.CharField(max_length=64)
    stored_at = models.DateTimeField(auto_now_add=True)
    stored_by = models.CharField(max_length=200)

    class Meta(TenantModel.Meta):
        app_label = "base"
        constraints = [models.UniqueConstraint(fields=["tenant", "public_name"], name="file_public_name")]
        indexes = [models.Index(fields=["tenant", "sha256"], name="file_content")]
