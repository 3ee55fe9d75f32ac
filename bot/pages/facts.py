"""What the pages know of the deployment."""

from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlsplit

from bot.settings import Settings
from bot.settings.sections import Controller, Languages, Purpose, Recipient, Retention

#: The European Economic Area: data that leaves it needs a word of its own (Art. 13(1)(f) GDPR).
EEA: Final = frozenset(
    (
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE"),
        *("IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """The part of the settings that people may read."""

    #: Where the world reaches this bot, without a slash at the end.
    url: str
    page_names: tuple[str, ...]
    controller: Controller
    languages: Languages
    purposes: tuple[Purpose, ...]
    recipients: tuple[Recipient, ...]
    retention: Retention
    #: In years; 0 where nobody is asked.
    minimum_age: int
    #: Days after an erasure from which on no backup opens any more; None where nobody can say.
    dark_after_days: int | None
    #: Whether e-mail can leave.
    sends_mail: bool

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return what the pages tell of these settings."""
        return cls(
            url=settings.server.public_url,
            page_names=tuple(page.name for page in settings.pages),
            controller=settings.controller,
            languages=settings.languages,
            purposes=settings.purposes,
            recipients=settings.recipients,
            retention=settings.retention,
            minimum_age=settings.age.minimum,
            dark_after_days=settings.keys.dark_after_days,
            sends_mail=settings.mail is not None,
        )

    @property
    def controller_name(self) -> str:
        """Return who answers for the data; a deployment without a name is that of its Page."""
        return self.controller.name or self.page_names[0]

    @property
    def passes_erasures_on(self) -> bool:
        """Tell whether any recipient is told of erasures by this program."""
        return any(recipient.erasure_url for recipient in self.recipients)

    @property
    def base(self) -> str:
        """Return what stands before every path, such as "/bot" behind a proxy; mostly nothing."""
        return urlsplit(self.url).path.rstrip("/")
