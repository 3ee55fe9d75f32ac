"""What a turn changes: a closed set of frozen values, applied by the caller.

Each takes effect at the time of the event that caused it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class RecordConsent:
    """Record a yes or a no to one purpose, with the words that were shown."""

    purpose_id: str
    is_granted: bool
    #: The exact question, its buttons in square brackets on the last line.
    text: str
    #: Which wording of the flow it was, like "opt_in/1".
    text_version: str
    #: Language of the text, two letters.
    language: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Withdraw consents that are not newer than the event."""

    #: Which purposes; empty means all of them.
    purpose_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetLanguage:
    """Write to the person in this language from now on."""

    code: str


@dataclass(frozen=True, slots=True)
class SetAgeOk:
    """Remember whether the person is old enough; the age itself is never asked."""

    is_ok: bool


@dataclass(frozen=True, slots=True)
class MarkTold:
    """Remember that the person was told that this is a bot and what it keeps."""


@dataclass(frozen=True, slots=True)
class OweStopConfirmation:
    """Remember, or forget, that a STOP still has to be confirmed."""

    is_owed: bool


@dataclass(frozen=True, slots=True)
class LookUp:
    """Look something up about this person; answered in the same turn by Found(what)."""

    #: "my_data", "cases" or "given_details".
    what: str


@dataclass(frozen=True, slots=True)
class Restrict:
    """Keep the person's data, but use it for nothing except their rights; or lift that."""

    is_restricted: bool


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Hand a request to the team; answered in the same turn by Found("case")."""

    #: "human", "complain" or "object".
    kind: str


@dataclass(frozen=True, slots=True)
class MakeLink:
    """Make a page that is this person's alone; answered in the same turn by Found(use)."""

    use: Literal["export", "bring_back"]


@dataclass(frozen=True, slots=True)
class SendExport:
    """Send the person's data as a file in the chat; answered in the same turn by Found."""


@dataclass(frozen=True, slots=True)
class TakeFile:
    """Fetch a file that was handed in and judge it; answered at once by Found("file_ordered").

    What comes of it follows later as Found("brought_back").
    """

    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class HandOut:
    """Say the answer to a case, before anything else; once it has left, the case is answered."""

    #: The case, as CaseFacts names it.
    ref: str
    text: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """Pass the thread to the Page's inbox once everything is said; the bot is quiet then."""


@dataclass(frozen=True, slots=True)
class MarkLooksTold:
    """Remember that the person was told of the looks at their data."""


@dataclass(frozen=True, slots=True)
class MarkAnswersTold:
    """Remember how many waiting answers the person was told of."""

    count: int


@dataclass(frozen=True, slots=True)
class MarkNewsOffered:
    """Remember how much waiting news the person was offered."""

    count: int


@dataclass(frozen=True, slots=True)
class TellNews:
    """Send the news that waits, or drop it; answered in the same turn by Found("news_told")."""

    is_wanted: bool


@dataclass(frozen=True, slots=True)
class HandNotices:
    """Send the notices of breaches that wait for this person, after what is said now."""


@dataclass(frozen=True, slots=True)
class MarkPolicyTold:
    """Remember that the person was told of the newest version of the notice."""


@dataclass(frozen=True, slots=True)
class KeepAll:
    """Remember that the person knows of the newest version and leaves all as it is."""


@dataclass(frozen=True, slots=True)
class EraseMe:
    """Order the erasure of this person; answered in the same turn by Found("erasure")."""


@dataclass(frozen=True, slots=True)
class WantDetail:
    """Make a page for a detail; answered in the same turn by Found("detail_wanted")."""

    #: The first of these that was not given; none of them may be left to ask for.
    names: tuple[str, ...]
    #: What is said before the question; it comes back with what was found.
    before: str = ""
    #: Take the first, given or not: it is to be corrected.
    is_correction: bool = False


@dataclass(frozen=True, slots=True)
class SkipDetail:
    """Remember that the person does not want to give this, so that nobody asks again."""

    name: str


@dataclass(frozen=True, slots=True)
class KeepDetail:
    """Keep what was typed, if it is such a thing; answered by Found("detail_given")."""

    name: str
    typed: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RemoveDetail:
    """Delete a detail; answered in the same turn by Found("detail_removed")."""

    name: str


@dataclass(frozen=True, slots=True)
class SendCode:
    """Send a new code to the person's address; answered by Found("code_sent")."""

    #: What is said before its answer; it comes back with what was found.
    before: str = ""


@dataclass(frozen=True, slots=True)
class CheckCode:
    """Compare what was typed with the code; answered by Found("code_checked")."""

    typed: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RunCommand:
    """Carry out an admin's command; answered by Found, of nobody else by `NOT_A_COMMAND`."""

    #: Everything that was typed, or what the button stands for.
    line: str = field(repr=False)
    #: It is also a word that works everywhere, such as /menu: that counts where no command does.
    is_word: bool = False


@dataclass(frozen=True, slots=True)
class ProveAct:
    """Compare what was typed with an admin's code, and do what waits for it."""

    act_id: str
    typed: str = field(repr=False)


Effect = (
    RecordConsent
    | Withdraw
    | SetLanguage
    | SetAgeOk
    | MarkTold
    | OweStopConfirmation
    | LookUp
    | Restrict
    | OpenCase
    | MakeLink
    | SendExport
    | TakeFile
    | HandOut
    | HandOver
    | MarkLooksTold
    | MarkAnswersTold
    | MarkNewsOffered
    | TellNews
    | HandNotices
    | MarkPolicyTold
    | KeepAll
    | EraseMe
    | WantDetail
    | SkipDetail
    | KeepDetail
    | RemoveDetail
    | SendCode
    | CheckCode
    | RunCommand
    | ProveAct
)

#: Effects that are answered in the same turn by Found; who asks says nothing yet.
ASKING: Final = (
    *(LookUp, OpenCase, MakeLink, SendExport, TakeFile, EraseMe, TellNews),
    *(WantDetail, KeepDetail, RemoveDetail, SendCode, CheckCode),
    *(RunCommand, ProveAct),
)

#: What is done by saying it: nothing of it happens where nothing can be said.
UNSAID: Final = (
    *(MarkTold, OweStopConfirmation, HandOut, HandOver),
    *(MarkLooksTold, MarkAnswersTold, MarkPolicyTold, HandNotices, MarkNewsOffered),
)
