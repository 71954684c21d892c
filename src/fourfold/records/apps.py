"""The Django application of the tables."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """All tables of Fourfold, under the label `records`."""

    name = "fourfold.records"
    label = "records"
    verbose_name = "Fourfold"
    default_auto_field = "django.db.models.BigAutoField"
