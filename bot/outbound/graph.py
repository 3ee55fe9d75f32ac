"""Calls to the Graph API for one Page; an error says what is to be done about it."""

import hashlib
import hmac
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
import msgspec

from bot.outbound.errors import InDoubt, MessageRefused, NotConnected, SecretRefused
from bot.outbound.graph_errors import Refusal, to_error

#: Calls under way at once.
MAX_CALLS = 300
#: A call that takes longer than `total` has an unknown outcome; without a connection, a known one.
_TIMEOUT = aiohttp.ClientTimeout(total=20, connect=10, sock_connect=5)
#: Messenger names minutes, and what we read there may be anything.
_MAX_REGAIN_MINUTES = 24 * 60
_OK = 200
_USAGE = "X-Business-Use-Case-Usage"
_BAD_PARAMETER = 100
_MAX_ANSWER_BYTES = 1024 * 1024
#: What Meta's support asks for; anything else in its place is not logged.
_TRACE = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_JSON = {"Content-Type": "application/json"}
_encode = msgspec.json.Encoder().encode

#: The parameter that shows that we know the app secret.
Proof = dict[str, str]


@dataclass(frozen=True, slots=True)
class GraphAccess:
    """How one Page speaks to the Graph API."""

    page_id: str
    url: str
    token: str
    app_secret: str

    def __repr__(self) -> str:
        """Show nothing secret, also not in a traceback."""
        return f"GraphAccess(page_id={self.page_id})"


class _Usage(msgspec.Struct):
    estimated_time_to_regain_access: int = 0
    call_count: int = 0
    total_cputime: int = 0
    total_time: int = 0


class _Error(msgspec.Struct):
    code: int | None = None
    error_subcode: int | None = None
    is_transient: bool = False
    fbtrace_id: str = ""


class _Failure(msgspec.Struct):
    error: _Error


_decode_result = msgspec.json.Decoder(dict[str, Any]).decode
_decode_failure = msgspec.json.Decoder(_Failure).decode
_decode_usage = msgspec.json.Decoder(dict[str, list[_Usage]]).decode


