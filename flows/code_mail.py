"""The mail that carries a code: its subject says nothing of what is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.kit.texts import _, translate

if TYPE_CHECKING:
    from flows.kit.turn import Site


def code_mail(site: Site, language: str, code: str) -> tuple[str, str]:
    """Give the subject and the text of the mail, in a person's language."""
    subject = translate(language, _("A message for you"))
    text = translate(
        language,
        _(
            "Your code: {code}\n\nPlease write it in the Messenger chat with {page}. It counts for "
            "15 minutes.\n\nIf you did not ask for a code, somebody gave your address by mistake. "
            "Then there is nothing you have to do."
        ),
    )
    return subject, text.format(code=code, page=site.page_name)
