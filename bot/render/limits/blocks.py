"""The blocks that messages and views are made of.

https://docs.slack.dev/reference/block-kit/blocks
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from bot.render.limits.elements import (
    Button,
    Choice,
    DateTimePicker,
    EmailInput,
    Image,
    MultiSelect,
    NumberInput,
    Overflow,
    PlainTextInput,
    UrlInput,
)
from bot.render.limits.objects import Address, Identifier, Mrkdwn, Plain, Shape, Words, at_most
from bot.render.limits.sizes import (
    ACTIONS,
    CONTEXT_ELEMENTS,
    FIELD_TEXT,
    FIELDS,
    HEADER,
    MARKDOWN_TEXT,
    SECTION_TEXT,
)


class AnyBlock(Shape):
    """What every block may have."""

    block_id: Identifier | None = None


class Divider(AnyBlock):
    """A line."""

    type: Literal["divider"]


class Header(AnyBlock):
    """A title."""

    type: Literal["header"]
    text: Annotated[Plain, at_most(HEADER)]


class Section(AnyBlock):
    """Words, or up to ten fields in two columns, and at most one element beside them."""

    type: Literal["section"]
    text: Annotated[Words, at_most(SECTION_TEXT)] | None = None
    fields: list[Annotated[Words, at_most(FIELD_TEXT)]] | None = Field(None, min_length=1, max_length=FIELDS)
    accessory: Annotated[Button | Overflow | Choice | MultiSelect | Image, Field(discriminator="type")] | None = None
    expand: bool = False

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.text is None and self.fields is None:
            raise ValueError("neither text nor fields")
        return self


class Context(AnyBlock):
    """Small print."""

    type: Literal["context"]
    elements: list[Annotated[Mrkdwn | Plain | Image, Field(discriminator="type")]] = Field(
        min_length=1, max_length=CONTEXT_ELEMENTS
    )


class Actions(AnyBlock):
    """Buttons and menus in a row."""

    type: Literal["actions"]
    elements: list[Annotated[Button | Overflow | Choice | DateTimePicker, Field(discriminator="type")]] = Field(
        min_length=1, max_length=ACTIONS
    )

    @model_validator(mode="after")
    def _each_is_known_by_its_identifier(self) -> Self:
        identifiers = [element.action_id for element in self.elements if element.action_id is not None]
        if len(identifiers) != len(set(identifiers)):
            raise ValueError("an action_id is used twice")
        return self


Asked = PlainTextInput | NumberInput | EmailInput | UrlInput | Choice | MultiSelect | DateTimePicker


class Input(AnyBlock):
    """A question with its field, which stands in what is submitted."""

    type: Literal["input"]
    label: Annotated[Plain, at_most(2000)]
    element: Annotated[Asked, Field(discriminator="type")]
    hint: Annotated[Plain, at_most(2000)] | None = None
    optional: bool = False
    dispatch_action: bool = False


class Picture(AnyBlock):
    """A picture, as wide as the message."""

    type: Literal["image"]
    alt_text: str = Field(max_length=2000)
    image_url: Address | None = None
    slack_file: dict[Literal["id", "url"], str] | None = Field(None, min_length=1, max_length=1)
    title: Annotated[Plain, at_most(2000)] | None = None

    @model_validator(mode="after")
    def _comes_from_one_place(self) -> Self:
        if (self.image_url is None) == (self.slack_file is None):
            raise ValueError("either image_url or slack_file")
        return self


class Markdown(AnyBlock):
    """Words in standard Markdown."""

    type: Literal["markdown"]
    text: str = Field(min_length=1, max_length=MARKDOWN_TEXT)


class Alert(AnyBlock):
    """A sentence that stands out; in modals only."""

    type: Literal["alert"]
    text: Annotated[Words, at_most(200)]
    level: Literal["default", "info", "warning", "error", "success"] = "default"
