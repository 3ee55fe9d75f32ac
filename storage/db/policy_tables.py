"""Versions of the notice: what each says, which one is in force, and who was told of it."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from storage.db.tables import main, people

#: Every version that was ever published; its facts and asked purposes are JSON.
policies = Table(
    "policies",
    main,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("words_hash", LargeBinary(32), nullable=False),
    Column("facts", Text, nullable=False),
    Column("asks_again", Text, nullable=False),
    Column("published_by", String(16), nullable=False),
    Column("published_at_ms", BigInteger, nullable=False),
    Column("in_force_from_ms", BigInteger, nullable=False),
    Column("begun_at_ms", BigInteger),
)

#: Each text once, under its hash.
policy_texts = Table(
    "policy_texts",
    main,
    Column("text_hash", LargeBinary(32), primary_key=True),
    Column("text", Text, nullable=False),
)

#: Which text a version has in which language.
policy_languages = Table(
    "policy_languages",
    main,
    Column("number", ForeignKey(policies.c.number), primary_key=True),
    Column("language", String(5), primary_key=True),
    Column("text_hash", ForeignKey(policy_texts.c.text_hash), nullable=False),
)

#: The purposes that the version in force names, and since when an older yes counts no more.
policy_purposes = Table(
    "policy_purposes",
    main,
    Column("purpose_id", String(64), primary_key=True),
    Column("is_named", Boolean, nullable=False),
    Column("asked_anew_at_ms", BigInteger),
    Column("asked_anew_by", Integer),
)

#: What owners prepare together; one row at most.
policy_drafts = Table(
    "policy_drafts",
    main,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("revision", Integer, nullable=False),
    Column("words_hash", LargeBinary(32), nullable=False),
    Column("facts_hash", LargeBinary(32), nullable=False),
    Column("in_force_from_ms", BigInteger),
    Column("asks_again", Text, nullable=False),
    Column("edited_by", String(16), nullable=False),
    Column("edited_at_ms", BigInteger, nullable=False),
)

#: Who was told of which version, by which way, and what they answered.
policy_tellings = Table(
    "policy_tellings",
    main,
    Column("telling_id", LargeBinary(16), primary_key=True),
    Column("person_id", ForeignKey(people.c.person_id), nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("lane", String(16), nullable=False),
    Column("told_at_ms", BigInteger),
    Column("answer", String(16)),
    Column("answered_at_ms", BigInteger),
    Index("policy_tellings_once", "person_id", "number", unique=True),
)
