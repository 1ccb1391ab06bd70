"""One Data: datasets, their immutable versions as Parquet files, SQL over them, and figures computed from them."""
