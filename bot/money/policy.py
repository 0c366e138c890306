"""What a server decided about its money: prices, pot and shares. Pure records, kept among its settings."""

from __future__ import annotations

from typing import Final, Literal, Self, get_args
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Period = Literal["day", "week", "month"]
"""How often a pot is filled anew."""
Subject = Literal["member", "role", "channel", "command"]
"""What a share is of: a member (``id`` empty: every member), who has a role, a channel, a kind of order."""

PERIODS: Final[tuple[Period, ...]] = get_args(Period)
SUBJECTS: Final[tuple[Subject, ...]] = get_args(Subject)

CREDITS_MOST: Final = 1_000_000_000
"""Of any amount: sums of them stay far below what a database's integer holds."""
SHARES_MOST: Final = 100
PRICES_MOST: Final = 100
REASON_MAX: Final = 200


class Price(BaseModel):
    """What one thing costs, in credits; the most exact one that fits counts."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    host: str = Field(min_length=1, max_length=100)
    kind: str | None = Field(default=None, max_length=20)
    """Of the recipe (``riff``, ``song``, ``image``, ...); None: whatever it is."""
    model: str | None = Field(default=None, max_length=100)
    """Where a host has several; None: any."""
    credits: int = Field(ge=0, le=CREDITS_MOST)

    @property
    def of(self) -> tuple[str, str | None, str | None]:
        """What it is the price of."""
        return self.host, self.kind, self.model


class Share(BaseModel):
    """How much of the pot somebody or something may use in a day.

    Of the shares that fit a member the one of the member alone counts, else the best of the member's roles,
    else the one of every member. Those of channels and commands count beside it.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    subject: Subject
    id: str = Field(default="", max_length=24)
    """Discord's id of member, role or channel; of a command its kind of recipe."""
    cap: int | None = Field(default=None, ge=0, le=CREDITS_MOST)
    """Credits a day: of a channel for all together, else for each member. None: ``weight`` says."""
    weight: float = Field(default=1.0, gt=0, le=100, allow_inf_nan=False)
    """Times what every member has; only of roles and members, where there is no ``cap``."""
    exempt: bool = False
    """No share limits who has this; the pot still does."""

    @property
    def of(self) -> tuple[Subject, str]:
        """What it is the share of."""
        return self.subject, self.id


class PotPolicy(BaseModel):
    """How a server's pot is filled."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    amount: int = Field(default=1_000, ge=0, le=CREDITS_MOST)
    """Credits that each period brings."""
    period: Period = "month"
    zone: str = "UTC"
    """Of the reset time, by its IANA name."""
    reset_minute: int = Field(default=0, ge=0, lt=24 * 60)
    """When a day begins, in minutes after midnight there; weeks on Monday, months on the 1st."""
    carry_over: bool = False
    """Whether what is left of a period's credits stays; what was topped up stays in any case."""
    hard_stop: bool = True
    """Whether an order that the pot cannot pay is refused; otherwise the pot goes below zero."""

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (KeyError, OSError, ValueError) as error:
            raise ValueError("no such zone") from error
        return zone


class MoneySettings(BaseModel):
    """Everything about money that a server decides."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    pot: PotPolicy = PotPolicy()
    prices: tuple[Price, ...] = Field(default=(), max_length=PRICES_MOST)
    """What differs from the prices of whoever runs the bot."""
    shares: tuple[Share, ...] = Field(default=(), max_length=SHARES_MOST)
    gifts: bool = True
    """Whether members may give away what is left of their share of the day."""
    gift_most: int | None = Field(default=None, ge=0, le=CREDITS_MOST)
    """What one member may give away in a day; None: all of the share."""
    credit_value: float | None = Field(default=None, gt=0, le=1_000_000, allow_inf_nan=False)
    """What a credit is worth, in ``currency``; shown beside prices."""
    currency: str = Field(default="", max_length=8)
    ask_above: int = Field(default=10, ge=0, le=CREDITS_MOST)
    """An order that costs more is shown with its price, and placed when its member says so."""
    use_shown: bool = True
    """Whether everybody sees who used how much."""

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        for kept in (self.prices, self.shares):
            if len({each.of for each in kept}) != len(kept):
                raise ValueError("the same thing twice")
        return self
