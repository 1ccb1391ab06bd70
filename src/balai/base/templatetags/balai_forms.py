"""Tags that draw forms: the faults at the top, one field after the other, a question before an act."""

from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.template import Context
from django.utils.translation import gettext as _

register = template.Library()

_GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


@register.inclusion_tag("balai/parts/faults.html")
def faults(form: forms.BaseForm) -> dict[str, Any]:
    """List everything wrong with a form, each linked to its field; nothing where nothing is wrong."""
    if not form.is_bound:
        return {"faults": [], "general": []}
    return {
        "general": form.non_field_errors(),
        "faults": [
            {"id": first_id(form[name]), "label": form[name].label, "errors": errors}
            for name, errors in form.errors.items()
            if name in form.fields
        ],
    }


def first_id(bound: BoundField) -> str:
    """Return the id a link to the field leads to: of the first choice where it is a group."""
    own = bound.id_for_label or bound.auto_id
    return f"{bound.auto_id}_0" if isinstance(bound.field.widget, _GROUPS) else own


@register.inclusion_tag("balai/parts/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """Draw a field: label above, help and error under it, then the input."""
    widget = bound.field.widget
    described = [f"{bound.auto_id}_help"] if bound.help_text else []
    if bound.errors:
        described.append(f"{bound.auto_id}_fault")
    attributes: dict[str, str | bool] = {"aria-invalid": "true"} if bound.errors else {}
    if described:
        attributes["aria-describedby"] = " ".join(described)
    is_group = isinstance(widget, _GROUPS)
    return {
        "field": bound,
        "drawn": None if is_group else bound.as_widget(attrs=attributes),
        "is_group": is_group,
        "is_tick": isinstance(widget, forms.CheckboxInput),
        # What a rule asks for says itself when (`base.forms.needed`).
        "optional": "" if bound.field.required else getattr(bound.field, "needed", _("boleh kosong")),
        "is_hidden": bound.is_hidden,
        "described": " ".join(described),
    }


@register.inclusion_tag("balai/parts/confirm.html", takes_context=True)
def confirm(
    context: Context,
    action: str,
    button: str,
    consequence: str,
    *,
    reason: str = "",
    tone: str = "",
    hidden: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Draw a form that says what its button causes before it is pressed.

    Args:
        reason: label of a required reason, sent as "reason"; without it none is asked.
        tone: "danger" where it cannot be undone, "primary" for the one act of the screen.
        hidden: further values to send.
    """
    return {
        "action": action,
        "button": button,
        "consequence": consequence,
        "reason": reason,
        "tone": tone,
        "hidden": hidden or {},
        "csrf_token": context.get("csrf_token"),
    }
