"""The words every template of ours may use."""

from django import template

register = template.Library()
