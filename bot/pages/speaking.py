"""Which language a page is shown in: the one asked for, else what the browser reads, else ours."""

from collections.abc import Iterator

from bot.settings.sections import Languages


def choose(asked: str, accepted: str, languages: Languages) -> str:
    """Return one of the languages offered.

    Args:
        asked: What the address says after `?lang=`; may be anything.
        accepted: The browser's `Accept-Language` header; may be anything.
        languages: What is offered, and the default.
    """
    offered = languages.offered
    if asked in offered:
        return asked
    ranked = sorted(_wishes(accepted), key=lambda wish: -wish[1])
    return next((code for code, _ in ranked if code in offered), languages.default)


def _wishes(accepted: str) -> Iterator[tuple[str, float]]:
    """Yield each language with its weight; regions don't matter, weight 0 means no."""
    for part in accepted.split(","):
        tag, _, rest = part.partition(";")
        weight = _weight(rest.strip())
        if weight > 0:
            yield tag.strip().partition("-")[0].lower(), weight


def _weight(parameter: str) -> float:
    if not parameter:
        return 1.0
    try:
        weight = float(parameter.removeprefix("q="))
    except ValueError:
        return 0.0
    return weight if 0 < weight <= 1 else 0.0
