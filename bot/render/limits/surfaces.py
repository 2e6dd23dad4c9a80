"""Where blocks stand: in messages, modals and the App Home; each takes other ones, and so many of them.

https://docs.slack.dev/reference/views
"""

from collections import Counter
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError, model_validator

from bot.render.limits.blocks import (
    Actions,
    Alert,
    AnyBlock,
    Context,
    Divider,
    Header,
    Input,
    Markdown,
    Picture,
    Section,
)
from bot.render.limits.figures import DataTable, DataVisualization, Table
from bot.render.limits.objects import Option, OptionGroup, Plain, Shape, at_most
from bot.render.limits.sizes import (
    BLOCKS,
    CHARTS,
    IDENTIFIER,
    MARKDOWN_TEXT,
    OPTIONS,
    PRIVATE_METADATA,
    TABLE_CHARACTERS,
    VIEW_BLOCKS,
    VIEW_TITLE,
)

_Everywhere = Actions | Context | Divider | Header | Input | Picture | Section
_Figures = DataTable | DataVisualization | Table


def _different(blocks: list[AnyBlock]) -> list[AnyBlock]:
    identifiers = [block.block_id for block in blocks if block.block_id is not None]
    if len(identifiers) != len(set(identifiers)):
        raise ValueError("a block_id is used twice")
    return blocks


def _within_a_message(blocks: list[AnyBlock]) -> list[AnyBlock]:
    kinds = Counter(type(block) for block in blocks)
    if kinds[DataVisualization] > CHARTS:
        raise ValueError(f"more than {CHARTS} charts")
    if kinds[Table] > 1:
        raise ValueError("more than one table")
    if sum(block.characters for block in blocks if isinstance(block, DataTable)) > TABLE_CHARACTERS:
        raise ValueError(f"more than {TABLE_CHARACTERS} characters in data tables")
    if sum(len(block.text) for block in blocks if isinstance(block, Markdown)) > MARKDOWN_TEXT:
        raise ValueError(f"more than {MARKDOWN_TEXT} characters of Markdown")
    return blocks


class Modal(Shape):
    """A dialog; with a field it needs a button to submit it."""

    type: Literal["modal"]
    title: Annotated[Plain, at_most(VIEW_TITLE)]
    blocks: Annotated[
        list[Annotated[_Everywhere | Alert, Field(discriminator="type")]],
        Field(max_length=VIEW_BLOCKS),
        AfterValidator(_different),
    ]
    submit: Annotated[Plain, at_most(VIEW_TITLE)] | None = None
    close: Annotated[Plain, at_most(VIEW_TITLE)] | None = None
    private_metadata: str = Field("", max_length=PRIVATE_METADATA)
    callback_id: str = Field("", max_length=IDENTIFIER)
    external_id: str = Field("", max_length=IDENTIFIER)
    clear_on_close: bool = False
    notify_on_close: bool = False

    @model_validator(mode="after")
    def _can_be_submitted(self) -> Self:
        if self.submit is None and any(isinstance(block, Input) for block in self.blocks):
            raise ValueError("an input, but no submit")
        return self


class Home(Shape):
    """The App Home of one person."""

    type: Literal["home"]
    blocks: Annotated[
        list[Annotated[_Everywhere | _Figures, Field(discriminator="type")]],
        Field(max_length=VIEW_BLOCKS),
        AfterValidator(_different),
    ]
    private_metadata: str = Field("", max_length=PRIVATE_METADATA)
    callback_id: str = Field("", max_length=IDENTIFIER)
    external_id: str = Field("", max_length=IDENTIFIER)


class Suggestions(Shape):
    """What an app offers in a menu that asks it: choices, or choices under headings; none when nothing is found."""

    options: list[Option] | None = Field(None, max_length=OPTIONS)
    option_groups: list[OptionGroup] | None = Field(None, max_length=OPTIONS)

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.options is None) == (self.option_groups is None):
            raise ValueError("either options or option_groups")
        return self


MESSAGE: TypeAdapter[Any] = TypeAdapter(
    Annotated[
        list[Annotated[_Everywhere | _Figures | Markdown, Field(discriminator="type")]],
        Field(min_length=1, max_length=BLOCKS),
        AfterValidator(_different),
        AfterValidator(_within_a_message),
    ]
)
VIEW: TypeAdapter[Any] = TypeAdapter(Annotated[Modal | Home, Field(discriminator="type")])
SUGGESTIONS: TypeAdapter[Any] = TypeAdapter(Suggestions)


def problems(rule: TypeAdapter[Any], given: object) -> list[str]:
    """Return what breaks a rule and where; empty when nothing."""
    try:
        rule.validate_python(given)
    except ValidationError as refused:
        return [
            f"{'.'.join(map(str, error['loc'])) or 'as a whole'}: {error['msg']}"
            for error in refused.errors(include_url=False, include_context=False, include_input=False)
        ]
    return []
