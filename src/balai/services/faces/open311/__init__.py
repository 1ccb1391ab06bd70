"""Open311 GeoReport v2, at `/open311/v2/`: reports as apps and dashboards of many cities speak of them.

A thin face over the same reads and changes as every page. A *service* of the standard is
one answer to the question by which a service of ours sorts its cases, so SAMBAT is as many
services as it has categories. Shown is what the `open311` block of a service's file shows, of
the cases it does not hide, and nothing else.

Sources: wiki.open311.org, "GeoReport v2" and "Service Discovery" (frozen), and its page of
extensions in use, for `page`, `page_size`, `lat`, `long` and `radius`.
"""
