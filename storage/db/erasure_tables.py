"""Tables of erasure and of the epochs of keys; on the same metadata as all the others."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, Table

from storage.db.tables import keys, main, people

#: One row: which deployment this database belongs to. Its tombstones carry the same id.
deployment = Table(
    "deployment",
    main,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("deployment_id", LargeBinary(16), nullable=False),
    Column("made_at_ms", BigInteger, nullable=False),
)

#: Whose erasure is under way: from here on it only goes forward.
erasing = Table(
    "erasing",
    main,
    Column("person_id", ForeignKey(people.c.person_id), primary_key=True),
    Column("begun_at_ms", BigInteger, nullable=False, index=True),
)

#: Which epochs there are; the highest active one wraps new keys.
epochs = Table(
    "epochs",
    keys,
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("active_at_ms", BigInteger, nullable=False),
    Column("retired_at_ms", BigInteger),
    Column("destroyed_at_ms", BigInteger),
)

#: By what the secret of an epoch is recognised, that of the root under 0; nothing leads back.
secret_checks = Table(
    "secret_checks",
    keys,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("check_digits", LargeBinary(8), nullable=False),
)
