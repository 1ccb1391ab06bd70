"""One Data: datasets, immutable versions as Parquet files, SQL over them, figures computed from them."""
