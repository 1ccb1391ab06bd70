"""One form engine for services, registers, surveys and instruments.

A form is a part of a definition file: steps, fields, conditions, groups that
repeat. `rules` builds it from the file and checks answers, whoever sends them
(page, API, import, counter); `reads` draws it; `changes` keeps what is unfinished.
"""
