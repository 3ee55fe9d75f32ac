"""Why a broadcast was not changed, tried or scheduled, in words."""

from typing import Final

from flows.kit.found import Found

TEXTS: Final = {
    "length": "The text has {chars} characters in {language}, and {limit} fit.",
    "language": "There is no text in {language}.",
    "placeholder": "Braces can only hold {{name|friend}}: look at the text in {language}.",
    "secret": "Nobody may be asked for passwords, identity or payment data in a chat ({language}).",
    "picture": "That is no address of a picture: it begins with https:// and a plain host.",
    "button": "A button needs a title of 20 characters at most.",
    "word": "That title is one of the bot's own words, and a link would not do what it says.",
    "link": (
        "Type the title and then an address that begins with https:// and a plain host: letters of "
        "other alphabets in their xn-- form, no name before an @."
    ),
    "address": (
        "An address in the text ({language}) is not plain: it begins with https://, its host has "
        "plain letters or its xn-- form, and no name stands before an @."
    ),
    "title": "A title has 1 to 64 characters.",
    "useful_hours": "Type a number of hours, 1 to 720.",
    "when": "That is no time I can read.",
    "time": "That time is over, or less than two minutes away: /broadcast set … when",
    "cron": "That is no cron expression with a next time.",
    "often": "That is more often than once an hour.",
    "zone": "That time zone is unknown.",
    "purpose": "That purpose is not configured any more.",
    "page": "That Page is not configured any more.",
}


def reason_of_broadcast(found: Found) -> str:
    """Return what doesn't fit."""
    known = {"chars": "", "limit": "", "language": "", **found.facts}
    return TEXTS[found.facts["found"]].format_map(known)
