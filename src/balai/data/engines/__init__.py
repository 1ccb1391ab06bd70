"""Engines that answer SQL over the files of dataset versions: DuckDB by default, Spark by one setting."""
