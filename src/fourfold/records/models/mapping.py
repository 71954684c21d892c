"""Mappings: how the columns of files are read, remembered for the next file with the same header."""

from django.db import models

from fourfold.records.fields import SpecField
from fourfold.records.scope import InOrganisation


class Mapping(models.Model):
    """The last way in which files of one shape were read; see `connectors.files.mapping`."""

    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE)
    shape = models.CharField(max_length=64, help_text="SHA-256 of the words of the header.")
    spec = SpecField(default=dict)
    by = models.ForeignKey("records.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    objects = InOrganisation.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("organisation", "shape"), name="mapping_once_for_a_shape"),)

    def __str__(self) -> str:
        """Which shape."""
        return self.shape[:12]
