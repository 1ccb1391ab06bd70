"""Asking for the figures of an indicator to be taken over into the plan."""

from balai.base import tenancy
from balai.base.jobs import later

JOB = "plan.take_over"


def measure_soon(indicator: str) -> None:
    """Have the figures of an indicator taken over once the running transaction is committed."""
    later(JOB, tenancy.current_tenant(), indicator=indicator)
