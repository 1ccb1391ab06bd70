"""The demo: what is published of four real regions, and illustrations where nothing was published.

`facts` reads `reference/plan` and writes rows of origin "published" and published
figures; `illustration` reads `reference/demo` and writes rows of origin
"illustration", each saying in its title and source that it is no official data.
`tied` writes illustrated actions whose progress is computed, and computes it.
All of it is done once; a second run finds it and writes nothing.
"""

from balai.plan.demo.loading import compute, load, noon

__all__ = ["compute", "load", "noon"]
