"""Every write of `data`: declaring datasets, checking them, publishing versions."""

from balai.data.changes.datasets import check, declare, ensure, return_draft, submit
from balai.data.changes.editing import Editing, Way, edit_rows
from balai.data.changes.fetching import FETCH, fetch_due, fetch_source, keep_source, switch_source
from balai.data.changes.indicators import MEASURED, Unfinished, measure, measure_all
from balai.data.changes.intake import JOB as INTAKE
from balai.data.changes.intake import (
    NoRoom,
    append,
    ask_steward,
    begin_upload,
    choose,
    drop_upload,
    publish_upload,
    read_differently,
    refuse_to_sign,
    sign_upload,
    sweep_uploads,
    take_whole,
)
from balai.data.changes.kept import keep_catalogue
from balai.data.changes.reference import publish_reference
from balai.data.changes.retention import retire, sweep
from balai.data.changes.versions import Published, publish, publish_file

__all__ = [
    "FETCH",
    "INTAKE",
    "MEASURED",
    "Editing",
    "NoRoom",
    "Published",
    "Unfinished",
    "Way",
    "append",
    "ask_steward",
    "begin_upload",
    "check",
    "choose",
    "declare",
    "drop_upload",
    "edit_rows",
    "ensure",
    "fetch_due",
    "fetch_source",
    "keep_catalogue",
    "keep_source",
    "measure",
    "measure_all",
    "publish",
    "publish_file",
    "publish_reference",
    "publish_upload",
    "read_differently",
    "refuse_to_sign",
    "retire",
    "return_draft",
    "sign_upload",
    "submit",
    "sweep",
    "sweep_uploads",
    "switch_source",
    "take_whole",
]
