"""What a broadcast may say: it fits everywhere, greets by name, and never asks for a secret."""

import pytest

from bot.broadcasts.content import MAX_NAME_CHARS, Content, Link, check, from_kept, to_kept
from bot.broadcasts.errors import DraftRefused
from flows.broadcasts import UNSUBSCRIBE, framed, room, ways_out
from flows.kit.reply import MAX_TEXT_WITH_BUTTONS_CHARS, length_of
from flows.kit.texts import LANGUAGES, translate
from flows.kit.words import normalise
from flows.words import LEXICON, STOP

CONTROLLER = "Garden and Book Club"
TITLES = dict.fromkeys(LANGUAGES, "A" * 20)
CONTENT = Content({"en": "Hello {name|friend}, the fair is on Sunday."})
LINK = Link({"en": "Details"}, "https://club.example.org/fair")


def refused(content: Content) -> dict[str, object]:
    """Return what is wrong with a content; nothing where it is taken."""
    try:
        check(content, default="en", offered=LANGUAGES, controller=CONTROLLER, titles=TITLES)
    except DraftRefused as error:
        return error.facts
    return {}


def test_a_name_is_filled_in_and_has_a_stand_in() -> None:
    """Whoever gave a name is greeted by it, anybody else by the word that stands in for it."""
    assert CONTENT.text("de", "en", name="Ann") == "Hello Ann, the fair is on Sunday."
    assert CONTENT.text("de", "en", name=None) == "Hello friend, the fair is on Sunday."
    assert CONTENT.text("en", "en", name="x" * 99).count("x") == MAX_NAME_CHARS


def test_the_longest_that_is_taken_fits_in_every_language() -> None:
    """The text and the words around it fill a button template to the last character, never more."""
    limit = min(room(code, controller=CONTROLLER, title=TITLES[code]) for code in LANGUAGES)
    longest = "{name|x}" + "y" * (limit - MAX_NAME_CHARS)
    assert refused(Content({"en": longest})) == {}
    assert refused(Content({"en": longest + "y"}))["found"] == "length"
    for code in LANGUAGES:
        text = Content({"en": longest}).text(code, "en", name="n" * 99)
        told = framed(code, text, controller=CONTROLLER, title=TITLES[code])
        assert length_of(told) <= MAX_TEXT_WITH_BUTTONS_CHARS


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_button_says_stop(language: str) -> None:
    """While a human holds the chat only a button's title reaches us: it must mean STOP."""
    assert LEXICON.find(normalise(translate(language, UNSUBSCRIBE)), language) == STOP
    assert [bool(button.url) for button in ways_out(language, "https://x.example")] == [False, True]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (Content({"de": "Nur Deutsch"}), "language"),
        (Content({"en": "Hi", "nl": "Hoi"}), "language"),
        (Content({"en": "Hello {first_name}"}), "placeholder"),
        (Content({"en": "Hello {name}"}), "placeholder"),
        (Content({"en": "Send us your password"}), "secret"),
        (Content({"en": "Hi", "de": "Bitte Ihre IBAN"}), "secret"),
        (Content({"en": "Hi"}, link=Link({"en": "x" * 21}, LINK.url)), "button"),
        (Content({"en": "Hi"}, link=Link({"de": "Mehr"}, LINK.url)), "button"),
        (Content({"en": "Hi"}, link=Link({"en": "More"}, "javascript:alert(1)")), "link"),
        (Content({"en": "Hi"}, picture_url="file:///etc/passwd"), "picture"),
        (Content({"en": "Send us your pass\u200bword"}), "secret"),
        (Content({"en": "Send us your \uff50\uff41\uff53sword"}), "secret"),
        (Content({"en": "Hi"}, link=Link({"en": "Your password"}, LINK.url)), "secret"),
        (Content({"en": "Hi"}, link=Link({"en": "Unsubscribe"}, LINK.url)), "word"),
        (Content({"en": "Hi"}, link=Link({"en": "Hier abmelden!"}, LINK.url)), "word"),
        (Content({"en": "Hi"}, link=Link({"en": "Delete me"}, LINK.url)), "word"),
        (Content({"en": "Hi"}, link=Link({"en": "Unsubscribe online"}, LINK.url)), "word"),
        (Content({"en": "See http://club.example.org"}), "address"),
        (Content({"en": "Hi", "de": "https://club.example@evil.example"}), "address"),
    ],
)
def test_what_cant_be_sent_is_refused_when_it_is_written(content: Content, found: str) -> None:
    """The admin hears at once what is wrong, not the recipients later."""
    assert refused(content)["found"] == found


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,hi",
        "http://club.example.org",
        "https://club.example.org\\@evil.example",
        "https://evil.example\\@club.example.org",
        "https://club.example.org@evil.example/",
        "https://club.example.org:80@evil.example/",
        "https://\u0441lub.example.org",  # its first letter is Cyrillic
        "https://club.example.org\uff0fevil",
        "https://club。example.org",
        "https://[club.example.org",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://localhost/",
        "https:club.example.org",
        "https:///club.example.org",
        "https://club.example.org/\u202egpj.exe",
        "https://club.example.org/" + "x" * 1_000,
    ],
)
def test_an_address_that_is_read_in_two_ways_is_refused(url: str) -> None:
    """The host that an admin is shown is the host that a browser goes to, or there is no link."""
    assert refused(Content({"en": "Hi"}, link=Link({"en": "More"}, url)))["found"] == "link"
    assert refused(Content({"en": "Hi"}, picture_url=url))["found"] == "picture"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://club.example.org/fair", "club.example.org"),
        ("HTTPS://Club.Example.ORG:8443?a=1#b", "club.example.org"),
        ("https://xn--lub-5cd.example.org/", "xn--lub-5cd.example.org"),
        ("https://docs.google.com/forms/d/1", "a form on docs.google.com"),
        ("https://FORMS.gle", "a form on forms.gle"),
    ],
)
def test_where_a_link_leads_is_told(url: str, told: str) -> None:
    """Before it is sent, the admin sees the host, of text and button, and whether it is a form."""
    whole = Content({"en": "Hi", "de": f"Siehe {url}."}, link=Link({"en": "More"}, url))
    assert refused(whole) == {}
    assert whole.link is not None
    assert (whole.link.told, whole.led_to) == (told, (told,))


def test_what_is_kept_comes_back() -> None:
    """Content is the same after it was kept."""
    whole = Content({"en": "Hi"}, "https://club.example.org/a.png", LINK)
    assert from_kept(to_kept(whole)) == whole


def test_a_link_may_be_called_news() -> None:
    """Only titles that promise what our own buttons do are refused, not every word of the bot."""
    for title in ("News", "Menu", "Help us", "Details"):
        assert refused(Content({"en": "Hi"}, link=Link({"en": title}, LINK.url))) == {}