def open_session() -> aiohttp.ClientSession:
    """Open the only way out: verified TLS, no proxies from the environment, no cookies."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=MAX_CALLS),
        timeout=_TIMEOUT,
        cookie_jar=aiohttp.DummyCookieJar(),
    )


class Graph:
    """Reads and writes what belongs to a Page at Meta."""

    def __init__(self, access: GraphAccess, session: aiohttp.ClientSession) -> None:
        self.page_id = access.page_id
        #: How much of what Meta allows was used at the last answer, in percent.
        self.usage_percent = 0
        self._url = access.url
        self._session = session
        self.use(token=access.token, app_secrets=[access.app_secret])

    def use(self, *, token: str, app_secrets: Sequence[str]) -> None:
        """Speak with this token from now on, and prove it with the first secret that is taken."""
        self.token = token
        # A token in a URL ends up in somebody's log.
        self._bearer = {"Authorization": f"Bearer {token}"}
        self._proofs = [_proof(token, secret) for secret in app_secrets]

    async def get(self, path: str, **parameters: str) -> dict[str, Any]:
        """Read `path`, such as "123/subscribed_apps".

        Raises:
            GraphError: One of its children, by what is to be done about it.
        """
        return await self._call("GET", path, lambda proof: {"params": {**parameters, **proof}})

    async def post(self, path: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """Write `content` to `path`; raises as `get` does."""
        return await self._call("POST", path, lambda proof: _body({**content, **proof}))

    async def post_form(self, path: str, content: Mapping[str, str]) -> dict[str, Any]:
        """Write `content` to `path` as a form, as Meta's older calls want it; raises as `get`."""
        return await self._call("POST", path, lambda proof: {"data": {**content, **proof}})

    async def upload(
        self, path: str, content: Mapping[str, Any], *, file: bytes | bytearray, name: str
    ) -> dict[str, Any]:
        """Write `content` and a file to `path`, as a form; raises as `get` does."""

        def form(proof: Proof) -> dict[str, Any]:
            made = aiohttp.FormData()
            for field, value in {**content, **proof}.items():
                made.add_field(field, value if isinstance(value, str) else _encode(value).decode())
            made.add_field("filedata", io.BytesIO(file), filename=name, content_type="text/html")
            return {"data": made}

        return await self._call("POST", path, form)

    async def delete(self, path: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """Delete what `content` names at `path`; raises as `get` does."""
        return await self._call("DELETE", path, lambda proof: _body({**content, **proof}))

    async def _call(
        self, method: str, path: str, request: Callable[[Proof], dict[str, Any]]
    ) -> dict[str, Any]:
        """Call with the proof that was taken last; where it is refused, with the other one."""
        proofs = list(self._proofs)
        for proof in proofs:
            try:
                answer = await self._once(method, path, **request(proof))
            except MessageRefused as refused:
                if not _may_be_proof(refused) or await self._takes(proof):
                    raise
            else:
                if proof is not proofs[0] and proofs == self._proofs:
                    self._proofs = [proof, *(one for one in proofs if one is not proof)]
                return answer
        raise SecretRefused

    async def _takes(self, proof: Proof) -> bool:
        """Ask whether a proof is taken, with a call that has nothing else to be refused for."""
        try:
            await self._once("GET", self.page_id, params={"fields": "id", **proof})
        except MessageRefused as refused:
            return not _may_be_proof(refused)
        return True

    async def _once(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        is_form = isinstance(request.get("data"), aiohttp.FormData | dict)  # names its type itself
        try:
            # Never elsewhere: a redirect would carry what is said to whom to another host.
            async with self._session.request(
                method,
                f"{self._url}/{path}",
                headers=self._bearer | ({} if is_form else _JSON),
                allow_redirects=False,
                **request,
            ) as answer:
                self.usage_percent = _usage_percent(answer.headers.get(_USAGE))
                return _result(answer.status, answer.headers, await _read(answer))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as unreachable:
            raise NotConnected from unreachable
        except (aiohttp.ClientError, TimeoutError) as broken:
            raise InDoubt(cause=type(broken).__name__) from broken


def _proof(token: str, app_secret: str) -> Proof:
    digest = hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
    return {"appsecret_proof": digest}


def _body(content: Mapping[str, Any]) -> dict[str, Any]:
    return {"data": _encode(content)}


def _may_be_proof(refused: MessageRefused) -> bool:
    """Tell whether a parameter was refused and nobody said which: the proof is one, too."""
    return refused.facts.get("code") == _BAD_PARAMETER and not refused.facts.get("subcode")


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in answer.content.iter_any():
        body += chunk
        if len(body) > _MAX_ANSWER_BYTES:
            raise InDoubt(status=answer.status, cause="answer too long")
    return bytes(body)


def _result(status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    try:
        result = _decode_result(body)
        if status == _OK and "error" not in result:
            return result
        error = _decode_failure(body).error if "error" in result else _Error()
    except msgspec.MsgspecError as garbage:
        # Something answered, but not in Graph's words: the call may have had its effect.
        raise InDoubt(status=status, cause="unreadable answer") from garbage
    raise to_error(
        Refusal(
            status=status,
            code=error.code,
            subcode=error.error_subcode,
            is_transient=error.is_transient,
            regain_minutes=_regain_minutes(headers.get(_USAGE)),
            fbtrace_id=error.fbtrace_id if _TRACE.fullmatch(error.fbtrace_id) else "",
        )
    )


def _regain_minutes(header: str | None) -> int:
    minutes = max((one.estimated_time_to_regain_access for one in _usages(header)), default=0)
    return min(max(0, minutes), _MAX_REGAIN_MINUTES)


def _usage_percent(header: str | None) -> int:
    return max(
        (max(one.call_count, one.total_cputime, one.total_time) for one in _usages(header)),
        default=0,
    )


def _usages(header: str | None) -> list[_Usage]:
    if not header:
        return []
    try:
        return [usage for some in _decode_usage(header).values() for usage in some]
    except msgspec.MsgspecError:
        return []
