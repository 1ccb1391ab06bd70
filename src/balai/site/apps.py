import gc
from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class SiteConfig(AppConfig):
    name = "balai.site"
    label = "balai_site"
    verbose_name = "Balai: site"

    def ready(self) -> None:
        for name in ("invariants", "outbox"):
            import_module(f"balai.base.{name}")
        autodiscover_modules("jobs", "invariants")
        # All of it stays to the end: nobody has to look through it for waste again.
        gc.freeze()
        # A page makes thousands of objects and drops nearly all at once; Python's own figure (700) was
        # looking for waste a dozen times a page.
        gc.set_threshold(10_000, 10, 10)
        gc.enable()
