"""Every write of `data`: declaring datasets, checking them, publishing versions."""

from balai.data.changes.datasets import check, declare, ensure, return_draft, submit
from balai.data.changes.fetching import FETCH, fetch_due, fetch_source, keep_source, switch_source
from balai.data.changes.editing import Editing, Way, edit_rows
from balai.data.changes.indicators import MEASURED, Unfinished, measure, measure_all
from balai.data.changes.kept import keep_catalogue
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
from balai.data.changes.reference import publish_reference
from balai.data.changes.retention import retire, sweep
from balai.data.changes.versions import Published, publish, publish_file

__all__ = [
    "FETCH",
    "INTAKE",
    "NoRoom",
    "append",
    "ask_steward",
    "begin_upload",
    "choose",
    "drop_upload",
    "fetch_due",
    "fetch_source",
    "keep_source",
    "publish_upload",
    "read_differently",
    "refuse_to_sign",
    "sign_upload",
    "switch_source",
    "sweep_uploads",
    "take_whole",
    "MEASURED",
    "Editing",
    "Published",
    "Unfinished",
    "Way",
    "check",
    "declare",
    "edit_rows",
    "ensure",
    "keep_catalogue",
    "measure",
    "measure_all",
    "publish",
    "publish_file",
    "publish_reference",
    "retire",
    "return_draft",
    "submit",
    "sweep",
]
