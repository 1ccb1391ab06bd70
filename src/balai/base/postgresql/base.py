"""Django's PostgreSQL backend, which keeps the session's tenant equal to the scope in force.

The row-level policies of `balai.base.guards` read two session settings. They
are set just before the first statement of a scope, and again whenever a
rollback may have undone them; a connection without a scope sees no tenant row.
"""

from collections.abc import Callable
from typing import Any

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from balai.base import tenancy

_SET = "SELECT set_config('balai.tenant', %s, false), set_config('balai.reads', %s, false)"


class DatabaseWrapper(base.DatabaseWrapper):
    _told: tuple[str, str] | None = None

    def init_connection_state(self) -> None:
        super().init_connection_state()
        self._told = None
        if self._tell not in self.execute_wrappers:
            self.execute_wrappers.append(self._tell)

    def _tell(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        scope = tenancy.current_scope()
        wanted = (scope.tenant, ",".join(scope.reads)) if scope else ("", "")
        # A broken transaction takes nothing but its own rollback, after which the scope is told anew.
        broken = self.connection.info.transaction_status is TransactionStatus.INERROR
        if wanted != self._told and not broken:
            with self.connection.cursor() as cursor:
                cursor.execute(_SET, wanted)
            self._told = wanted
        return execute(sql, params, many, context)

    def _rollback(self) -> None:
        super()._rollback()  # type: ignore[misc]
        self._told = None

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]
        self._told = None

    def _close(self) -> None:
        super()._close()  # type: ignore[misc]
        self._told = None
