"""The door for commands: `./balai manage …` calls it."""

import gc
import os
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent / "src"))
    # Nothing that a start makes is waste; looking for it takes a sixth of the start. `site.apps` ends this.
    gc.disable()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "balai.site.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
