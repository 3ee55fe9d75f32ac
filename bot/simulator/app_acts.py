"""What happens around the app: who of the organisation logs in, what is subscribed, what ends."""

from collections.abc import Collection, Mapping, Sequence

from bot.simulator.graph_error import Refusal
from bot.simulator.values import Login
from bot.simulator.world import World

#: What an account with all rights on a Page may do there.
ALL_TASKS = ("ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE")
ALL_SCOPES = frozenset({"pages_show_list", "pages_messaging", "pages_manage_metadata"})
_SHORT_MS = 2 * 3_600_000
_LONG_MS = 60 * 86_400_000


class AppActs(World):
    """The hands of whoever owns the app."""

    def log_in(
        self,
        *,
        tasks: Mapping[str, Sequence[str]] | None = None,
        scopes: Collection[str] = ALL_SCOPES,
    ) -> str:
        """Let an account make a short-lived token for the app, and return it.

        Args:
            tasks: What the account may do, by Page; everything on every Page unless told.
            scopes: The permissions it gives the app.
        """
        may_do = dict.fromkeys(self.pages, ALL_TASKS) if tasks is None else tasks
        return self._keep(frozenset(scopes), may_do, _SHORT_MS)

    def prolong(self, login: Login) -> str:
        """Return a token of the same account that lasts for 60 days."""
        return self._keep(login.scopes, login.tasks, _LONG_MS)

    def _keep(self, scopes: frozenset[str], tasks: Mapping[str, Sequence[str]], ms: int) -> str:
        login = Login(scopes=scopes, tasks=tasks, expires_at_ms=self.clock.now_ms() + ms)
        self.logins[login.token] = login
        return login.token

    def forget_subscriptions(self) -> None:
        """Let the app be as it was made: nothing is subscribed to, nothing is posted."""
        self.app_fields = frozenset()
        for state in self.pages.values():
            state.fields = frozenset()

    def end_token(self, page_id: str, *, at_ms: int) -> None:
        """Let a Page's token end at a time; 0 lets it last."""
        self.pages[page_id].token_ends_at_ms = at_ms

    def refuse_changes(self, edge: str, code: int | None, subcode: int | None = None) -> None:
        """Refuse every change at an edge, such as "subscribed_apps", or none any more."""
        self.refused.pop(edge, None)
        if code is not None:
            self.refused[edge] = Refusal(code, "Refused on purpose.", subcode)
