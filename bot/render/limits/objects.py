"""What blocks and their elements are made of: texts, options, questions before something is done.

A shape lists every property that Slack knows there, as Slack refuses a message with any other.
https://docs.slack.dev/reference/block-kit/composition-objects
"""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from bot.render.limits.sizes import IDENTIFIER, OPTION_TEXT, OPTION_VALUE, OPTIONS, SECTION_TEXT


class Shape(BaseModel):
    """What stands in a payload: no other properties, no value of another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_null(cls, given: Any) -> Any:  # noqa: ANN401  # anything can stand in a payload
        nulls = [name for name, value in given.items() if value is None] if isinstance(given, dict) else []
        if nulls:
            raise ValueError(f"null stands where it must be left out: {', '.join(nulls)}")
        return given


class Mrkdwn(Shape):
    """Words with Slack's markup."""

    type: Literal["mrkdwn"]
    text: str = Field(min_length=1, max_length=SECTION_TEXT)
    verbatim: bool = False


class Plain(Shape):
    """Words as they are."""

    type: Literal["plain_text"]
    text: str = Field(min_length=1, max_length=SECTION_TEXT)
    emoji: bool = True


Words = Annotated[Mrkdwn | Plain, Field(discriminator="type")]
Identifier = Annotated[str, Field(min_length=1, max_length=IDENTIFIER)]
Address = Annotated[str, Field(min_length=1, max_length=3000)]


def at_most(length: int) -> AfterValidator:
    """Return a check of how long a text may be."""

    def check(words: Mrkdwn | Plain) -> Mrkdwn | Plain:
        if len(words.text) > length:
            raise ValueError(f"{len(words.text)} characters, not {length} at most")
        return words

    return AfterValidator(check)


class Confirm(Shape):
    """What is asked before an action goes out."""

    title: Annotated[Plain, at_most(100)]
    text: Annotated[Words, at_most(300)]
    confirm: Annotated[Plain, at_most(30)]
    deny: Annotated[Plain, at_most(30)]
    style: Literal["primary", "danger"] | None = None


class Option(Shape):
    """One of several choices of a menu."""

    text: Annotated[Plain, at_most(OPTION_TEXT)]
    value: str = Field(max_length=OPTION_VALUE)
    description: Annotated[Plain, at_most(OPTION_TEXT)] | None = None


class LinkedOption(Option):
    """A choice of an overflow menu, which may lead somewhere."""

    url: Address | None = None


class ListedOption(Shape):
    """A choice that stands there with a box to tick: its words may have markup."""

    text: Annotated[Words, at_most(OPTION_TEXT)]
    value: str = Field(max_length=OPTION_VALUE)
    description: Annotated[Words, at_most(OPTION_TEXT)] | None = None


Options = Annotated[list[Option], Field(min_length=1, max_length=OPTIONS)]


class OptionGroup(Shape):
    """Choices under a heading."""

    label: Annotated[Plain, at_most(OPTION_TEXT)]
    options: Options


OptionGroups = Annotated[list[OptionGroup], Field(min_length=1, max_length=OPTIONS)]


class ConversationFilter(Shape):
    """Which conversations a menu offers."""

    include: list[Literal["im", "mpim", "private", "public"]] | None = Field(None, min_length=1)
    exclude_external_shared_channels: bool | None = None
    exclude_bot_users: bool | None = None

    @model_validator(mode="after")
    def _filters_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("a filter that filters nothing")
        return self


class DispatchActions(Shape):
    """When an input tells the app at once."""

    trigger_actions_on: list[Literal["on_enter_pressed", "on_character_entered"]] = Field(min_length=1, max_length=2)
