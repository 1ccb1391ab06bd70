"""What a new version is asked before it may change the data: do the approved rows still fit their tables?"""

from collections.abc import Iterator

from django.db import connection
from django.utils.translation import gettext as _

from balai.base import tenants
from balai.base.errors import Refused
from balai.base.upgrade import ready_to_upgrade
from balai.definitions import reads
from balai.definitions.models import TableAmendment
from balai.definitions.tables import table


@ready_to_upgrade
def amendments_fit_their_tables() -> Iterator[str]:
    """Yield a sentence for each approved row that the columns of this version do not take any more.

    Such a row would make its table unreadable in that tenant, deadlines and holidays included.
    """
    if TableAmendment._meta.db_table not in connection.introspection.table_names():
        return
    for tenant in tenants.visit():
        approved = TableAmendment.objects.filter(status=TableAmendment.Status.APPROVED)
        for amendment in approved.order_by("table", "key", "valid_from"):
            try:
                reads.row_of(table(amendment.table), amendment)
            except Refused as error:
                told = _("%(tenant)s: baris %(row)s sejak %(day)s tidak cocok lagi: %(why)s")
                yield told % {
                    "tenant": tenant,
                    "row": amendment,
                    "day": amendment.valid_from.isoformat(),
                    "why": error,
                }
