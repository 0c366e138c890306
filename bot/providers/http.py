"""Calls to one host over HTTP: limits on time and size, retries of what may be repeated.

The rule that money hangs on: a call that creates something is sent once. Either it certainly was not
accepted (``Refused``, ``Unreachable``) or nobody here knows (``OutcomeUnknown``); it is never repeated
in this file, and leaves by a connection of its own, since a kept one may be closed by the host just as it
is used. Everything else is repeated a few times, with jitter and a cap.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import aiohttp

from bot.errors import HostBusy, HostError, NotUnderstood, OutcomeUnknown, RateLimited, Unreachable
from bot.providers.addresses import connector
from bot.providers.answers import Answer, date_of, disguised, problem_of
from bot.providers.rates import Calling, Rates
from bot.providers.refusals import refusal, tells_low_credit
from bot.providers.waits import MOST_WAIT_S, asked_wait_s, pause_s

_LONGER_FOR_FILES = 10
"""How much more patience a call gets that brings a file; silence lasts while it is still on its way."""
_GONE_WRONG = (aiohttp.ClientError, TimeoutError, OSError)


class BrokenOff(aiohttp.ClientError):
    """The connection broke before there was an answer."""


async def _no_second_try(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keep aiohttp from sending a PUT again whose kept connection broke: it may have been accepted."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:  # nothing was sent
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise BrokenOff(str(error)) from error


@dataclass(slots=True)
class _Leaving:
    """A call on its way out: what must be done before its first byte leaves, and whether that was reached."""

    ahead: Callable[[], Awaitable[None]] | None
    began: bool = False


def _before_it_leaves() -> aiohttp.TraceConfig:
    """Has aiohttp wait for ``_Leaving.ahead`` with the connection open and the request built.

    It tells of the headers just before it writes them (``StreamWriter.write_headers``).
    """
    config = aiohttp.TraceConfig()

    async def leaving(_: aiohttp.ClientSession, context: SimpleNamespace, __: object) -> None:
        call = context.trace_request_ctx
        if isinstance(call, _Leaving):
            if call.ahead is not None:
                await call.ahead()
            call.began = True

    config.on_request_headers_sent.append(leaving)
    return config


class TooLarge(Exception):
    """The answer is longer than any that the API documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one call."""

    connect_s: float = 10.0
    read_s: float = 20.0
    total_s: float = 30.0
    budget_s: float = 60.0
    """After which a call that may be repeated is not tried again."""
    answer_bytes: int = 48 * 2**20
    """A page of a hundred predictions, each with a source that was sent inline, has some 35 MB."""
    connections: int = 20


def not_sent(error: BaseException) -> bool:
    """Whether the connection itself failed, so that no byte of the request left this machine."""
    return isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)


@dataclass(kw_only=True)
class HostHttp:
    """Calls to one host's API. Close it when done; sessions are opened by first calls."""

    host: str
    base_url: str
    token: str | None = field(default=None, repr=False)
    limits: Limits = field(default_factory=Limits)
    rates: Rates = field(default_factory=Rates, repr=False)
    busy: frozenset[int] = frozenset()
    """Statuses by which the host says that it has no place free, so that a creation was not accepted."""
    pause: Callable[[float], Awaitable[None]] = field(default=asyncio.sleep, repr=False)
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC), repr=False)
    """Our own clock, which the host's need not agree with."""
    ahead: timedelta | None = field(default=None, init=False, repr=False)
    """How far the host's clock is ahead of ours, by its last answer that told the time."""
    _sessions: dict[bool, aiohttp.ClientSession] = field(
        default_factory=dict[bool, aiohttp.ClientSession], init=False, repr=False
    )
    """By whether they keep their connections."""

    async def close(self) -> None:
        """Close all connections, also where it breaks for some."""
        async with contextlib.AsyncExitStack() as closing:
            for session in self._sessions.values():
                closing.push_async_callback(session.close)

    async def once(
        self,
        method: str,
        path: str,
        *,
        json: Mapping[str, Any],
        headers: Mapping[str, str] | None = None,
        ahead: Callable[[], Awaitable[None]] | None = None,
    ) -> Answer:
        """Send a call that must not be repeated, and return a good answer.

        ``ahead`` is awaited when the connection stands and the request is built, before its first byte
        leaves; what it raises is raised here, and nothing was sent.

        Raises:
            Refused: by the host's answer, one class a cause; it was not accepted.
            RateLimited: also when it was not even sent, because the host may not be asked yet.
            Unreachable: it certainly was not accepted.
            OutcomeUnknown: it may have been.
        """
        await self._admitted(Calling.CREATE)
        leaving = _Leaving(ahead)
        try:
            answer = await self._send(
                method, path, json=json, headers=headers, middlewares=(_no_second_try,), leaving=leaving
            )
        except TooLarge as error:
            raise OutcomeUnknown(self.host, "the answer is too large") from error
        except _GONE_WRONG as error:
            kind = Unreachable if not leaving.began or not_sent(error) else OutcomeUnknown
            raise kind(self.host, self.told(error)) from error
        failure = self._failure(answer, Calling.CREATE)
        if failure is not None:
            raise failure
        return answer

    async def safe(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        json: Mapping[str, Any] | None = None,
        form: Callable[[], aiohttp.FormData] | None = None,
        urgent: bool = False,
    ) -> Answer:
        """Send a call that does no harm when repeated, up to :data:`bot.providers.waits.ATTEMPTS` times.

        Args:
            method: GET, POST and so on.
            path: After the base address.
            query: What follows its question mark.
            json: The body.
            form: Makes the multipart body, anew for each try.
            urgent: It goes at once although the host wants to be left alone: later would be too late.

        Raises:
            Refused: by the host's answer, one class a cause.
            RateLimited: also when it was not even sent, because the host may not be asked yet.
            Unreachable: no good answer could be had.
            NotUnderstood: the answer has no end.
        """
        attempt = 0
        give_up_at = self.rates.clock() + self.limits.budget_s
        while True:
            await self._admitted(Calling.SAFE, urgent=urgent)
            outcome = await self._try(method, path, query, json, form)
            if isinstance(outcome, Answer):
                return outcome
            asked_s = outcome.retry_after_s if isinstance(outcome, RateLimited) else None
            wait_s = pause_s(attempt, asked_s=asked_s, chance=random.random())
            if wait_s is None or self.rates.clock() + wait_s > give_up_at:
                raise outcome
            await self.pause(wait_s)
            attempt += 1

    async def _admitted(self, calling: Calling, *, urgent: bool = False) -> None:
        """Wait until the host may be asked, if that is soon; else tell how long it takes."""
        while True:
            place = self.rates.look(calling, urgent=urgent)
            if place.wait_s > MOST_WAIT_S:
                kind = HostBusy if place.busy else RateLimited
                raise kind(self.host, "not asked yet", retry_after_s=place.wait_s)
            self.rates.take(place)
            if place.wait_s > 0:
                await self.pause(place.wait_s)
            if urgent or not self.rates.holds(place):
                return

    async def _try(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        json: Mapping[str, Any] | None,
        form: Callable[[], aiohttp.FormData] | None,
    ) -> Answer | HostError:
        """A good answer, or a failure worth another try; raises one that is not."""
        try:
            answer = await self._send(method, path, query=query, json=json, form=form and form())
        except TooLarge as error:
            raise NotUnderstood(self.host, "the answer is too large") from error
        except _GONE_WRONG as error:
            unreachable = Unreachable(self.host, self.told(error))
            unreachable.__cause__ = error
            return unreachable
        failure = self._failure(answer, Calling.SAFE)
        if failure is None:
            return answer
        if not isinstance(failure, Unreachable | RateLimited):
            raise failure
        return failure

    def _failure(self, answer: Answer, calling: Calling) -> HostError | None:
        """What an answer refuses, if it does; the host's wish to be left alone is noted for all callers."""
        if answer.ok and disguised(answer) is None:
            return None
        failure = refusal(self.host, answer, calling, hide=self.secrets, busy=self.busy)
        if isinstance(failure, RateLimited):
            self.rates.hold(calling, failure.retry_after_s, busy=isinstance(failure, HostBusy))
        elif answer.status == 503:
            asked_s = asked_wait_s(answer, problem_of(answer), datetime.now(UTC))
            self.rates.hold(calling, asked_s or 0.0)
        if calling is Calling.CREATE and tells_low_credit(failure):
            self.rates.slow_down()
        return failure

    async def _send(
        self,
        method: str,
        path: str,
        *,
        json: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
        form: aiohttp.FormData | None = None,
        headers: Mapping[str, str] | None = None,
        middlewares: Sequence[aiohttp.ClientMiddlewareType] | None = None,
        leaving: _Leaving | None = None,
    ) -> Answer:
        # Redirects are never followed: a key must not travel to wherever a host points.
        async with self._opened(keep=leaving is None).request(
            method,
            self.base_url + path,
            json=json,
            data=form,
            params=query,
            headers=headers,
            timeout=self._patience(1 if form is None else _LONGER_FOR_FILES),
            allow_redirects=False,
            middlewares=middlewares,
            trace_request_ctx=leaving,
        ) as response:
            told_at = date_of(response.headers)
            self.ahead = self.ahead if told_at is None else told_at - self.now()
            body = bytearray()
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > self.limits.answer_bytes:
                    response.close()
                    raise TooLarge
            return Answer(status=response.status, headers=response.headers, body=bytes(body))

    def _patience(self, times: int) -> aiohttp.ClientTimeout:
        limits = self.limits
        return aiohttp.ClientTimeout(
            total=limits.total_s * times, connect=limits.connect_s, sock_read=limits.read_s * times
        )

    def _opened(self, *, keep: bool) -> aiohttp.ClientSession:
        if keep not in self._sessions:
            headers = {"User-Agent": "Riffcord", "Accept": "application/json"}
            if self.token:
                headers["Authorization"] = f"Bearer {self.token}"
            self._sessions[keep] = aiohttp.ClientSession(
                connector=connector(public_only=False, limit=self.limits.connections, keep=keep),
                headers=headers,
                cookie_jar=aiohttp.DummyCookieJar(),
                trace_configs=[_before_it_leaves()],
            )
        return self._sessions[keep]

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not turn up in an error."""
        return (self.token,) if self.token else ()

    def told(self, error: BaseException) -> str:
        """A foreign error in a few words for the log, without secrets."""
        text = f"{type(error).__name__}: {error}"
        for secret in self.secrets:
            text = text.replace(secret, "[secret]")
        return text
