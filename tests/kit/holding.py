"""Fills every table about people at random, and remembers what an export must then contain."""

import json
import random
import secrets
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from storage import Transaction
from storage.data_map import COLUMNS
from storage.db.admin_tables import admin_numbers, admins
from storage.db.breach_tables import breach_notices, breach_tellings, breaches
from storage.db.columns import Sealed
from storage.db.erasure_tables import erasing
from storage.db.ledger_tables import ledger_entries
from storage.db.tables import erasures, main, people
from storage.vault.sealing import Cell, SealedBytes, seal
from tests.storage.make import NOON_MS, Known

#: Whoever is in one of these is about to be erased, and gets nothing any more.
_GOING = (erasures, erasing)
FILLED = [table for table in main.sorted_tables if "person_id" in table.c and table not in _GOING]
_MOST_ROWS = 4
#: The one line of the ledger that every opening is of, and the one round of telling people of a
#: breach; neither is about anybody.
_LINE = 0
_ROUND = bytes(16)
_POINTED_AT = {ledger_entries: _LINE, breach_tellings: _ROUND}
_BREACH = {"breach_id": _ROUND, "number": "2222-2222", "aware_at_ms": 1, "opened_at_ms": 1}
_TELLING = {
    "telling_id": _ROUND,
    "breach_id": _ROUND,
    "plan": SealedBytes(bytes(80)),
    "begun_at_ms": 1,
    "all_chosen_at_ms": 1,
}


@dataclass
class Owner:
    """A person, a mark that stands in everything of theirs, and what is held."""

    who: Known
    chance: random.Random
    #: Hexadecimal, so that it stands for itself in JSON and in HTML.
    mark: str = field(default_factory=lambda: secrets.token_hex(4))
    #: What is exported, table by table, each row by column.
    held: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    async def fill(self, tx: Transaction) -> None:
        """Put rows into every table, and change the person's own."""
        if not (await tx.execute(ledger_entries.select())).first():
            line = {"leaf_index": _LINE, "kind": "k", "day": 1, "commitment": bytes(32)}
            await tx.execute(ledger_entries.insert(), [line])
        if not (await tx.execute(breaches.select())).first():
            await tx.execute(breaches.insert(), [_BREACH])
            await tx.execute(breach_tellings.insert(), [_TELLING])
        for table in FILLED:
            if table is people:
                await self._change_own_row(tx)
                continue
            keys = table.primary_key.columns
            is_once = table is breach_notices or list(keys.keys()) == ["person_id"]
            most = 1 if is_once else _MOST_ROWS
            rows = [self._row(table) for _ in range(self.chance.randint(0, most))]
            for row in rows:
                if table is admins:
                    row["number"] = await _number_of_an_admin(tx)
                await tx.execute(table.insert(), [row])
            self._note(table, rows)

    async def _change_own_row(self, tx: Transaction) -> None:
        mine = people.c.person_id == self.who.person_id
        state = {
            "place": {"flow": self.mark, "version": 1, "place": "<here>", "notes": {"back": "é&"}},
            "age_ok": self.chance.random() < 0.5,
            "told_at_ms": self._time(),
        }
        row: dict[str, Any] = {
            "state": json.dumps(state).encode(),
            "language": self.chance.choice([None, "en", "de", "pl"]),
            "muted_until_ms": self.chance.choice([0, self._time()]),
            "unreachable_since_ms": self.chance.choice([None, self._time()]),
            "restricted_since_ms": self.chance.choice([None, self._time()]),
        }
        cell = Cell("people", "state", self.who.person_id, self.who.person_id)
        sealed = {**row, "state": seal(self.who.key, row["state"], cell)}
        await tx.execute(people.update().where(mine).values(**sealed))
        kept = (await tx.execute(people.select().where(mine))).mappings().one()
        self._note(people, [{**kept, **row, "psid": self.who.psid.encode()}])

    def _row(self, table: sa.Table) -> dict[str, Any]:
        """Make a row; sealed values are sealed for it."""
        row: dict[str, Any] = {}
        for column in table.c:
            if column.autoincrement is True or (column.nullable and self.chance.random() < 0.3):
                continue
            if column.name == "person_id":
                row["person_id"] = self.who.person_id
            elif column.foreign_keys:
                (points,) = column.foreign_keys
                row[column.name] = _POINTED_AT.get(points.column.table, _LINE)
            elif not (column.primary_key and isinstance(column.type, sa.Integer)):
                row[column.name] = self._value(column)
        name = row.get(list(table.primary_key.columns)[-1].name, b"")
        place = name.encode() if isinstance(name, str) else name
        for column in table.c:
            if isinstance(column.type, Sealed) and column.name in row:
                cell = Cell(table.name, column.name, place, self.who.person_id)
                row[column.name] = seal(self.who.key, f"<b>{self.mark}</b>".encode(), cell)
        return row

    def _value(self, column: "sa.Column[Any]") -> Any:
        match column.type:
            case sa.Boolean():
                return self.chance.random() < 0.5
            case sa.BigInteger():
                return self._time()
            case sa.Integer():
                return self.chance.randrange(100)
            case sa.String():
                return f"{self.mark}{secrets.token_hex(8)}"[: column.type.length]
            case _:
                return secrets.token_bytes(getattr(column.type, "length", None) or 16)

    def _note(self, table: sa.Table, rows: list[dict[str, Any]]) -> None:
        exported = {name for name, entry in COLUMNS[table.name].items() if entry.is_exported}
        told = [
            {name: self._raw(table, name, row[name]) for name in exported & set(row)}
            for row in rows
        ]
        told = [{name: value for name, value in row.items() if value is not None} for row in told]
        if exported and told:
            self.held[table.name] = told

    def _raw(self, table: sa.Table, name: str, value: Any) -> Any:
        if isinstance(table.c[name].type, Sealed) and table is not people and value is not None:
            return f"<b>{self.mark}</b>"
        if isinstance(value, bytes):
            is_text = isinstance(table.c[name].type, Sealed)
            return value.decode() if is_text else value.hex()
        return value

    def _time(self) -> int:
        return NOON_MS + self.chance.randrange(10**9)


async def _number_of_an_admin(tx: Transaction) -> int:
    """Give out the next number; each stands for one admin only."""
    newest = (await tx.execute(sa.select(sa.func.max(admin_numbers.c.number)))).scalar() or 0
    await tx.execute(admin_numbers.insert(), [{"number": newest + 1, "since_ms": NOON_MS}])
    return int(newest) + 1


async def empty(tx: Transaction) -> None:
    """Take everybody out of the database."""
    for table in reversed(main.sorted_tables):
        if "person_id" in table.c:
            await tx.execute(table.delete())
