"""The settings, section by section. A description says what to write, and is shown with a fault."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from bot.settings.kinds import (
    Count,
    Digits,
    Language,
    Names,
    Networks,
    Offered,
    Port,
    Secret,
    TimeZone,
    Url,
    split,
)

#: What a purpose may need of a person; never a birth date.
Needed = Literal["name", "email", "phone", "time_zone"]

#: Messenger cuts the title of a quick reply or of a button after this many characters.
TITLE_CHARS: Final = 20
#: With the question around it, a purpose's text must fit the 640 characters of a button message.
PURPOSE_CHARS: Final = 400
#: Meta lets a Page's name be no longer.
PAGE_NAME_CHARS: Final = 75

#: So much of a recipient's name tells it from all others.
RECIPIENT_KEY_CHARS: Final = 64
#: What stands in the head of a mail, or in one line of a chat, has no end of a line in it.
_ONE_LINE: Final = r"^[^\x00-\x1f\x7f\u0085\u2028\u2029]*$"
_TABLE: Final = "Write a table with title and text."


class Section(BaseModel):
    """A table of the configuration file: frozen, without unknown keys, silent about its values."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, coerce_numbers_to_str=True
    )


class Server(Section):
    """Where Meta reaches the bot."""

    host: str = Field(default="127.0.0.1", description="Write the address to listen on.")
    port: Port = Field(default=8080, description="Write a port from 0 to 65535.")
    public_url: Url = Field(
        default="http://127.0.0.1:8080",
        description="Write the https address at which the world reaches this bot.",
    )
    trusted_proxies: Networks = Field(
        default=(), description="List the networks of your own proxies, such as 10.0.0.0/8."
    )
    tls_certificate_file: Path | None = Field(
        default=None, description="Write the path of the certificate chain, in PEM form."
    )
    tls_key_file: Path | None = Field(
        default=None, description="Write the path of the certificate's private key, in PEM form."
    )


class Messenger(Section):
    """The app at Meta."""

    app_id: Digits = Field(
        description="Run `chatmagico connect`, or write the app's number from Meta's dashboard."
    )
    app_secret: Secret = Field(
        description="Set CHATMAGICO_MESSENGER__APP_SECRET, or app_secret_file to a file with it."
    )
    app_secret_previous: Secret | None = Field(
        default=None, description="Write the app secret before the last change, or remove this key."
    )
    verify_token: Secret = Field(
        description="Set CHATMAGICO_MESSENGER__VERIFY_TOKEN, "
        "or verify_token_file to a file with it."
    )
    graph_url: Url = Field(
        default="https://graph.facebook.com",
        description="Write the https address of the Graph API.",
    )
    graph_version: str = Field(
        default="v26.0", pattern=r"^v[0-9]{1,3}\.[0-9]{1,2}$", description='Write it as "v26.0".'
    )
    forward_stop: bool = Field(default=False, description="Write true or false.")

    @property
    def app_secrets(self) -> tuple[SecretStr, ...]:
        """Return the secrets a signature may be made with, the current one first."""
        previous = self.app_secret_previous
        return (self.app_secret, previous) if previous else (self.app_secret,)


class Page(Section):
    """One Facebook Page that the bot answers for."""

    id: Digits = Field(description="Run `chatmagico connect`, or write the Page's number.")
    name: str = Field(
        min_length=1,
        max_length=PAGE_NAME_CHARS,
        pattern=_ONE_LINE,
        description="Write the Page's name in one line, 75 characters at most.",
    )
    access_token: Secret = Field(
        description="Set CHATMAGICO_PAGES__0__ACCESS_TOKEN (the first Page is 0), "
        "or access_token_file to a file with it."
    )
    time_zone: TimeZone = Field(
        default="UTC", description='Write a time zone of the tz database, such as "Europe/Berlin".'
    )


class Controller(Section):
    """Who answers for the data; people read this in the notice."""

    name: str = Field(
        default="", pattern=_ONE_LINE, description="Write the organisation's full name in one line."
    )
    address: str = Field(default="", description="Write the organisation's postal address.")
    email: str = Field(default="", description="Write an e-mail address people can turn to.")
    dpo: str = Field(default="", description="Write how to reach the data protection officer.")
    authority: str = Field(default="", description="Write the name of the supervisory authority.")
    imprint_url: str = Field(
        default="", description="Write the https address of your legal notice."
    )


class Languages(Section):
    """The languages the bot speaks."""

    default: Language = Field(default="en", description="Write one of en, de, fr, es, it, pl.")
    offered: Offered = Field(
        default=("en", "de", "fr", "es", "it", "pl"),
        description="List one or more of en, de, fr, es, it, pl.",
    )


class PurposeText(Section):
    """A purpose in one language."""

    title: str = Field(
        min_length=1,
        max_length=TITLE_CHARS,
        description="Write 1 to 20 characters: Messenger's buttons end there.",
    )
    text: str = Field(
        min_length=1, max_length=PURPOSE_CHARS, description="Write 1 to 400 characters."
    )


