"""What no single key can tell: rules between keys, and what production asks for."""

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address, ip_network
from itertools import chain
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from bot.settings.answers import answer_faults
from bot.settings.databases import databases_apart, databases_unheard
from bot.settings.examples import left_examples
from bot.settings.faults import Fault, shape_of
from bot.settings.given import Given, text_of, words_of
from bot.settings.secrecy import weak_secrets
from bot.settings.sections import RECIPIENT_KEY_CHARS

_WEB: Final = {"http", "https"}
#: Host, port and path of an address that reads the same everywhere.
_CLEAN: Final = re.compile(
    r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*/?", re.ASCII
)
#: A larger network than this is no operator's own.
_LEAST_PREFIX: Final = 8
#: A month: who agreed to nothing is not kept for longer.
_MOST_STRANGER_HOURS: Final = 720


def broken_by(given: Given) -> list[Fault]:
    """Return every rule that these settings break, also where single keys are bad too."""
    always = (_graph_url, _public_url, _tls_files, _metrics, _pages, _languages, _purposes)
    strict = (_tls, _controller, left_examples, _translations, _strangers, weak_secrets)
    apart = (databases_apart, databases_unheard)
    rules = (
        *always,
        answer_faults,
        _recipients,
        _recipient_addresses,
        _pace,
        _rotation,
        *((*strict, *apart) if given.is_production else ()),
    )
    return list(chain.from_iterable(rule(given) for rule in rules))


def _graph_url(given: Given) -> Iterator[Fault]:
    key = "messenger.graph_url"
    yield from _way_out(given, key, given.effective(key))


def _public_url(given: Given) -> Iterator[Fault]:
    is_open = not given.is_production
    written = (given.effective if is_open else given.text)("server.public_url")
    url = _address(written)
    may_be = _WEB if is_open else {"https"}
    if url.scheme not in may_be or not url.hostname or not _CLEAN.fullmatch(written):
        mend = (
            "Write the https address at which the world reaches this bot: host and path, "
            "in plain letters, without ? # and @."
        )
        yield Fault("server.public_url", _beginning(url), mend)
    elif not is_open and _is_loopback(url.hostname):
        mend = "Write the address at which the world reaches this bot."
        yield Fault("server.public_url", "this machine's own address", mend)


def is_public_url(written: str) -> bool:
    """Tell whether people can be sent to an address; http may be for this machine alone."""
    url = _address(written)
    is_local = url.scheme == "http" and _is_loopback(url.hostname)
    is_clean = bool(_CLEAN.fullmatch(written) and url.hostname)
    return is_clean and (is_local or (url.scheme == "https" and not _is_loopback(url.hostname)))


def _tls_files(given: Given) -> Iterator[Fault]:
    paths = {key: given.text(f"server.{key}") for key in ("tls_certificate_file", "tls_key_file")}
    for key, path in paths.items():
        if path and not Path(path).is_file():
            mend = "Write the path of a file that exists."
            yield Fault(f"server.{key}", f"{shape_of(path)} that leads to no file", mend)
        if not path and any(paths.values()):
            yield Fault(f"server.{key}", "nothing", "Set certificate and key together.")


def _tls(given: Given) -> Iterator[Fault]:
    proxies = given.names("server.trusted_proxies")
    if not proxies and not given.text("server.tls_certificate_file"):
        yield Fault(
            "server.trusted_proxies",
            "nothing, and no certificate",
            "Set tls_certificate_file and tls_key_file, or list the proxies that end TLS for you.",
        )
    if any(_is_half_the_world(proxy) for proxy in proxies):
        mend = "List your own proxies only, in networks of /8 or smaller."
        yield Fault("server.trusted_proxies", "much of the world", mend)


def _is_half_the_world(network: str) -> bool:
    try:
        return ip_network(network, strict=False).prefixlen < _LEAST_PREFIX
    except ValueError:  # told where single keys are checked
        return False


def _rotation(given: Given) -> Iterator[Fault]:
    by_hand = given.effective("keys.provider") == "environment"
    if by_hand and given.effective("keys.rotate_days") != "0":
        # People would be told a day by which nobody but the operator can destroy the old secret.
        mend = "Write 0: only you can set the next variable, and remove the old one."
        yield Fault("keys.rotate_days", "a period, and secrets from the environment", mend)


def _metrics(given: Given) -> Iterator[Fault]:
    if not _is_loopback(host := given.effective("metrics.host")):
        mend = "Write a loopback address, such as 127.0.0.1; let a scraper on this machine read it."
        yield Fault("metrics.host", f"{shape_of(host)} that is no loopback address", mend)
    port = given.effective("metrics.port")
    if port == given.effective("server.port") and port != "0":
        yield Fault("metrics.port", "the server's own port", "Write another port.")


def _pages(given: Given) -> Iterator[Fault]:
    if not given.raw.get("pages"):
        yield Fault("pages", "nothing", "Write at least one [[pages]] table.")
    yield from _twice(given, "pages", "Write each Page once.")


