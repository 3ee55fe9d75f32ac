"""The gate: one table says who may do what, with which proof; one method decides by it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from bot.admins.broadcast_rules import BROADCAST_RULES
from bot.admins.rule import Proof, Rule, Two
from storage.admins import ROLES, Admin, Role

_OWNER: Final[tuple[Role, ...]] = ("owner",)
#: Who decides what is sent to many.
_SENDERS: Final[tuple[Role, ...]] = ("owner", "sender")
#: Who answers people, and may see their data for it.
_OFFICERS: Final[tuple[Role, ...]] = ("owner", "privacy officer")
#: The register of breaches: what is done cannot be taken back, and takes a code.
BREACH_RULES: Final[Mapping[str, Rule]] = {
    "breach": Rule(_OFFICERS, Proof.SESSION, usage="/breach", does="the register of breaches."),
    "breach open": Rule(
        _OFFICERS,
        Proof.CODE,
        usage="/breach open 2026-11-23 14:05",
        does="enter a breach, with the UTC time at which you became aware of it.",
    ),
    "breach next": Rule(
        _OFFICERS, Proof.SESSION, usage="/breach next NUMBER", does="what is not written yet."
    ),
    "breach write": Rule(
        _OFFICERS,
        Proof.SESSION,
        usage="/breach write NUMBER FIELD TEXT",
        does="write or correct a field.",
    ),
    "breach draft": Rule(
        _OFFICERS, Proof.SESSION, usage="/breach draft NUMBER", does="drafts, as text."
    ),
    "breach record": Rule(
        _OFFICERS,
        Proof.CODE,
        usage="/breach record NUMBER authority TEXT",
        does="put on record that the authority or Meta was told, or where it was published.",
    ),
    "breach tell": Rule(
        _OFFICERS,
        Proof.CODE,
        two=Two.ALWAYS,
        usage="/breach tell NUMBER all",
        does="tell people; it takes two.",
    ),
    "breach public": Rule(
        _OFFICERS,
        Proof.CODE,
        usage="/breach public NUMBER show",
        does="show or hide the public text on our privacy page.",
    ),
    "breach close": Rule(
        _OFFICERS, Proof.CODE, usage="/breach close NUMBER", does="close an entry."
    ),
}
POLICY_RULES: Final[Mapping[str, Rule]] = {
    "policy": Rule(_OFFICERS, Proof.SESSION, usage="/policy", does="the notice, who was told."),
    "policy diff": Rule(
        _OFFICERS, Proof.SESSION, usage="/policy diff", does="what the configuration would change."
    ),
    "policy draft": Rule(
        _OFFICERS, Proof.SESSION, usage="/policy draft", does="prepare the next version."
    ),
    "policy from": Rule(
        _OFFICERS, Proof.SESSION, usage="/policy from 2027-01-31", does="from when it holds."
    ),
    "policy ask": Rule(
        _OFFICERS, Proof.SESSION, usage="/policy ask news", does="whom to ask again."
    ),
    "policy drop": Rule(_OFFICERS, Proof.SESSION, usage="/policy drop", does="drop the draft."),
    "policy publish": Rule(
        _OWNER, Proof.CODE, usage="/policy publish", does="publish the draft; people are told."
    ),
}

#: Every command there is, without its slash; of two words, the longer counts.
RULES: Final[Mapping[str, Rule]] = {
    "help": Rule(
        ROLES,
        Proof.NONE,
        usage="/help",
        does="this list; with a word behind it, all about that word.",
    ),
    "status": Rule(ROLES, Proof.NONE, usage="/status", does="how the bot is."),
    "enroll": Rule(ROLES, Proof.NONE, usage="/enroll", does="set up your authenticator app."),
    "signins": Rule(ROLES, Proof.SESSION, usage="/signins", does="your own sign-ins."),
    "remember": Rule(ROLES, Proof.SESSION, usage="/remember", does="stay signed in for 8 hours."),
    "email": Rule(
        ROLES, Proof.SESSION, usage="/email you@example.org", does="where alerts reach you."
    ),
    "logout": Rule(ROLES, Proof.NONE, usage="/logout", does="end your session."),
    "admins": Rule(ROLES, Proof.SESSION, usage="/admins", does="who is an admin."),
    "admin revoke": Rule(_OWNER, Proof.CODE, usage="/admin revoke A-2", does="make an admin none."),
    "approve": Rule(ROLES, Proof.CODE, usage="/approve P-ABC234", does="agree to another's act."),
    "undo": Rule(ROLES, Proof.NONE, usage="/undo P-ABC234", does="take back what still waits."),
    **BREACH_RULES,
    **POLICY_RULES,
    **BROADCAST_RULES,
    "audit": Rule(_OFFICERS, Proof.SESSION, usage="/audit", does="what admins did."),
    "settings": Rule(ROLES, Proof.SESSION, usage="/settings", does="what is configured."),
    "stats": Rule(ROLES, Proof.SESSION, usage="/stats", does="numbers without people."),
    "cases": Rule(
        ("owner", "privacy officer", "viewer"),
        Proof.SESSION,
        usage="/cases",
        does="what people asked the team.",
    ),
    "cases claim": Rule(
        _OFFICERS, Proof.SESSION, usage="/cases claim K7QF-3M2P", does="work on one yourself."
    ),
    "cases open": Rule(
        _OFFICERS,
        Proof.SESSION,
        usage="/cases open K7QF-3M2P",
        does="see the data of whoever asked; they are told.",
    ),
    "cases answer": Rule(
        _OFFICERS,
        Proof.CODE,
        usage="/cases answer K7QF-3M2P We have looked into it: …",
        does="answer one.",
    ),
    "cases close": Rule(
        _OFFICERS, Proof.CODE, usage="/cases close K7QF-3M2P", does="it was answered elsewhere."
    ),
    "evidence": Rule(
        _OFFICERS,
        Proof.CODE,
        usage="/evidence K7QF-3M2P news",
        does="proof of a consent; the person is told.",
    ),
    # Stopping is quick, and undone in a moment; letting go reaches many people.
    "pause": Rule(_SENDERS, Proof.SESSION, usage="/pause", does="hold broadcasts of a Page."),
    "resume": Rule(_SENDERS, Proof.CODE, usage="/resume", does="let a Page go on."),
}


@dataclass(frozen=True, slots=True)
class Act:
    """What a command would do, exactly."""

    #: What it is done to, as a number such as A-2; never a person.
    object: str
    #: Everything that makes it this act and no other; codes and approvals hold for that only.
    content: bytes = b""
    #: What an admin is told before the code is asked for.
    summary: str = ""
    #: Large enough for two admins, where the rule depends on that.
    is_large: bool = False
    #: What the audit names in place of the object, where that must not outlive an erasure.
    kept_as: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, as they stand at this moment, and what they have shown."""

    admin: Admin
    has_session: bool = False
    #: The digest of the act that a code was just right for.
    proved: bytes | None = None
    #: The digest of the act that a second admin agreed to, or whose delay is over.
    agreed: bytes | None = None
    #: Nobody else is there who could agree, nor was a day ago.
    is_alone: bool = False


