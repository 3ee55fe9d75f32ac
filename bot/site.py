"""What the conversations know of the deployment: the settings, as flows take them."""

from typing import Final

from bot.settings import Settings
from bot.settings.answers import Answer as AnswerSettings
from bot.turns.conversation import Rules
from bot.turns.items import Names
from flows.kit.answer import Answer, heard_in
from flows.kit.turn import Purpose, Site
from storage import Retention
from storage.tellings import TOLD_FOR_DAYS

_HOUR_MS: Final = 3_600_000
_DAY_MS: Final = 24 * _HOUR_MS
_MONTH_MS: Final = 30 * _DAY_MS


def retention(settings: Settings) -> Retention:
    """Return the periods of keeping."""
    keep = settings.retention
    return Retention(
        stranger_ms=keep.stranger_hours * _HOUR_MS,
        withdrawn_ms=keep.withdrawn_days * _DAY_MS,
        inactive_ms=keep.inactive_months * _MONTH_MS,
    )


def rules_of(settings: Settings) -> dict[str, Rules]:
    """Return what a turn knows besides the person, by Page id."""
    messenger, keep = settings.messenger, retention(settings)
    return {
        page_id: Rules(site, messenger.app_id, keep, forwards_stop=messenger.forward_stop)
        for page_id, site in sites(settings).items()
    }


def sites(settings: Settings) -> dict[str, Site]:
    """Return what each Page's conversations know, by Page id."""
    offered = settings.languages.offered
    url = settings.server.public_url
    purposes = tuple(_purpose(settings, index) for index in range(len(settings.purposes)))
    return {
        page.id: Site(
            page_id=page.id,
            page_name=page.name,
            controller_name=settings.controller.name or page.name,
            privacy_url=f"{url}/privacy",
            terms_url=f"{url}/terms",
            default_language=settings.languages.default,
            languages=tuple(offered),
            purposes=purposes,
            answers=tuple(_answer(settings, one) for one in settings.answers),
            minimum_age=settings.age.minimum,
            stranger_hours=settings.retention.stranger_hours,
            withdrawn_days=settings.retention.withdrawn_days,
            reask_days=settings.retention.reask_days,
            evidence_days=settings.retention.consent_evidence_days,
            told_days=TOLD_FOR_DAYS if any(one.erasure_url for one in settings.recipients) else 0,
            authority=settings.controller.authority,
            contact=settings.controller.email,
            has_mail=settings.mail is not None,
        )
        for page in settings.pages
    }


def named_recipients(settings: Settings) -> str:
    """Return who else gets data, for people to read."""
    return ", ".join(["Meta", *(recipient.name for recipient in settings.recipients)])


def names(settings: Settings, language: str) -> Names:
    """Return what the configuration calls things, in a language or else in the Pages' own."""
    else_in = settings.languages.default
    purposes = [_purpose(settings, index) for index in range(len(settings.purposes))]
    return Names(
        named_recipients(settings),
        purposes={one.id: one.title.get(language, one.title.get(else_in, "")) for one in purposes},
        pages={page.id: page.name for page in settings.pages},
    )


def _answer(settings: Settings, configured: AnswerSettings) -> Answer:
    texts = configured.in_languages(settings.languages)
    return Answer(
        words={code: heard_in(*one.words, one.question) for code, one in texts.items()},
        text={code: one.text for code, one in texts.items()},
        question={code: one.question for code, one in texts.items() if one.question},
    )


def _purpose(settings: Settings, index: int) -> Purpose:
    configured = settings.purposes[index]
    texts = configured.in_languages(settings.languages)
    return Purpose(
        id=configured.id,
        kind=configured.klass,
        title={code: text.title for code, text in texts.items()},
        text={code: text.text for code, text in texts.items()},
        needs=configured.needs,
    )
