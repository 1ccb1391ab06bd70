"""Pages that only read: the public portal, the executive view, the nation."""
