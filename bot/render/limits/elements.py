"""What people click, choose and fill in.

https://docs.slack.dev/reference/block-kit/block-elements
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from bot.render.limits.objects import (
    Address,
    Confirm,
    ConversationFilter,
    DispatchActions,
    Identifier,
    LinkedOption,
    ListedOption,
    Option,
    OptionGroups,
    Options,
    Plain,
    Shape,
    at_most,
)
from bot.render.limits.sizes import BUTTON_TEXT, BUTTON_VALUE, LISTED_OPTIONS, OVERFLOW_OPTIONS, PLACEHOLDER


def _must_be_offered(chosen: Sequence[Shape], options: Sequence[Shape]) -> None:
    if any(one not in options for one in chosen):
        raise ValueError("what is chosen at first is not among the options")


def _date(written: str) -> str:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", written):
        raise ValueError("not a date like 2026-11-24")
    date.fromisoformat(written)
    return written


def _number(written: str) -> str:
    if not re.fullmatch(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?", written):
        raise ValueError("not a number like 0.75")
    return written


Placeholder = Annotated[Plain, at_most(PLACEHOLDER)]


class Element(Shape):
    """What has an identifier of its own inside its block."""

    action_id: Identifier | None = None


class _Confirmed(Element):
    confirm: Confirm | None = None


class _Focused(_Confirmed):
    focus_on_load: bool = False


class Button(_Confirmed):
    """A button; with a `url` it also opens a page."""

    type: Literal["button"]
    text: Annotated[Plain, at_most(BUTTON_TEXT)]
    value: str | None = Field(None, max_length=BUTTON_VALUE)
    url: Address | None = None
    style: Literal["primary", "danger"] | None = None
    accessibility_label: str | None = Field(None, max_length=BUTTON_TEXT)


class Overflow(_Confirmed):
    """Three dots with choices behind them."""

    type: Literal["overflow"]
    options: list[LinkedOption] = Field(min_length=1, max_length=OVERFLOW_OPTIONS)


class Checkboxes(_Focused):
    """Choices of which several can be ticked."""

    type: Literal["checkboxes"]
    options: list[ListedOption] = Field(min_length=1, max_length=LISTED_OPTIONS)
    initial_options: list[ListedOption] | None = Field(None, min_length=1)

    @model_validator(mode="after")
    def _ticked_are_offered(self) -> Self:
        _must_be_offered(self.initial_options or [], self.options)
        return self


class RadioButtons(_Focused):
    """Choices of which one is ticked."""

    type: Literal["radio_buttons"]
    options: list[ListedOption] = Field(min_length=1, max_length=LISTED_OPTIONS)
    initial_option: ListedOption | None = None

    @model_validator(mode="after")
    def _ticked_is_offered(self) -> Self:
        _must_be_offered([self.initial_option] if self.initial_option else [], self.options)
        return self


class _Menu(_Focused):
    placeholder: Placeholder | None = None


class _ManyMenu(_Menu):
    max_selected_items: int | None = Field(None, ge=1)


class _Offering(_Menu):
    options: Options | None = None
    option_groups: OptionGroups | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.options is None) == (self.option_groups is None):
            raise ValueError("either options or option_groups")
        return self

    def _all(self) -> list[Option]:
        groups = self.option_groups or []
        return (self.options or []) + [option for group in groups for option in group.options]


class StaticSelect(_Offering):
    """A menu of given choices."""

    type: Literal["static_select"]
    initial_option: Option | None = None

    @model_validator(mode="after")
    def _chosen_is_offered(self) -> Self:
        _must_be_offered([self.initial_option] if self.initial_option else [], self._all())
        return self


class MultiStaticSelect(_Offering, _ManyMenu):
    """A menu of given choices of which several can be chosen."""

    type: Literal["multi_static_select"]
    initial_options: list[Option] | None = Field(None, min_length=1)

    @model_validator(mode="after")
    def _chosen_are_offered(self) -> Self:
        _must_be_offered(self.initial_options or [], self._all())
        return self


class ExternalSelect(_Menu):
    """A menu whose choices the app is asked for."""

    type: Literal["external_select"]
    initial_option: Option | None = None
    min_query_length: int | None = Field(None, ge=0)


class MultiExternalSelect(_Confirmed):
    """A menu of several choices, which the app is asked for; alone among the menus it can't have the focus at first."""

    type: Literal["multi_external_select"]
    placeholder: Placeholder | None = None
    initial_options: list[Option] | None = Field(None, min_length=1)
    min_query_length: int | None = Field(None, ge=0)
    max_selected_items: int | None = Field(None, ge=1)