class Purpose(Section):
    """What people are asked to agree to; its plain title and text are in the default language."""

    id: str = Field(
        pattern=r"^[a-z][a-z0-9_-]{0,31}$",
        description="Write 32 characters at most: small letters, digits, - and _.",
    )
    title: str = Field(
        default="",
        max_length=TITLE_CHARS,
        description="Write 1 to 20 characters: Messenger's buttons end there.",
    )
    text: str = Field(
        default="", max_length=PURPOSE_CHARS, description="Write 1 to 400 characters."
    )
    klass: Literal["service", "marketing"] = Field(
        alias="class", description='Write "service" or "marketing".'
    )
    needs: Annotated[tuple[Needed, ...], BeforeValidator(split)] = Field(
        default=(), description="List any of name, email, phone and time_zone."
    )
    hours_between: int = Field(
        default=0,
        ge=0,
        le=720,
        description="Write the least hours between two broadcasts; 0 sets no limit.",
    )
    en: PurposeText | None = Field(default=None, description=_TABLE)
    de: PurposeText | None = Field(default=None, description=_TABLE)
    fr: PurposeText | None = Field(default=None, description=_TABLE)
    es: PurposeText | None = Field(default=None, description=_TABLE)
    it: PurposeText | None = Field(default=None, description=_TABLE)
    pl: PurposeText | None = Field(default=None, description=_TABLE)

    def in_languages(self, languages: Languages) -> Mapping[str, PurposeText]:
        """Return title and text per offered language; the default's where no table is written."""
        default = getattr(self, languages.default) or PurposeText(title=self.title, text=self.text)
        return {code: getattr(self, code) or default for code in languages.offered}


class Recipient(Section):
    """Somebody else who gets data; people read this in the notice."""

    name: str = Field(
        min_length=1, description="Write the recipient's full name, or remove this table."
    )
    role: str = Field(min_length=1, description='Write what it does, such as "hosting".')
    country: str = Field(
        pattern=r"^[A-Z]{2}$", description='Write the country\'s two letters, such as "DE".'
    )
    purposes: Names = Field(default=(), description="List ids of [[purposes]].")
    erasure_url: str = Field(
        default="", description="Write the https address that is told of erasures."
    )
    erasure_token: Secret | None = Field(
        default=None,
        description="Set CHATMAGICO_RECIPIENTS__0__ERASURE_TOKEN (the first recipient is 0), "
        "or erasure_token_file to a file with it.",
    )

    @property
    def key(self) -> str:
        """Return under what this recipient is known where erasures are passed on."""
        return self.name[:RECIPIENT_KEY_CHARS]


class Age(Section):
    """How old a person must be to agree."""

    minimum: int = Field(
        default=16,
        ge=0,
        le=21,
        description="Write years from 0 to 21; 0 switches the question off.",
    )


class Retention(Section):
    """How long data stays."""

    stranger_hours: Count = Field(default=48, description="Write whole hours, 1 or more.")
    withdrawn_days: Count = Field(default=30, description="Write whole days, 1 or more.")
    reask_days: Count = Field(default=180, description="Write whole days, 1 or more.")
    inactive_months: Count = Field(default=12, description="Write whole months, 1 or more.")
    deliveries_days: Count = Field(default=30, description="Write whole days, 1 or more.")
    export_hours: Count = Field(default=24, description="Write whole hours, 1 or more.")
    sign_in_days: Count = Field(default=90, description="Write whole days, 1 or more.")
    consent_evidence_days: int = Field(
        default=0, ge=0, le=3650, description="Write whole days; 0 keeps no proof after an erasure."
    )


class MetricsAddress(Section):
    """Where /health and /metrics are served, for this machine only."""

    host: str = Field(
        default="127.0.0.1", description="Write a loopback address, such as 127.0.0.1."
    )
    port: Port = Field(
        default=8081, description="Write a port from 0 to 65535, not the server's own."
    )


class Pace(Section):
    """How fast a Page sends."""

    answers_per_s: int = Field(
        default=280, ge=1, le=300, description="Write 1 to 300, Meta's ceiling."
    )
    broadcasts_per_s: int = Field(
        default=35,
        ge=1,
        le=40,
        description="Write 1 to 40: above that Meta slows the Page's inbox.",
    )
    two_admins_above: int = Field(
        default=1000, ge=0, description="Write above how many people a broadcast takes two admins."
    )


class Mail(Section):
    """The mail server for notices by e-mail."""

    host: str = Field(min_length=1, description="Write the mail server's name.")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(
        default=587, description="Write a port from 1 to 65535."
    )
    username: str = Field(default="", description="Write the mail account's name.")
    password: Secret | None = Field(
        default=None,
        description="Set CHATMAGICO_MAIL__PASSWORD, or password_file to a file with it.",
    )
    sender: str = Field(
        pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]+@[A-Za-z0-9.-]+$",
        description="Write the e-mail address that mail comes from.",
    )


def section_in(annotation: Any) -> type[BaseModel] | None:
    """Return the table that a field holds, alone or in a list; None for a plain value."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := section_in(inner))), None)
