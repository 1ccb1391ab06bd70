"""Files as offices hand them in: received in parts, read whatever they are, made into canonical rows.

    given file → `taking` (text under headings) → `recognising` (what it looks like)
               → `applying` (what a person agreed to) → a CSV as `changes.publish_file` takes it

The engine does all of it set by set with bounded memory; Python touches single rows only of
workbooks and GeoJSON, which no engine reads in parts.
"""
