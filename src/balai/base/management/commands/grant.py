"""PostgreSQL: give the role of the application its rights on the tables, and no more.

Run as the owner of the tables. The application may not change tables, and not
rewrite what is append-only.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from balai.base import guards


class Command(BaseCommand):
    help = "PostgreSQL: beri peran basis data aplikasi hak atas tabel (dijalankan sebagai pemilik tabel)."

    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role", help="nama peran aplikasi di PostgreSQL")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("perintah ini hanya untuk PostgreSQL")
        role = connection.ops.quote_name(options["role"])
        tables = "SELECT, INSERT, UPDATE, DELETE ON ALL TABLES"
        with connection.cursor() as cursor:
            cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
            cursor.execute(f"GRANT {tables} IN SCHEMA public TO {role}")
            cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
            for model in guards.append_only_models():
                table = connection.ops.quote_name(model._meta.db_table)
                cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}")
