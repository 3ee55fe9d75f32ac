"""The errors of the Graph API, in its own shape: `{"error": {"message", "type", "code", …}}`."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a call is refused: the pair (code, subcode) is what a client decides on."""

    code: int
    message: str
    subcode: int | None = None
    status: int = 400
    is_transient: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)

    def to_response(self) -> web.Response:
        """Render as Graph does, with a fresh trace id."""
        error: dict[str, object] = {
            "message": f"(#{self.code}) {self.message}",
            "type": "OAuthException",
            "code": self.code,
            "is_transient": self.is_transient,
            "fbtrace_id": f"A{secrets.token_urlsafe(16)}",
        }
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        return web.Response(
            text=json.dumps({"error": error}),
            status=self.status,
            content_type="application/json",
            headers=self.headers,
        )


class GraphError(Exception):
    """A call that is answered with a refusal."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


def bad_parameter(message: str, *, subcode: int | None = None) -> GraphError:
    """Return error 100, which names what is wrong with the call."""
    return GraphError(Refusal(100, message, subcode))


def throttled(page_id: str, *, minutes: int) -> Refusal:
    """Return error 80006 with the usage header that says when calls are taken again."""
    usage = usage_header(page_id, percent=100, minutes=minutes)
    return Refusal(80006, "There have been too many calls to this Page.", headers=usage)


def usage_header(page_id: str, *, percent: int, minutes: int = 0) -> dict[str, str]:
    """Return the header in which Graph tells how much of a Page's allowance is used."""
    use = {
        "type": "messenger",
        "call_count": percent,
        "total_cputime": percent,
        "total_time": percent,
        "estimated_time_to_regain_access": minutes,
    }
    return {"X-Business-Use-Case-Usage": json.dumps({page_id: [use]})}


WINDOW_CLOSED = Refusal(10, "This message is sent outside of allowed window.", 2018278, status=403)
NO_HUMAN_AGENT = Refusal(
    10, "To use 'Human Agent', your use of this endpoint must be reviewed and approved.", status=403
)
OTHER_APP_CONTROLS = Refusal(
    10,
    "Message failed to send because another app is controlling this thread now.",
    2018300,
    status=403,
)
NO_PERMISSION = Refusal(10, "The app has no permission for this action.", status=403)
RETIRED_TAG = Refusal(100, "Invalid parameter: this message tag is retired.", 1893061)
NO_SUCH_PERSON = Refusal(100, "No matching user found.", 2018001)
NO_SUCH_OBJECT = Refusal(
    100, "Object does not exist, or cannot be loaded due to missing permissions.", 33
)
FILE_TOO_BIG = Refusal(100, "The file is too big.", 2018109)
NOT_AVAILABLE = Refusal(551, "This person isn't available right now.", 1545041)
TOO_MANY_CALLS = Refusal(613, "Calls to this api have exceeded the rate limit.")
TOKEN_MISSING = Refusal(190, "A Bearer token in the Authorization header is required.", status=401)
TOKEN_IN_URL = Refusal(
    190,
    "The access token came in the URL or the body, where it would be logged: "
    "send it as a Bearer token in the Authorization header.",
    status=401,
)
TOKEN_INVALID = Refusal(
    190, "Error validating access token: it has been revoked or never was.", 460, status=401
)
TOKEN_EXPIRED = Refusal(190, "Session has expired.", 463, status=401)
TOKEN_FOREIGN = Refusal(190, "Invalid OAuth access token signature.", status=401)
SECRET_WRONG = Refusal(1, "Error validating client secret.")
APP_UNKNOWN = Refusal(101, "Error validating application. Invalid application ID.")
PROOF_MISSING = Refusal(100, "API calls from the server require an appsecret_proof argument.")
PROOF_INVALID = Refusal(100, "Invalid appsecret_proof provided in the API argument.")


def unverified(trouble: str) -> Refusal:
    """Return error 2200: the webhook's address was asked, and did not answer as it has to."""
    return Refusal(2200, f"Callback verification failed with the following errors: {trouble}")


UNKNOWN_PATH = Refusal(
    2500, "Unknown path components: a call starts with a version, such as /v26.0/.", status=404
)