class UsersSelect(_Menu):
    """A menu of people."""

    type: Literal["users_select"]
    initial_user: str | None = None


class MultiUsersSelect(_ManyMenu):
    """A menu of people of whom several can be chosen."""

    type: Literal["multi_users_select"]
    initial_users: list[str] | None = None


class ConversationsSelect(_Menu):
    """A menu of channels and direct messages."""

    type: Literal["conversations_select"]
    initial_conversation: str | None = None
    default_to_current_conversation: bool = False
    response_url_enabled: bool = False
    filter: ConversationFilter | None = None


class MultiConversationsSelect(_ManyMenu):
    """A menu of channels and direct messages of which several can be chosen."""

    type: Literal["multi_conversations_select"]
    initial_conversations: list[str] | None = None
    default_to_current_conversation: bool = False
    filter: ConversationFilter | None = None


class ChannelsSelect(_Menu):
    """A menu of public channels."""

    type: Literal["channels_select"]
    initial_channel: str | None = None
    response_url_enabled: bool = False


class MultiChannelsSelect(_ManyMenu):
    """A menu of public channels of which several can be chosen."""

    type: Literal["multi_channels_select"]
    initial_channels: list[str] | None = None


class DatePicker(_Menu):
    """A day."""

    type: Literal["datepicker"]
    initial_date: Annotated[str, AfterValidator(_date)] | None = None


class TimePicker(_Menu):
    """A time of day."""

    type: Literal["timepicker"]
    initial_time: str | None = Field(None, pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")
    timezone: str | None = None


class DateTimePicker(_Focused):
    """A moment, in seconds since 1970: ten digits."""

    type: Literal["datetimepicker"]
    initial_date_time: int | None = Field(None, ge=10**9, lt=10**10)


class _Typed(Element):
    placeholder: Placeholder | None = None
    focus_on_load: bool = False
    dispatch_action_config: DispatchActions | None = None


class PlainTextInput(_Typed):
    """A field for words."""

    type: Literal["plain_text_input"]
    initial_value: str | None = None
    multiline: bool = False
    min_length: int | None = Field(None, ge=0, le=3000)
    max_length: int | None = Field(None, ge=1, le=3000)

    @model_validator(mode="after")
    def _can_be_filled(self) -> Self:
        if self.min_length is not None and self.max_length is not None and self.min_length > self.max_length:
            raise ValueError("min_length is more than max_length")
        return self


class NumberInput(_Typed):
    """A field for a number; the bounds are numbers as text."""

    type: Literal["number_input"]
    is_decimal_allowed: bool
    initial_value: str | None = None
    min_value: Annotated[str, AfterValidator(_number)] | None = None
    max_value: Annotated[str, AfterValidator(_number)] | None = None

    @model_validator(mode="after")
    def _can_be_filled(self) -> Self:
        if self.min_value is not None and self.max_value is not None and float(self.min_value) > float(self.max_value):
            raise ValueError("min_value is more than max_value")
        return self


class EmailInput(_Typed):
    """A field for an e-mail address."""

    type: Literal["email_text_input"]
    initial_value: str | None = None


class UrlInput(_Typed):
    """A field for an address on the web."""

    type: Literal["url_text_input"]
    initial_value: str | None = None


class Image(Shape):
    """A picture, small: of an address."""

    type: Literal["image"]
    image_url: Address
    alt_text: str = Field(max_length=2000)


Select = StaticSelect | ExternalSelect | UsersSelect | ConversationsSelect | ChannelsSelect
MultiSelect = (
    MultiStaticSelect | MultiExternalSelect | MultiUsersSelect | MultiConversationsSelect | MultiChannelsSelect
)
Choice = Select | DatePicker | TimePicker | Checkboxes | RadioButtons
