"""A person as flows see them: what is kept, without a key or an id."""

from collections.abc import Mapping

from bot.turns.state import State, from_ms
from flows.kit.person import ConsentState, Person
from flows.kit.turn import Site
from storage import ConsentStatus, KnownPerson


def snapshot(
    kept: KnownPerson,
    state: State,
    statuses: Mapping[str, ConsentStatus],
    site: Site,
    *,
    now_ms: int,
) -> Person:
    """Return a person as flows see them."""
    return Person(
        language=kept.language or site.default_language,
        is_muted=kept.muted_until_ms > now_ms,
        consents=consent_states(statuses),
        position=state.position,
        memory=state.memory,
        is_restricted=kept.restricted_since_ms is not None,
    )


def consent_states(statuses: Mapping[str, ConsentStatus]) -> dict[str, ConsentState]:
    """Return how a person's consents stand, as flows see them."""
    return {name: _consent(status) for name, status in statuses.items()}


def _consent(status: ConsentStatus) -> ConsentState:
    return ConsentState(
        granted_at=from_ms(status.granted_at_ms),
        refused_at=from_ms(status.refused_at_ms),
        withdrawn_at=from_ms(status.withdrawn_at_ms),
        asked_anew_at=from_ms(status.asked_anew_at_ms),
    )
