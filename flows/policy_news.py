"""The notice has changed: what is new, from when, and what a person can do about it.

It comes in one bubble of its own with three buttons, in the chat or by e-mail, and once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flows.dates import day_in
from flows.kit.cutting import cut
from flows.kit.effects import KeepAll
from flows.kit.reply import MAX_TEXT_WITH_BUTTONS_CHARS, Button, Reply, Say, length_of
from flows.kit.texts import _, translate
from flows.purposes import NOTHING
from flows.rights_words import DELETE_ME, WITHDRAW
from flows.ways import GO, TITLES, ways
from flows.words import KEEP, MENU, as_shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from flows.kit.person import ConsentState, PolicyChange, PolicyNews
    from flows.kit.turn import Purpose, Site, Turn

#: What each kind of change is told as.
KINDS: Final = {
    "purpose_added": _("New: {name}. You get it only if you say yes."),
    "purpose_changed": _("Changed: {name}."),
    "purpose_removed": _("Ended: {name}."),
    "recipient_added": _("Gets data from now on: {name}."),
    "recipient_changed": _("Changed for somebody who gets data: {name}."),
    "recipient_removed": _("Gets no data any more: {name}."),
    "retention": _("How long data is kept."),
    "controller": _("Who is responsible, or how to reach them."),
    "age": _("The lowest age for a yes."),
    "words": _("How the notice words it."),
}
_OPENING: Final = _("Our notice on your data has changed.")
_MORE: Final = _("And more.")
_SINCE: Final = _("It holds since {day}.")
_FROM: Final = _("It holds from {day} on.")
_ASKED: Final = _("Your yes to this counts no more until you say it again: {titles}.")
_WILL_BE_ASKED: Final = _("From then on your yes to this counts no more: {titles}.")
_WHERE: Final = _("The whole notice: {privacy_url}\nQuestions: {whom}")
_CHOICES: Final = (KEEP, WITHDRAW, DELETE_ME)
_BY_MAIL: Final = _(
    "In the chat {keep} leaves all as it is, {withdraw} takes back a yes, {delete_me} erases all."
)
#: A name that is longer is cut, so that several changes fit.
_NAME_CHARS: Final = 60
_TITLES_CHARS: Final = 120


def asked_anew(turn: Turn) -> tuple[Purpose, ...]:
    """List the purposes to which a yes stood until the notice changed."""
    known = turn.person.consents
    return tuple(p for p in turn.site.purposes if known.get(p.id, NOTHING).is_asked_anew)


def at_contact(turn: Turn) -> Reply | None:
    """Tell of a version at the person's next contact; None where they know the newest."""
    news, person = turn.person.policy_news, turn.person
    if news is None:
        return None
    return reply(turn.site, turn.language, news, person.consents, turn.now)


def reply(
    site: Site,
    language: str,
    news: PolicyNews,
    consents: Mapping[str, ConsentState],
    now: datetime,
) -> Reply:
    """Tell of a version in one bubble, with what can be done about it."""
    parts = _parts(site, language, news, consents, now)
    buttons = tuple(Button(translate(language, TITLES[w]), payload=GO + w) for w in _CHOICES)
    return Reply(_fitted(language, *parts), buttons=buttons)


def mail_text(
    site: Site,
    language: str,
    news: PolicyNews,
    consents: Mapping[str, ConsentState],
    now: datetime,
) -> str:
    """Tell of a version in a mail, with the words that do something about it."""
    before, lines, after = _parts(site, language, news, consents, now)
    words = {word: as_shown(word, language) for word in _CHOICES}
    return "\n".join([before, *lines, after, translate(language, _BY_MAIL).format(**words)])


def keep(turn: Turn) -> Say:
    """Leave everything as it is, and say so."""
    text = turn.tell(_("Noted: all stays as it is."))
    return Say(text, effects=(KeepAll(),), choices=ways(turn, MENU))


def _parts(
    site: Site,
    language: str,
    news: PolicyNews,
    consents: Mapping[str, ConsentState],
    now: datetime,
) -> tuple[str, list[str], str]:
    lines = [f"- {_line(change, site, language)}" for change in news.changes]
    lies_ahead = news.holds_from > now
    holds = translate(language, _FROM if lies_ahead else _SINCE)
    after = [holds.format(day=day_in(language, news.holds_from.date()))]
    asked = _asked(site, language, news, consents)
    if asked:
        shape = _WILL_BE_ASKED if lies_ahead else _ASKED
        after.append(translate(language, shape).format(titles=asked))
    whom = ", ".join(part for part in (site.controller_name, site.contact) if part)
    url = f"{site.privacy_url}?lang={language}"
    where = translate(language, _WHERE).format(privacy_url=url, whom=whom)
    return translate(language, _OPENING), lines, f"{' '.join(after)}\n\n{where}"


def _fitted(language: str, before: str, lines: list[str], after: str) -> str:
    """Leave out the last changes where they don't all fit; the notice has them."""
    shown = list(lines)
    while True:
        more = [f"- {translate(language, _MORE)}"] if len(shown) < len(lines) else []
        text = "\n".join([before, *shown, *more, "", after])
        if length_of(text) <= MAX_TEXT_WITH_BUTTONS_CHARS:
            return text
        if not shown:
            return cut(text, MAX_TEXT_WITH_BUTTONS_CHARS)
        shown.pop()


def _line(change: PolicyChange, site: Site, language: str) -> str:
    name = change.name.get(language) or change.name.get("") or _any_of(change.name, site)
    return translate(language, KINDS[change.kind]).format(name=cut(name, _NAME_CHARS))


def _any_of(names: Mapping[str, str], site: Site) -> str:
    return names.get(site.default_language) or next(iter(names.values()), "")


def _asked(
    site: Site, language: str, news: PolicyNews, consents: Mapping[str, ConsentState]
) -> str:
    """Name what this person said yes to and is asked about anew."""
    titles = ", ".join(_titles_of(site, language, news.asks_again, consents))
    return cut(titles, _TITLES_CHARS) if titles else ""


def _titles_of(
    site: Site, language: str, ids: Iterable[str], consents: Mapping[str, ConsentState]
) -> list[str]:
    named = []
    for purpose in site.purposes:
        state = consents.get(purpose.id, NOTHING)
        if purpose.id in ids and (state.is_granted or state.is_asked_anew):
            named.append(purpose.title.get(language) or _any_of(purpose.title, site))
    return named
