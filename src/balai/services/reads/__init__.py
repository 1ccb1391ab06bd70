"""Every query of services: what may be seen, queues, one case whole, the inbox, the supervisor's figures."""

from balai.services.reads.alike import Alike, alike
from balai.services.reads.asked import Asking, asked_in
from balai.services.reads.definitions import service, service_of, services, states_of, version_of
from balai.services.reads.figures import Board, OfficeFigures, board_of_offices
from balai.services.reads.followed import Followed, followed, followed_case
from balai.services.reads.inbox import Delivery, Message, deliveries, inbox, notice, unread
from balai.services.reads.points import facts_of, point, point_at, points
from balai.services.reads.provisional import Provisional
from balai.services.reads.public import Counted, PublicFigures, public_figures, topic_names
from balai.services.reads.queues import (
    After,
    Line,
    Page,
    Wanted,
    my_queue,
    office_queue,
    own_list,
    secret_queue,
    tenant_queue,
)
from balai.services.reads.sight import Ticket, case, cases, own_cases, roles_of
from balai.services.reads.situation import world_of
from balai.services.reads.suggested import Guess, guess
from balai.services.reads.unsent import Unsent, unsent
from balai.services.reads.whole import Tracked, Whole, file_of, track, whole

__all__ = [
    "After",
    "Alike",
    "Asking",
    "Board",
    "Counted",
    "Delivery",
    "Followed",
    "Guess",
    "Line",
    "Message",
    "OfficeFigures",
    "Page",
    "Provisional",
    "PublicFigures",
    "Ticket",
    "Tracked",
    "Unsent",
    "Wanted",
    "Whole",
    "alike",
    "asked_in",
    "board_of_offices",
    "case",
    "cases",
    "deliveries",
    "facts_of",
    "file_of",
    "followed",
    "followed_case",
    "guess",
    "inbox",
    "my_queue",
    "notice",
    "office_queue",
    "own_cases",
    "own_list",
    "point",
    "point_at",
    "points",
    "public_figures",
    "roles_of",
    "secret_queue",
    "service",
    "service_of",
    "services",
    "states_of",
    "tenant_queue",
    "topic_names",
    "track",
    "unread",
    "unsent",
    "version_of",
    "whole",
    "world_of",
]
