"""Every write of services: filing, moving, speaking, telling, clocks, upgrades."""

from balai.services.changes.beginning import begin_filing
from balai.services.changes.clocks import recount, ring
from balai.services.changes.filing import Coming, Filed, file, file_draft, suggested
from balai.services.changes.giving_out import definitions_given, files_given, give_out
from balai.services.changes.joining import open_child
from balai.services.changes.lists import remove_list, save_list
from balai.services.changes.moving import Moved, Outcome, finish, move, move_many
from balai.services.changes.pins import unlock
from balai.services.changes.points import PointDraft, add_point, shut_point
from balai.services.changes.public_counts import count_for_everybody
from balai.services.changes.speaking import add_file, comment, follow, hand_in, hand_over, rate, take_on
from balai.services.changes.telling import read_notice, send_again
from balai.services.changes.upgrading import begin_upgrade, upgrade, upgrade_all

__all__ = [
    "Coming",
    "Filed",
    "Moved",
    "Outcome",
    "PointDraft",
    "add_file",
    "add_point",
    "begin_filing",
    "begin_upgrade",
    "comment",
    "count_for_everybody",
    "definitions_given",
    "file",
    "file_draft",
    "files_given",
    "finish",
    "follow",
    "give_out",
    "hand_in",
    "hand_over",
    "move",
    "move_many",
    "open_child",
    "rate",
    "read_notice",
    "recount",
    "remove_list",
    "ring",
    "save_list",
    "send_again",
    "shut_point",
    "suggested",
    "take_on",
    "unlock",
    "upgrade",
    "upgrade_all",
]
