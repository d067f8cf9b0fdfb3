"""The one door to other people's servers: time limits, size limits, no redirect, no secret in a message."""

import json as jsons
import logging
import math
import os
import random
import socket
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from threading import Timer
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from livestream.conf import conf
from livestream.errors import VendorError, VendorRejected, VendorUnavailable

log = logging.getLogger(__name__)

MAX_BYTES = 2_000_000
ATTEMPTS = 3
PAUSE_SECONDS = 0.2
LONGEST_WAIT = 86_400
# What goes wrong on the way: requests (an OSError), urllib3 below it, and sockets that were shut meanwhile.
NETWORK_ERRORS = (OSError, HTTPError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a vendor answered. The names of `headers` are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The document of the body, prices as Decimal. Raises VendorUnavailable where it is none."""
        try:
            return jsons.loads(self.body, parse_float=Decimal)
        except (ValueError, RecursionError) as exc:
            raise VendorUnavailable("The answer is not a JSON document.") from exc


class Http:
    """A vendor's server at `base_url`. Not to be shared between threads.

    Certificates are always checked, redirects never followed, proxies taken from the environment.
    """

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        self.host = _host(base_url)
        # No session: one would read ~/.netrc over our credentials, keep cookies, and read a redirect's body.
        self.adapter = _Adapter()

    def request(
        self, method: str, path: str, *, ok: Collection[int] = (200,), headers: Mapping[str, str], **more: Any
    ) -> Reply:
        """The answer, where its status is one of `ok`. `path` begins with a slash and is quoted already.

        `more` is what `requests.Request` takes: `params`, `json`, `data`. Only a GET is ever sent twice.
        Raises VendorUnavailable (network, time, size, redirect, 429, 5xx) or VendorRejected (other statuses).
        """
        named = {"User-Agent": "django-giftcast", **headers}
        question = requests.Request(method, self.base_url + path, named, **more)
        started, status = time.monotonic(), 0
        try:
            reply = self._ask(question)
            status = reply.status
            if status not in ok:
                raise _refusal(self.host, reply)
        except VendorError:
            spent = round(1000 * (time.monotonic() - started))
            log.warning("%s %s%s: status %s, %s ms", method, self.host, path, status or "none", spent)
            raise
        return reply

    def _ask(self, question: requests.Request) -> Reply:
        try:
            sent = question.prepare()
            with _deadline(min(2 * conf().VENDOR_TIMEOUT_SECONDS, _left_for_all())) as deadline:
                return self._receive(self._send(sent, deadline), deadline)
        except ValueError:
            # The library's own message holds what cannot be sent, which may be a credential.
            host = self.host or "This vendor"
            raise VendorRejected(f"{host} cannot be called: look at its address and credentials.") from None

    def _send(self, sent: requests.PreparedRequest, deadline: "_Deadline") -> requests.Response:
        """The head of the answer. A question that broke off before it is asked again; an order never."""
        attempts = ATTEMPTS if sent.method == "GET" else 1
        for attempt in range(1, attempts + 1):
            try:
                return self._send_once(sent, deadline)
            except ValueError:
                raise
            except NETWORK_ERRORS as exc:
                pause = random.uniform(PAUSE_SECONDS, 2 * PAUSE_SECONDS) * attempt  # noqa: S311
                if attempt == attempts or not _may_pass(exc) or pause >= deadline.left:
                    # The library's own message holds the whole URL: it must not ride along in a traceback.
                    raise VendorUnavailable(_trouble(self.host, exc, deadline)) from None
            time.sleep(pause)
        raise AssertionError("The last attempt returns or raises.")

    def _send_once(self, sent: requests.PreparedRequest, deadline: "_Deadline") -> requests.Response:
        patience = max(min(conf().VENDOR_TIMEOUT_SECONDS, deadline.left), 0.001)
        return self.adapter.send(
            sent,
            stream=True,
            timeout=(patience, patience),
            verify=os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE") or True,
            proxies=get_environ_proxies(sent.url or ""),
        )

    def _receive(self, response: requests.Response, deadline: "_Deadline") -> Reply:
        try:
            with response:
                body = b"".join(_limited(response, self.host))
        except NETWORK_ERRORS as exc:
            raise VendorUnavailable(_trouble(self.host, exc, deadline)) from None
        if deadline.is_over:  # a connection that we shut ourselves looks like the end of the body
            raise VendorUnavailable(f"{self.host} did not answer in time.")
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(status=response.status_code, headers=headers, body=body)


def address_of(name: str, known: Mapping[str, str]) -> str:
    """The base URL that one of the `known` names stands for, or an address itself. Raises ValueError."""
    base = known.get(name, name).rstrip("/")
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{name!r} is neither {' nor '.join(known)} nor an address.")
    return base


def seconds_to_wait(value: str) -> int | None:
    """Retry-After in seconds, at most a day, from seconds or an HTTP date; None where it says nothing."""
    if value.isascii() and value.isdigit():
        return min(int(value[:9]), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(round((aware - datetime.now(UTC)).total_seconds()), 0), LONGEST_WAIT)


def _host(url: str) -> str:
    """For sentences: without the user and the password that an address may hold."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _refusal(host: str, reply: Reply) -> VendorError:
    """The error for a status that nobody expects."""
    wait = seconds_to_wait(reply.headers.get("retry-after", ""))
    if 300 <= reply.status < 400:
        return VendorUnavailable(f"{host} answered with a redirect, which is never followed.")
    if reply.status == 429:
        return VendorUnavailable(f"{host} asks to be called less often.", retry_after=wait)
    if reply.status >= 500:
        return VendorUnavailable(f"{host} has trouble of its own (status {reply.status}).", retry_after=wait)
    return VendorRejected(f"{host} refused (status {reply.status}).", status=reply.status)


def _may_pass(exc: Exception) -> bool:
    """Broken connections may do better at once; slow servers and wrong certificates do not."""
    lasting = (requests.exceptions.SSLError, requests.exceptions.ReadTimeout)
    return isinstance(exc, requests.ConnectionError) and not isinstance(exc, lasting)


def _trouble(host: str, exc: Exception, deadline: "_Deadline") -> str:
    if deadline.is_over or isinstance(exc, requests.Timeout):
        return f"{host} did not answer in time."
    if isinstance(exc, requests.exceptions.SSLError):
        return f"{host} has no certificate that can be trusted."
    if isinstance(exc, requests.ConnectionError):
        return f"{host} cannot be reached."
    return f"{host} could not be asked to the end ({type(exc).__name__})."


def _limited(response: requests.Response, host: str) -> Iterator[bytes]:
    size = 0
    for chunk in response.iter_content(65_536):
        size += len(chunk)
        if size > MAX_BYTES:
            raise VendorUnavailable(f"{host} sent more than {MAX_BYTES} bytes.")
        yield chunk


class _Deadline:
    """Ends one call when its time is up, also one whose server sends a byte now and then: it shuts the
    connection, because a read that goes on getting bytes never times out.
    """

    def __init__(self, seconds: float) -> None:
        self.ends = time.monotonic() + seconds
        self.connection: HTTPConnection | None = None
        self.sock: socket.socket | None = None
        self.timer = Timer(seconds, self.shut)
        self.timer.daemon = True

    @property
    def left(self) -> float:
        return self.ends - time.monotonic()

    @property
    def is_over(self) -> bool:
        return self.left <= 0

    def guard(self, connection: HTTPConnection) -> None:
        """Raises TimeoutError where it is too late already: names can take long to be found."""
        # Its socket is kept too: the connection forgets it where the answer is its last.
        self.connection, self.sock = connection, connection.sock
        if self.is_over:
            raise TimeoutError

    def shut(self) -> None:
        sock = self.sock or getattr(self.connection, "sock", None)
        if sock is not None:
            try:
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
            except OSError:
                log.debug("The connection was closed already.")


_running: ContextVar[_Deadline] = ContextVar("running")
_all_end: ContextVar[float] = ContextVar("all_end", default=math.inf)


@contextmanager
def _deadline(seconds: float) -> Iterator[_Deadline]:
    deadline = _Deadline(seconds)
    token = _running.set(deadline)
    deadline.timer.start()
    try:
        yield deadline
    finally:
        deadline.timer.cancel()
        _running.reset(token)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """All calls in this block together take no longer: somebody waits for a page, or for a worker."""
    token = _all_end.set(min(_all_end.get(), time.monotonic() + seconds))
    try:
        yield
    finally:
        _all_end.reset(token)


def _left_for_all() -> float:
    """Never nothing, for which a timer cannot be set: such a call ends before it began."""
    return max(_all_end.get() - time.monotonic(), 0.001)


class _Guarded(HTTPConnection):
    """A connection that the deadline of the running call can shut."""

    def connect(self) -> None:
        _running.get().guard(self)
        super().connect()
        _running.get().guard(self)

    def request(self, *args: Any, **kwargs: Any) -> None:
        _running.get().guard(self)
        super().request(*args, **kwargs)


class _GuardedTls(_Guarded, HTTPSConnection):
    """The same, encrypted."""


class _Adapter(HTTPAdapter):
    """Opens guarded connections, direct ones and those through a proxy."""

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = _GuardedTls if pool.scheme == "https" else _Guarded
        return pool
