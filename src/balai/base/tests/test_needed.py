"""Beside a field stands that it may stay empty only where it may, or when it may not."""

from django import forms
from django.template import Context, Template

from balai.base.forms import Asked, needed


class _Form(Asked):
    free = forms.CharField(label="Bebas", required=False)
    sometimes = needed(forms.CharField(label="Kadang"), "wajib bila ditolak")
    always = needed(forms.CharField(label="Selalu"))


def test_a_field_says_that_it_may_stay_empty_only_where_it_may() -> None:
    template = Template("{% load balai_forms %}{% for one in form %}{% field one %}{% endfor %}")
    free, sometimes, always = template.render(Context({"form": _Form({})})).split("<label")[1:]
    assert "(boleh kosong)" in free
    assert "(wajib bila ditolak)" in sometimes and "boleh kosong" not in sometimes
    assert "field-optional" not in always
    assert _Form({}).is_valid(), "a rule asks for it, not the form"