def _twice(given: Given, section: str, mend: str) -> Iterator[Fault]:
    seen = set()
    for where, entry in given.entries(section):
        if (identifier := text_of(entry.get("id"))) in seen:
            yield Fault(f"{where}.id", "an id that stands above already", mend)
        seen.add(identifier or where)


def _languages(given: Given) -> Iterator[Fault]:
    if given.effective("languages.default") not in given.names("languages.offered"):
        mend = "Write one of the languages offered, or offer this one too."
        yield Fault("languages.default", "a language that is not offered", mend)


def _purposes(given: Given) -> Iterator[Fault]:
    yield from _twice(given, "purposes", "Give each purpose an id of its own.")
    default = given.effective("languages.default")
    for where, purpose in given.entries("purposes"):
        for key in ("title", "text"):
            if not text_of(purpose.get(key)) and not isinstance(purpose.get(default), Mapping):
                mend = f"Write it in the default language, or in a [purposes.{default}] table."
                yield Fault(f"{where}.{key}", "nothing", mend)


def _translations(given: Given) -> Iterator[Fault]:
    default, offered = given.effective("languages.default"), given.names("languages.offered")
    if default not in offered:
        return  # told by another rule; nobody knows then whose the plain texts are
    for where, purpose in given.entries("purposes"):
        for code in sorted({*offered} - {default}):
            if not isinstance(purpose.get(code), Mapping):
                mend = f"Write a [purposes.{code}] table with title and text."
                yield Fault(f"{where}.{code}", "nothing, though this language is offered", mend)


def _recipients(given: Given) -> Iterator[Fault]:
    known = {text_of(purpose.get("id")) for _, purpose in given.entries("purposes")}
    for where, recipient in given.entries("recipients"):
        if set(words_of(recipient.get("purposes"))) - known:
            mend = "List only ids of [[purposes]]."
            yield Fault(f"{where}.purposes", "an id that no purpose has", mend)


def _recipient_addresses(given: Given) -> Iterator[Fault]:
    seen: dict[str, bool] = {}
    for where, recipient in given.entries("recipients"):
        name, written = (text_of(recipient.get(key)) for key in ("name", "erasure_url"))
        if written:
            yield from _way_out(given, f"{where}.erasure_url", written)
        elif recipient.get("erasure_token"):
            mend = "Write the address it is for, or remove the token."
            yield Fault(f"{where}.erasure_url", "nothing, though there is a token", mend)
        key = name[:RECIPIENT_KEY_CHARS]
        if key in seen and (written or seen[key]):
            mend = f"Let the first {RECIPIENT_KEY_CHARS} characters tell it from the others."
            yield Fault(f"{where}.name", "a name that stands above already", mend)
        seen[key] = bool(written) or seen.get(key, False)


def _way_out(given: Given, key: str, written: str) -> Iterator[Fault]:
    url = _address(written)
    if url.scheme != "https" and not _is_local(given, url):
        mend = "Write an https address; http is for development, on a loopback address."
        yield Fault(key, _beginning(url), mend)
    elif not _CLEAN.fullmatch(written):
        mend = "Write host and path in plain letters, without ? # and @."
        yield Fault(key, _beginning(url), mend)


def _is_local(given: Given, url: SplitResult) -> bool:
    return url.scheme == "http" and _is_loopback(url.hostname) and not given.is_production


def _pace(given: Given) -> Iterator[Fault]:
    answers, broadcasts = (
        given.effective(f"pace.{key}_per_s") for key in ("answers", "broadcasts")
    )
    if answers.isdigit() and broadcasts.isdigit() and int(broadcasts) > int(answers):
        mend = "Write a number not above answers_per_s: broadcasts count there too."
        yield Fault("pace.broadcasts_per_s", "a number above answers_per_s", mend)


def _strangers(given: Given) -> Iterator[Fault]:
    hours = given.effective("retention.stranger_hours")
    if hours.isdecimal() and int(hours) > _MOST_STRANGER_HOURS:
        mend = f"Write {_MOST_STRANGER_HOURS} at most: these people agreed to nothing."
        yield Fault("retention.stranger_hours", "more than a month", mend)


def _controller(given: Given) -> Iterator[Fault]:
    needed = {
        "name": "Write the organisation's full name: people are told who keeps their data.",
        "address": "Write the organisation's postal address: people are told where it is.",
        "email": "Write an e-mail address people can turn to about their data.",
    }
    for key, mend in needed.items():
        if not given.text(f"controller.{key}"):
            yield Fault(f"controller.{key}", "nothing", mend)


def _address(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:  # such as an unclosed [ of an IPv6 address
        return urlsplit("")


def _beginning(url: SplitResult) -> str:
    """Describe an address by its scheme: the rest may hold a password."""
    if not url.scheme and not url.path:
        return "nothing"
    return f"an address with {url.scheme}" if url.scheme in _WEB else "no web address"


def _is_loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False
