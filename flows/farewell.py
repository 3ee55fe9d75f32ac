"""The last message of a Page whose bot ends, in the words that the person reads."""

from datetime import datetime, timedelta
from typing import Final

from flows.dates import day_in
from flows.delete_me import PASSED_ON, PROVES
from flows.kit.texts import _, translate
from flows.kit.turn import Site

_ENDS: Final = _(
    "{page} ends its bot, so nothing answers here by itself any more. What {controller} keeps "
    "about you here is being erased now, with the key to it. Your receipt is {number}."
)
_STAYS: Final = _(
    "Copies in backups go when the backups grow old. Beyond our reach: Meta's copy of this chat, "
    "the Page's inbox, and files that were sent. Deleting them there is up to you and to Meta."
)


def farewell(language: str, site: Site, *, number: str, at: datetime) -> str:
    """Tell that the bot ends, what goes with it, what stays for a while, and what is elsewhere."""
    parts = [(_ENDS, 0)]
    parts += [(PASSED_ON, site.told_days)] if site.told_days else []
    parts += [(PROVES, site.evidence_days)] if site.evidence_days else []
    told = [
        translate(language, text).format(
            page=site.page_name,
            controller=site.controller_name,
            number=number,
            day=day_in(language, (at + timedelta(days=days)).date()),
        )
        for text, days in (*parts, (_STAYS, 0))
    ]
    return "\n\n".join(told)
