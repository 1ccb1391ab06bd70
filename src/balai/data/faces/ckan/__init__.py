"""CKAN's action API v3 over our reads and changes: `/api/3/action/…` and `/datastore/dump/…`.

A package is a dataset, its one resource the version that stands, an organization an office, a tag a
keyword; see docs/decisions/0015-ckan-is-a-face.md. Programs written for CKAN work unchanged; what our
rules demand and CKAN lacks is refused with a Validation Error that says what would be right.
"""
