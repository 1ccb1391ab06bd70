"""The rounds by which a city is judged: instrument, round, evidence, score, result, follow-up."""
