"""Pages of the evaluation; each file has the pages of one subject."""
