"""Why a Page could not be connected; each names the screen at Meta, or the act here, that mends it.

Source of the screens: Meta's App Dashboard, Graph API Explorer and Page settings, as of 2026.
"""

from typing import Final

from bot.errors import BotError

_DASHBOARD: Final = "developers.facebook.com/apps > your app"
_EXPLORER: Final = "developers.facebook.com/tools/explorer"
_ACCESS: Final = "facebook.com > your Page > Settings > Page setup > Page access"
_ROUTING: Final = (
    "facebook.com > your Page > Settings > Page setup > Advanced messaging > Conversation routing"
)
_MESSENGER: Final = f"{_DASHBOARD} > Use cases > Engage with customers on Messenger > Customize"
#: Reported of Meta since 2023: it lists a business's Pages to nobody who did not allow this.
_BUSINESS: Final = (
    "A Page that belongs to a business is listed only where the token has business_management."
)


class ConnectError(BotError):
    """The Page is not connected."""


class SecretWrong(ConnectError):
    """Meta does not know this app id with this app secret, so neither was kept."""

    advice = (
        f"Open {_DASHBOARD} > App settings > Basic: copy the App ID, then press Show beside App "
        "secret and copy that. Then run `chatmagico connect` again."
    )


class SecretStale(ConnectError):
    """Meta does not take the app secret that is configured."""

    advice = (
        f"Open {_DASHBOARD} > App settings > Basic and press Show beside App secret. Hand it over "
        "with `chatmagico rotate app-secret`, or delete the file that app_secret_file names, then "
        "run `chatmagico connect` again."
    )


class UserTokenRefused(ConnectError):
    """Meta does not take this token: it is over after an hour or two, or another app's."""

    advice = (
        f"Open {_EXPLORER}, choose your app under Meta App, press Generate Access Token and copy "
        "the token at once. Then run `chatmagico connect` again."
    )


class PermissionsLacking(ConnectError):
    """The token lacks permissions."""

    advice = (
        f"Open {_EXPLORER}, choose your app, add them under Permissions and press Generate Access "
        "Token. One that is not in the list is added first, at "
        f"{_MESSENGER} > Permissions."
    )


class NoPage(ConnectError):
    """The account that made the token let the app see no Page."""

    advice = (
        f"Look at {_ACCESS}: the account needs full access there. Then make the token anew at "
        f"{_EXPLORER}, and tick the Page where Facebook asks which Pages the app may use. "
        f"{_BUSINESS}"
    )


class PageNotOffered(ConnectError):
    """The account that made the token did not let the app see this Page."""

    advice = (
        f"Make the token anew at {_EXPLORER} and tick the Page where Facebook asks which Pages the "
        f"app may use; the account needs full access to it, at {_ACCESS}. {_BUSINESS}"
    )


class RoleLacking(ConnectError):
    """The account that made the token may not do everything on this Page that the bot has to."""

    advice = (
        f"Let somebody with full access open {_ACCESS}, and give the account full access, or the "
        f"tasks Messages and Community activity. Then make the token anew at {_EXPLORER}."
    )


class NotServing(ConnectError):
    """The bot does not run on this machine, or was started before its configuration changed."""

    advice = (
        "Run `chatmagico serve` in another terminal, or start its service anew; where it does not "
        "start, `chatmagico check` says why. Then run `chatmagico connect` again: what was done "
        "stays done."
    )


class WebhookUnreachable(ConnectError):
    """Meta asked the webhook at the bot's public address and had no right answer."""

    advice = (
        "From another network, open public_url with /webhook behind it: the bot answers 403 there. "
        "Where it does not, look at the name's DNS entry, the firewall, the proxy (it has to pass "
        "/webhook on) and the certificate, which a public authority must have signed. Then run "
        f"`chatmagico connect` again; {_DASHBOARD} > Webhooks > Page shows the address it sets."
    )


class SubscriptionRefused(ConnectError):
    """Meta does not subscribe the app to the Page's events."""

    advice = (
        f"Open {_MESSENGER} > Messenger API settings: under Webhooks, see that the app may "
        "subscribe to Page, and under Access tokens, connect the Page and add the subscription "
        "there. The token's account needs pages_manage_metadata, and the task Community activity "
        "on the Page."
    )


class NothingArrived(ConnectError):
    """Nothing that was written to the Page reached the bot in time."""

    advice = (
        f"While the app is not published, only people with a role reach it: see {_DASHBOARD} > App "
        "roles > Roles, and write from such an account, not as the Page itself. Where another app "
        f"answers the Page, choose this one at {_ROUTING}. Where several nodes serve, let only "
        "this one run. Then run `chatmagico connect` again."
    )


class AnswerMissing(ConnectError):
    """The message arrived, but Messenger took no answer to it."""

    advice = (
        "Run `chatmagico check`: it names a token or permission that Messenger refuses. Where all "
        f"is well there, a human or another app holds the chat: see {_ROUTING}."
    )


class EchoMissing(ConnectError):
    """Messenger took the answer, but its echo did not come back to the bot."""

    advice = (
        f"Open {_MESSENGER} > Messenger API settings > Webhooks, and see that message_echoes is "
        "subscribed for the Page. Without echoes the bot can't tell whether a message in doubt has "
        "arrived."
    )
