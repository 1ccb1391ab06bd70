"""Satu Data Indonesia at `/api/sdi/v1/`: data lists, standards, code lists, metadata, findings, releases.

There is no national profile for machines that we could find; the names of fields are the words of
Perpres 39/2019 and Peraturan BPS 5/2020 (kegiatan, variabel, indikator).
"""
