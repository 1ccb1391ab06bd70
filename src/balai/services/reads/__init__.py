"""Every query of services: what may be seen, queues, one case whole, the inbox, the supervisor's figures."""

from balai.services.reads.alike import Alike, alike
from balai.services.reads.definitions import service, service_of, services, version_of
from balai.services.reads.figures import OfficeFigures, board_of_offices
from balai.services.reads.inbox import Delivery, Message, deliveries, inbox, unread
from balai.services.reads.queues import (
    After,
    Line,
    Page,
    TaskLine,
    Wanted,
    board,
    my_queue,
    office_names,
    office_queue,
    own_list,
    search,
    secret_queue,
    task_queue,
    tenant_queue,
)
from balai.services.reads.sight import Ticket, case, cases, own_cases, roles_of
from balai.services.reads.whole import Tracked, Whole, file_of, track, whole

__all__ = [
    "After",
    "Alike",
    "Delivery",
    "Line",
    "Message",
    "OfficeFigures",
    "Page",
    "TaskLine",
    "Ticket",
    "Tracked",
    "Wanted",
    "Whole",
    "alike",
    "board",
    "board_of_offices",
    "case",
    "cases",
    "deliveries",
    "file_of",
    "inbox",
    "my_queue",
    "office_names",
    "office_queue",
    "own_cases",
    "own_list",
    "roles_of",
    "search",
    "secret_queue",
    "service",
    "service_of",
    "services",
    "task_queue",
    "tenant_queue",
    "track",
    "unread",
    "version_of",
    "whole",
]
