"""What a person is still to be told of what others did, and what a batch tells of that."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from bot.turns.state import to_time
from flows.kit.effects import HandNotices, KeepAll, MarkLooksTold, MarkPolicyTold
from flows.kit.person import Look, Person, PolicyNews
from storage import PersonId
from storage.news import News
from storage.policy_tellings import Telling, new_telling


@dataclass(slots=True)
class Untold:
    """News for one person, which become less as they are told."""

    person_id: PersonId
    news: News = field(default_factory=News)
    #: A version of the notice that they were not told of.
    policy: PolicyNews | None = None
    #: The looks at their data that the person is told of.
    told_looks: list[bytes] = field(default_factory=list)
    #: The version of the notice that the person is told of, if they are.
    tellings: list[Telling] = field(default_factory=list)
    #: Whether the person wants all to stay as it is under that version.
    has_kept: bool = False
    #: Whether the notices of breaches that wait for the person are to leave after this.
    hands_notices: bool = False

    def mark(self) -> Callable[[], None]:
        """Return what undoes everything that is told from here on."""
        before = self.news, self.policy, self.has_kept, self.hands_notices
        looks, tellings = len(self.told_looks), len(self.tellings)

        def undo() -> None:
            self.news, self.policy, self.has_kept, self.hands_notices = before
            del self.told_looks[looks:], self.tellings[tellings:]

        return undo

    def accept(self, effects: Iterable[object]) -> None:
        """Note what a step has told."""
        for effect in effects:
            if isinstance(effect, MarkLooksTold):
                self.told_looks += [look.access_id for look in self.news.looks]
                self.news = replace(self.news, looks=())
            elif isinstance(effect, MarkPolicyTold) and self.policy is not None:
                number = self.policy.number
                self.tellings.append(new_telling(self.person_id, number, "next_contact"))
                self.policy = None
            elif isinstance(effect, KeepAll):
                self.has_kept = True
            elif isinstance(effect, HandNotices):
                self.hands_notices = True
                self.news = replace(self.news, has_breach_notice=False)

    def onto(self, person: Person) -> Person:
        """Return a person as flows see them, with their news."""
        return replace(
            person,
            looks=tuple(Look(one.role, to_time(one.at_ms).date()) for one in self.news.looks),
            waiting_answers=self.news.waiting_answers,
            has_breach_notice=self.news.has_breach_notice,
            policy_news=self.policy,
        )
