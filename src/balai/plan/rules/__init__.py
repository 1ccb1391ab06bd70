"""Rules of the plan: pure values and decisions, without Django, clock or database."""
