"""PostgreSQL, told before each statement which tenant it serves."""
