"""Consent records in the shape of ISO/IEC TS 27560:2023: header, processing, parties, events.

    person's acts ─┐
    configuration ─┼─▶ one record per purpose ─▶ the person's file
    data map ──────┘

What was said and shown is told as it was then. Controller, recipients and periods are told as they
are configured when the record is made: no history of them is kept, and each record says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any, Final

from bot.pages.facts import EEA, Pages
from bot.pages.press import BASES
from bot.pages.texts import Voice
from bot.settings.sections import Purpose, Recipient
from flows.detail_texts import LABELS
from flows.kit.texts import translate
from flows.rights_words import RIGHTS, WITHDRAW
from flows.words import STOP, as_shown
from storage.consent_history import CountedActs, RecordedAct
from storage.data_map import COLUMNS, Basis
from storage.policies import AskedAnew

_SCHEMA: Final = {
    "schema_version": "chatmagico-consent-record/1",
    "shape": "ISO/IEC TS 27560:2023",
}
#: What the record calls each act.
_EVENTS: Final = {"granted": "given", "refused": "refused", "withdrawn": "withdrawn"}
#: What serves every purpose, besides what a purpose needs.
_ALWAYS: Final = (
    ("people", "psid"),
    ("people", "page_id"),
    ("people", "language"),
    ("people", "window_ends_at_ms"),
    ("consents", "act"),
    ("deliveries", "outcome"),
)
_META: Final = "Meta"


@dataclass(frozen=True, slots=True)
class ConsentRecords:
    """Makes records; reads nothing and writes nothing."""

    facts: Pages
    #: Which purposes were asked about anew when, and by which version of the notice.
    asked_anew: Mapping[str, AskedAnew] = field(default_factory=dict)

    def of_person(
        self, acts: Iterable[RecordedAct], *, principal: str, language: str, made_on: date
    ) -> list[dict[str, Any]]:
        """Return a person's records, one per purpose.

        Args:
            acts: All of that person's, the oldest first.
            principal: What stands for the person; never a Messenger id.
            language: In which the texts of the records are.
            made_on: The day on which the configuration was as the records tell it.
        """
        by_purpose = sorted(acts, key=lambda act: act.purpose_id)
        return [
            self._record(purpose_id, list(own), principal, language, made_on)
            for purpose_id, own in groupby(by_purpose, key=lambda act: act.purpose_id)
        ]

    def of_purpose(
        self, purpose_id: str, counted: Iterable[CountedActs], *, made_on: date
    ) -> dict[str, Any]:
        """Return a purpose's record without people: what was asked, how often answered how."""
        language = self.facts.languages.default
        return {
            "header": {**_SCHEMA, "record_of": "purpose"},
            "processing": self._processing(purpose_id, language, made_on),
            "parties": self._parties(purpose_id),
            "events": [_count(counts) for counts in counted],
        }

    def is_configured(self, purpose_id: str) -> bool:
        """Tell whether people are asked for this purpose now."""
        return self._purpose(purpose_id) is not None

    def _record(
        self,
        purpose_id: str,
        acts: Sequence[RecordedAct],
        principal: str,
        language: str,
        made_on: date,
    ) -> dict[str, Any]:
        header = {
            **_SCHEMA,
            # The number of what was recorded first: random, and the same in each of their files.
            "record_id": min(acts, key=_recorded).consent_id.hex(),
            "pii_principal_id": principal,
        }
        record = {
            "header": header,
            "processing": self._processing(purpose_id, language, made_on),
            "parties": self._parties(purpose_id),
            "events": [_event(act) for act in acts],
        }
        ended = self.asked_anew.get(purpose_id)
        if ended is not None and any(act.platform_at_ms <= ended.at_ms for act in acts):
            # No act of the person, so no event of theirs: it says why an older yes counts no more.
            told = {"version": ended.version, "at": _time(ended.at_ms)}
            record["asked_anew_by_notice"] = told
        return record

    def _purpose(self, purpose_id: str) -> Purpose | None:
        return next((one for one in self.facts.purposes if one.id == purpose_id), None)

    def _processing(self, purpose_id: str, language: str, made_on: date) -> dict[str, Any]:
        facts, voice = self.facts, Voice(language)
        return {
            "as_configured_on": made_on.isoformat(),
            "privacy_notice": f"{facts.url}/privacy?lang={language}",
            "language": language,
            "purpose": self._told_purpose(purpose_id, language),
            "lawful_basis": str(voice.say(BASES[Basis.CONSENT])),
            "pii_information": self._categories(purpose_id, language),
            "pii_controllers": [facts.controller_name],
            "collection_method": "messenger-chat",
            "processing_method": "automated",
            "storage_locations": sorted({one.country for one in self._recipients(purpose_id)}),
            "retention_period": self._retention(voice),
            "jurisdiction": "Regulation (EU) 2016/679",
            "recipients": [_META, *(one.name for one in self._recipients(purpose_id))],
            "withdrawal_method": [as_shown(word, language) for word in (STOP, WITHDRAW)],
            "privacy_rights": [as_shown(word, language) for word in RIGHTS],
        }

    def _told_purpose(self, purpose_id: str, language: str) -> dict[str, str]:
        purpose = self._purpose(purpose_id)
        if purpose is None:
            return {"id": purpose_id}  # it was taken out of the configuration since
        texts = purpose.in_languages(self.facts.languages)
        text = texts.get(language) or texts[self.facts.languages.default]
        told = {"id": purpose_id, "class": purpose.klass}
        return told | {"title": text.title, "text": text.text}

    def _categories(self, purpose_id: str, language: str) -> list[str]:
        purpose, voice = self._purpose(purpose_id), Voice(language)
        always = [str(voice.say(COLUMNS[table][name].holds)) for table, name in _ALWAYS]
        needs = purpose.needs if purpose else ()
        return always + [translate(language, LABELS[name]) for name in needs]

    def _retention(self, voice: Voice) -> dict[str, Any]:
        keep = self.facts.retention
        return {
            "consents": str(voice.say(COLUMNS["consents"]["act"].kept)),
            "days_after_last_withdrawal": keep.withdrawn_days,
            "months_without_message": keep.inactive_months,
            "days_of_deliveries": keep.deliveries_days,
            "days_of_proof_after_erasure": keep.consent_evidence_days,
        }

    def _recipients(self, purpose_id: str) -> list[Recipient]:
        return [
            one for one in self.facts.recipients if not one.purposes or purpose_id in one.purposes
        ]

    def _parties(self, purpose_id: str) -> list[dict[str, Any]]:
        own = self.facts.controller
        controller = {
            "party_role": "controller",
            "party_name": self.facts.controller_name,
            "party_address": own.address,
            "party_email": own.email,
            "party_url": own.imprint_url,
            "party_contact": own.dpo,
        }
        authority = {"party_role": "authority", "party_name": own.authority}
        meta = {"party_role": "recipient and controller of its own", "party_name": _META}
        others = [
            {
                "party_role": f"recipient: {one.role}",
                "party_name": one.name,
                "party_country": one.country,
                "is_outside_eea": one.country not in EEA,
            }
            for one in self._recipients(purpose_id)
        ]
        told = (controller, *((authority,) if own.authority else ()), meta, *others)
        return [{name: value for name, value in party.items() if value != ""} for party in told]


def _recorded(act: RecordedAct) -> tuple[int, bytes]:
    return act.recorded_at_ms, act.consent_id


def _event(act: RecordedAct) -> dict[str, Any]:
    told = {
        "event_id": act.consent_id.hex(),
        "event_type": _EVENTS.get(act.act, act.act),
        "event_time": _time(act.platform_at_ms),
        "recorded_at": _time(act.recorded_at_ms),
        "changed_anything": act.counts,
        "channel": "messenger",
        **_text(act),
        "ledger_line": act.leaf_index,
    }
    return {name: value for name, value in told.items() if value is not None}


def _count(counted: CountedActs) -> dict[str, Any]:
    told = {
        "event_type": _EVENTS.get(counted.act, counted.act),
        "changed_anything": counted.counts,
        **_text(counted),
        "number": counted.number,
    }
    return {name: value for name, value in told.items() if value is not None}


def _text(act: RecordedAct | CountedActs) -> dict[str, str | None]:
    return {
        "language": act.language,
        "text_version": act.text_version,
        "text_sha256": act.text_hash.hex() if act.text_hash else None,
        "text": act.shown,
    }


def _time(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="seconds")
