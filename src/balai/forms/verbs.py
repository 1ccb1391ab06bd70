"""The verbs of `forms`."""

from django.utils.translation import gettext_lazy as _

from balai.people.rules import verb

FORMS_ASSIST = verb("forms.assist", _("mengisi formulir atas nama warga"))
