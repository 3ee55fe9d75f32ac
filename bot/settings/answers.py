"""The organisation's own answers, and the rules between their words."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import Field

from bot.settings.faults import Fault
from bot.settings.given import Given, text_of, words_of
from bot.settings.kinds import Names
from bot.settings.sections import Languages, Section
from flows.delete_me import TYPED
from flows.kit.reply import MAX_TEXT_CHARS
from flows.kit.words import normalise, spellings_of
from flows.profile import MAX_ICE_BREAKERS, MAX_QUESTION_CHARS
from flows.words import LEXICON, NO, STOP_WITHIN, YES

MAX_ANSWERS: Final = 50
_MAX_WORDS: Final = 20
#: One letter stands in nearly every text.
_LEAST_CHARS: Final = 2
_WORDS: Final = f"List {_MAX_WORDS} words or phrases at most."
_TEXT: Final = f"Write 1 to {MAX_TEXT_CHARS} characters."
_QUESTION: Final = f"Write {MAX_QUESTION_CHARS} characters at most."
_TABLE: Final = "Write a table with text, and words in this language."
#: No words of the lexicon, but expected where something is asked.
_EXPECTED: Final = frozenset(
    normalise(text)
    for texts in (*YES.values(), *NO.values(), tuple(TYPED.values()))
    for text in texts
)


class AnswerText(Section):
    """An answer in one language."""

    words: Names = Field(default=(), max_length=_MAX_WORDS, description=_WORDS)
    text: str = Field(min_length=1, max_length=MAX_TEXT_CHARS, description=_TEXT)
    question: str = Field(default="", max_length=MAX_QUESTION_CHARS, description=_QUESTION)


class Answer(Section):
    """What the bot answers by itself; its plain keys are in the default language."""

    words: Names = Field(default=(), max_length=_MAX_WORDS, description=_WORDS)
    text: str = Field(default="", max_length=MAX_TEXT_CHARS, description=_TEXT)
    question: str = Field(default="", max_length=MAX_QUESTION_CHARS, description=_QUESTION)
    en: AnswerText | None = Field(default=None, description=_TABLE)
    de: AnswerText | None = Field(default=None, description=_TABLE)
    fr: AnswerText | None = Field(default=None, description=_TABLE)
    es: AnswerText | None = Field(default=None, description=_TABLE)
    it: AnswerText | None = Field(default=None, description=_TABLE)
    pl: AnswerText | None = Field(default=None, description=_TABLE)

    def in_languages(self, languages: Languages) -> Mapping[str, AnswerText]:
        """Return words, text and question per offered language."""
        default = getattr(self, languages.default) or AnswerText(
            words=self.words, text=self.text, question=self.question
        )
        return {code: getattr(self, code) or default for code in languages.offered}


def answer_faults(given: Given) -> Iterator[Fault]:
    """Yield what is wrong with the answers that no single key can tell."""
    questions = 0
    heard: set[str] = set()
    for where, answer in given.entries("answers"):
        tables = _tables(given, where, answer)
        asked = [bool(text_of(table.get("question"))) for table in tables.values()]
        questions += any(asked)
        yield from _missing(given, where, answer)
        if any(asked) and not all(asked):
            mend = "Write the question in every language that is offered, or in none."
            yield Fault(f"{where}.question", "a question in some languages only", mend)
        if not any(asked) and not any(words_of(table.get("words")) for table in tables.values()):
            mend = "List the words that people write when they want to know this."
            yield Fault(f"{where}.words", "nothing", mend)
        own: set[str] = set()
        for key, table in tables.items():
            yield from _misheard(given, key, table, heard)
            own |= _spellings(_phrases(table))
        heard |= own
    if questions > MAX_ICE_BREAKERS:
        mend = f"Leave the question to {MAX_ICE_BREAKERS} answers at most: Messenger shows no more."
        yield Fault("answers.question", f"{questions} questions", mend)


def _tables(given: Given, where: str, answer: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return what was written for each offered language, by its key; the default is needed."""
    default = given.effective("languages.default")
    tables = {}
    for code in given.names("languages.offered"):
        found = answer.get(code)
        if isinstance(found, Mapping):
            tables[f"{where}.{code}"] = found
        elif code == default:
            tables[where] = answer
    return tables


def _missing(given: Given, where: str, answer: Mapping[str, Any]) -> Iterator[Fault]:
    default = given.effective("languages.default")
    for code in given.names("languages.offered"):
        if isinstance(answer.get(code), Mapping):
            continue
        if code != default:
            mend = f"Write an [answers.{code}] table with text, and words in this language."
            yield Fault(f"{where}.{code}", "nothing, though this language is offered", mend)
        elif not text_of(answer.get("text")):
            mend = f"Write it in the default language, or in an [answers.{default}] table."
            yield Fault(f"{where}.text", "nothing", mend)


def _misheard(given: Given, key: str, table: Mapping[str, Any], heard: set[str]) -> Iterator[Fault]:
    """Yield a fault for words that mean something else, or that another answer has already."""
    for name, phrases in (("words", _listed(table)), ("question", _asked(table))):
        spellings = _spellings(phrases)
        where = f"{key}.{name}"
        if any(len(normalise(phrase)) < _LEAST_CHARS for phrase in phrases):
            mend = "Write words of two letters or more; signs and emoji are not heard."
            yield Fault(where, "nothing that can be heard", mend)
        elif any(_is_taken(given, spelling) for spelling in spellings):
            mend = (
                "Write other words: STOP, the words for rights and those of the menu always come "
                "first, and docs/words.md lists them."
            )
            yield Fault(where, "a word that means something else already", mend)
        elif spellings & heard:
            mend = "Write each word for one answer only."
            yield Fault(where, "a word that stands above already", mend)


def _is_taken(given: Given, spelling: str) -> bool:
    offered = given.names("languages.offered")
    is_ours = any(LEXICON.find(spelling, code) for code in offered)
    return is_ours or spelling in _EXPECTED or STOP_WITHIN.holds(spelling)


def _listed(table: Mapping[str, Any]) -> tuple[str, ...]:
    return words_of(table.get("words"))


def _asked(table: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(filter(None, (text_of(table.get("question")),)))


def _phrases(table: Mapping[str, Any]) -> tuple[str, ...]:
    return _listed(table) + _asked(table)


def _spellings(phrases: tuple[str, ...]) -> set[str]:
    return {spelling for phrase in phrases for spelling in spellings_of(phrase)}
