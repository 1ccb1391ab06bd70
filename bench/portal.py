"""The public pages of one city at 50 parallel readers, with the plans of the whole nation in the database."""

from importlib import import_module

from bench.made.place import installation

if __name__ == "__main__":
    with installation():
        import_module("bench.made.portal").run()
