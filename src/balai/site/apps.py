from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "balai.site"
    label = "balai_site"
    verbose_name = "Balai: site"
