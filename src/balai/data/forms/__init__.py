"""What officers fill in about datasets; each form makes what `changes` takes."""

from balai.data.forms.declaring import DatasetForm
from balai.data.forms.rows import RowsForm

__all__ = ["DatasetForm", "RowsForm"]
