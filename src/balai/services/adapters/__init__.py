"""Outside systems that services speak to, each in a folder of its own."""
