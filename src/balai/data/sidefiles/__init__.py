"""Side files of the version that stands: rows with their indexes, words, counts, and a column cache.

Each is made anew from the Parquet file of the version whenever it is missing, and nothing but
speed depends on it: without side files every read asks the Parquet file through the readers.

    <sha256>.<form>.rows.sqlite    the rows in the order of the key, and B-trees on a few columns
    <sha256>.<form>.words.sqlite   which rows have a word (FTS5), the profile, and kept counts
    <sha256>.<form>.duckdb         the table `main.rows`, for questions in SQL
    <sha256>.<form>.csv            the whole version as it was downloaded first

SQLite finds rows by key and word in under a millisecond where the column store needs ten to
fifty; for counts, groups and whole tables it is the other way round.
"""
