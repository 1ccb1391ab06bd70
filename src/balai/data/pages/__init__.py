"""Pages of One Data; each file has the pages of one subject."""
