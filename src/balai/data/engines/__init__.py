"""Engines that answer SQL over the Parquet files of dataset versions: DuckDB by default, Spark by one setting."""
