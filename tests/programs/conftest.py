"""The programs here are started by tests; they are no tests."""

collect_ignore_glob = ["*.py"]
