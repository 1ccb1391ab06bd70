"""Installation: settings, addresses, start; the only module that knows all the others."""
