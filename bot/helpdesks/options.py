"""What every helpdesk's options have in common: how they are read, and words that several of them take."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, ValidationError

from bot.settings_values import SettingsTable, explain, one_of
from kpi.events import Status

Folded = AfterValidator(lambda words: {name.casefold(): value for name, value in words.items()})
"""Names in which case doesn't count."""

StatusWord = Annotated[Status, one_of([status.value for status in Status])]
Share = Annotated[float, Field(gt=0, le=1)]


class ConnectorOptions(SettingsTable):
    """What stands under `options` of a helpdesk in the settings file."""

    @classmethod
    def read(cls, given: Mapping[str, Any], helpdesk: str) -> Self:
        """Return the options of this helpdesk; raises SettingsError that names what is missing or not accepted."""
        try:
            return cls.model_validate(dict(given))
        except ValidationError as error:
            raise explain(error, lambda place: ".".join(["helpdesks", helpdesk, "options", *map(str, place)])) from None
