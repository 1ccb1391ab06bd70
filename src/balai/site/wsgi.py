"""The web application, for granian."""

import gc
import os

from django.core.wsgi import get_wsgi_application

# Nothing that a start makes is waste; `site.apps` lets it be looked for again.
gc.disable()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "balai.site.settings")
application = get_wsgi_application()
