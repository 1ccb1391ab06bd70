"""What officers and readers fill in about datasets; each form makes what `changes` takes."""

from balai.data.forms.asked import WishAnswerForm, WishForm
from balai.data.forms.declaring import DatasetForm
from balai.data.forms.feedback import AnswerForm, FeedbackForm
from balai.data.forms.rows import RowsForm

__all__ = ["AnswerForm", "DatasetForm", "FeedbackForm", "RowsForm", "WishAnswerForm", "WishForm"]