Verdict = Literal[
    "allowed", "unknown", "role", "needs_session", "needs_code", "needs_second", "needs_delay"
]


@dataclass(frozen=True, slots=True)
class Gate:
    """Decides by a table; nothing else does."""

    rules: Mapping[str, Rule]

    def authorize(
        self, actor: Actor, command: str, act: Act | None = None, digest: bytes = b""
    ) -> Verdict:
        """Decide whether this actor may do this now.

        Args:
            actor: Who asks.
            command: A name in the table.
            act: What it would do; None before that is known, and for looking only.
            digest: That of the act, of which proof and agreement must be.
        """
        rule = self.rules.get(command)
        if rule is None:
            return "unknown"
        if actor.admin.role not in rule.roles:
            return "role"
        if rule.proof is Proof.SESSION and not actor.has_session:
            return "needs_session"
        if act is None or rule.proof is not Proof.CODE:
            return "allowed"
        if not digest or digest not in (actor.proved, actor.agreed):
            return "needs_code"
        return _with_second(rule, actor, act, digest)


def _with_second(rule: Rule, actor: Actor, act: Act, digest: bytes) -> Verdict:
    takes_two = rule.two is Two.ALWAYS or (rule.two is Two.LARGE and act.is_large)
    if not takes_two or (digest and actor.agreed == digest):
        return "allowed"
    return "needs_delay" if actor.is_alone else "needs_second"
