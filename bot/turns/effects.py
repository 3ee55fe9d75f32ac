"""What a flow asked for, applied to a person: in memory, judged by storage's rules."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.outbound.thread import HAND_OVER_MS
from bot.turns.state import to_ms
from flows.kit.effects import (
    Effect,
    HandOver,
    MarkAnswersTold,
    MarkNewsOffered,
    MarkTold,
    OweStopConfirmation,
    RecordConsent,
    Restrict,
    SetAgeOk,
    SetLanguage,
    SkipDetail,
    Withdraw,
)
from flows.kit.person import Memory
from flows.kit.turn import Site
from storage import ConsentAct, ConsentStatus, KnownPerson, PersonId, ShownText
from storage.consents import judge


@dataclass(slots=True)
class ConsentActs:
    """A person's consents during a batch, and the acts that are to be recorded."""

    person_id: PersonId
    statuses: dict[str, ConsentStatus]
    noted: list[tuple[ConsentAct, bool]] = field(default_factory=list)

    def note(self, act: ConsentAct) -> None:
        """Judge an act and remember it for the record."""
        standing = self.statuses.get(act.purpose_id, ConsentStatus())
        self.statuses[act.purpose_id], counts = judge(standing, act)
        self.noted.append((act, counts))

    @property
    def has_ended_any(self) -> bool:
        """Tell whether a purpose was touched that does not stand as granted now."""
        return any(not status.is_granted for status in self.changed().values())

    @property
    def has_stopped(self) -> bool:
        """Tell whether something was just taken back, and nothing stands any more."""
        has_withdrawn = any(act.act == "withdrawn" for act, _ in self.noted)
        return has_withdrawn and not any(one.is_granted for one in self.statuses.values())

    def changed(self) -> dict[tuple[PersonId, str], ConsentStatus]:
        """Return where the touched purposes stand now."""
        touched = {act.purpose_id for act, _ in self.noted}
        return {(self.person_id, purpose): self.statuses[purpose] for purpose in touched}


def apply(
    effects: Iterable[Effect],
    person: KnownPerson,
    memory: Memory,
    acts: ConsentActs,
    site: Site,
    at: datetime,
) -> tuple[KnownPerson, Memory]:
    """Apply effects that happened `at` a moment; consents go to `acts`."""
    for effect in effects:
        match effect:
            case RecordConsent() | Withdraw():
                for act in _acts(effect, acts, site, to_ms(at)):
                    acts.note(act)
            case SetLanguage() | Restrict() | HandOver():
                person = _changed(person, effect, at)
            case SetAgeOk() | MarkTold() | OweStopConfirmation() | SkipDetail():
                memory = _remembered(memory, effect, site, at)
            case MarkAnswersTold(count):
                memory = replace(memory, answers_told=count)
            case MarkNewsOffered(count):
                memory = replace(memory, news_offered=count)
    return person, memory


def _changed(
    person: KnownPerson, effect: SetLanguage | Restrict | HandOver, at: datetime
) -> KnownPerson:
    if isinstance(effect, SetLanguage):
        return replace(person, language=effect.code)
    if isinstance(effect, HandOver):
        # From now on, not only once it has left: what they write meanwhile is for humans already.
        until_ms = max(person.muted_until_ms, to_ms(at) + HAND_OVER_MS)
        return replace(person, muted_until_ms=until_ms)
    if not effect.is_restricted:
        return replace(person, restricted_since_ms=None)
    # Asked for twice, it holds since the first time.
    return replace(person, restricted_since_ms=person.restricted_since_ms or to_ms(at))


def _remembered(
    memory: Memory,
    effect: SetAgeOk | MarkTold | OweStopConfirmation | SkipDetail,
    site: Site,
    at: datetime,
) -> Memory:
    if isinstance(effect, SetAgeOk):
        return replace(memory, age_ok=effect.is_ok, age_asked=site.minimum_age)
    if isinstance(effect, MarkTold):
        return replace(memory, told_at=at)
    if isinstance(effect, SkipDetail):
        return replace(memory, skipped=tuple(dict.fromkeys((*memory.skipped, effect.name))))
    return replace(memory, owes_stop_confirmation=effect.is_owed)


def _acts(
    effect: RecordConsent | Withdraw, standing: ConsentActs, site: Site, at_ms: int
) -> list[ConsentAct]:
    person_id = standing.person_id
    if isinstance(effect, RecordConsent):
        return [_recorded(effect, person_id, at_ms)]
    # All means all: also what the configuration no longer names, but may name again.
    every = sorted({purpose.id for purpose in site.purposes} | standing.statuses.keys())
    purposes = effect.purpose_ids or every
    return [ConsentAct(person_id, purpose, "withdrawn", at_ms) for purpose in purposes]


def _recorded(effect: RecordConsent, person_id: PersonId, at_ms: int) -> ConsentAct:
    return ConsentAct(
        person_id=person_id,
        purpose_id=effect.purpose_id,
        act="granted" if effect.is_granted else "refused",
        platform_at_ms=at_ms,
        shown=ShownText(effect.text, effect.text_version, effect.language),
    )
