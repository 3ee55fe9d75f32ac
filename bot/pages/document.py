"""The file that a person gets of their data: a page to read, and inside it the same for machines.

It is written portion by portion, so that somebody with very many messages costs no more memory than
the file itself. Nothing in it runs and nothing is loaded from elsewhere.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from itertools import groupby
from typing import Any, Final

from bot.pages.kept import GROUPS, STATE, group_of
from bot.pages.texts import Voice, _
from bot.turns.items import fields_of, item_of, text_of
from flows.cards import details_in
from flows.kit.found import Item
from flows.rights_words import BRING_BACK
from flows.words import as_shown
from storage.data_map import FIELDS
from storage.export import CLOSES, OPENS, raw_of
from storage.holdings import LONG, Held, exported_of

_STYLE: Final = (
    "body{font:1rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;"
    "color:#1c2420;background:#fff}table{border-collapse:collapse;width:100%}"
    "th,td{border-bottom:1px solid #dce0d8;padding:.3rem .5rem;text-align:left;"
    "vertical-align:top;overflow-wrap:anywhere}small{color:#57625c;display:block;"
    "font-weight:normal}h2{margin-top:2.5rem}"
)
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"


#: The values of a row, by table and name.
_Row = dict[tuple[str, str], Any]


@dataclass(frozen=True, slots=True)
class About:
    """Whose file it is, for its first lines."""

    controller: str
    page_name: str
    language: str
    #: Who else gets data, for people to read.
    recipients: str
    made_at: str


@dataclass(slots=True)
class Document:
    """A file that is being written; first `add`, then `add_long` as often as needed, then `close`.

    Each takes a few milliseconds for a portion.
    """

    about: About
    head: dict[str, Any]
    #: What the person agreed to, once more as records that other programs know.
    consent_records: list[dict[str, Any]]
    _sections: dict[str, bytearray] = field(default_factory=dict)
    _tables: dict[str, bytearray] = field(default_factory=dict)
    _items: dict[tuple[str, str], Item] = field(default_factory=dict)

    def add(self, held: Iterable[Held]) -> None:
        """Write tables of which all rows are given."""
        for table, values in groupby(held, key=lambda one: one.table):
            rows = _rows(values)
            self._add_json(table, rows)
            for name, fields in self._by_group(rows):
                self._section(name).extend(self._as_html(fields).encode())

    def add_long(self, held: Iterable[Held]) -> None:
        """Write a portion of the long table."""
        rows = _rows(held)
        if LONG.name not in self._tables:
            self._open_long()
        self._add_json(LONG.name, rows)
        lines = "".join(self._grid_row(list(exported_of(LONG.name)), _flat(row)) for row in rows)
        self._section(LONG.name).extend(lines.encode())

    def close(self) -> bytearray:
        """Return the whole file, without its signature; nothing can be added any more."""
        if LONG.name in self._tables:
            self._section(LONG.name).extend(b"</tbody></table>\n")
        content = bytearray(self._top().encode())
        for group in GROUPS:
            if group.title in self._sections:
                content += f"<h2>{self._say(group.title)}</h2>\n".encode()
                content += self._sections.pop(group.title)
        content += OPENS
        self._write_json(content)
        content += CLOSES + b"\n</body>\n</html>\n"
        return content

    # --- For people -------------------------------------------------------------
    def _say(self, english: str, **values: object) -> str:
        return str(Voice(self.about.language).say(english, **values))

    def _top(self) -> str:
        about = self.about
        title = self._say(_("Your data at {controller}"), controller=about.controller)
        lines = (
            self._say(
                _("This is everything that {controller} keeps of you on the Page {page}."),
                controller=about.controller,
                page=about.page_name,
            ),
            self._say(_("Made on {time}."), time=about.made_at),
            self._say(
                _(
                    "Whoever has this file can read it, so keep it safe. It says in the last line "
                    "that it is unchanged: with a signature over everything before."
                )
            ),
            self._say(
                _(
                    "If your data is erased and you return one day, write {word} in the chat. This "
                    "file then brings back your language and the details you gave. It never brings "
                    "back a yes: that is asked anew."
                ),
                word=as_shown(BRING_BACK, about.language),
            ),
        )
        return (
            f'<!doctype html>\n<html lang="{about.language}">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
            f"<h1>{title}</h1>\n" + "".join(f"<p>{line}</p>\n" for line in lines)
        )

    def _section(self, table: str) -> bytearray:
        entry = next(iter((FIELDS if table == STATE else exported_of(table)).values()))
        return self._sections.setdefault(group_of(table, entry).title, bytearray())

    def _by_group(self, rows: list[list[Held]]) -> Iterator[tuple[str, list[_Row]]]:
        """Yield the rows of a table, and apart from it those of the state."""
        told = [_flat(row) for row in rows]
        for name in dict.fromkeys(table for row in told for table, _column in row):
            yield name, [{key: row[key] for key in row if key[0] == name} for row in told]

    def _as_html(self, rows: list[_Row]) -> str:
        columns = list(dict.fromkeys(key for row in rows for key in row))
        if len(rows) > 1:
            names = [name for _table, name in columns]
            lines = "".join(self._grid_row(names, row) for row in rows)
            return f"{self._grid_head(columns)}{lines}</tbody></table>\n"
        lines = "".join(
            f'<tr><th scope="row">{escape(self._item(*key).label)}</th>'
            f"<td>{self._text(key[1], rows[0][key])}<small>{self._details(key)}</small></td></tr>\n"
            for key in columns
        )
        return f"<table><tbody>\n{lines}</tbody></table>\n"

    def _open_long(self) -> None:
        columns = [(LONG.name, name) for name in exported_of(LONG.name)]
        self._section(LONG.name).extend(self._grid_head(columns).encode())

    def _grid_head(self, columns: list[tuple[str, str]]) -> str:
        cells = "".join(
            f'<th scope="col">{escape(self._item(*key).label)}'
            f"<small>{self._details(key)}</small></th>"
            for key in columns
        )
        return f"<table><thead><tr>{cells}</tr></thead><tbody>\n"

    def _grid_row(self, names: list[str], row: _Row) -> str:
        values = {name: value for (_table, name), value in row.items()}
        cells = "".join(
            f"<td>{self._text(name, values[name]) if name in values else ''}</td>" for name in names
        )
        return f"<tr>{cells}</tr>\n"

    def _text(self, name: str, value: Any) -> str:
        return escape(text_of(name, value, self.about.language))

    def _details(self, key: tuple[str, str]) -> str:
        return escape(details_in(self.about.language, self._item(*key)))

    def _item(self, table: str, name: str) -> Item:
        if (table, name) not in self._items:
            entry = FIELDS[name] if table == STATE else exported_of(table)[name]
            self._items[table, name] = item_of(
                table,
                name,
                entry,
                Voice(self.about.language),
                recipients=self.about.recipients,
            )
        return self._items[table, name]

    # --- For machines -----------------------------------------------------------
    def _add_json(self, table: str, rows: list[list[Held]]) -> None:
        written = self._tables.setdefault(table, bytearray())
        for row in rows:
            if written:
                written += b",\n"
            written += _json({one.column: self._cell(one) for one in row})

    def _cell(self, held: Held) -> dict[str, Any]:
        if held.column != "state":
            ((_table, name, value, _entry),) = fields_of(held)
            raw, text = raw_of(held), text_of(name, value, self.about.language)
            return {"raw": raw} if raw == text else {"raw": raw, "text": text}
        fields = {
            name: {
                "raw": value,
                "text": text_of(name, value, self.about.language),
                "about": self._told_of(STATE, name),
            }
            for _table, name, value, _entry in fields_of(held)
        }
        return {"raw": raw_of(held), "fields": fields}

    def _told_of(self, table: str, name: str) -> dict[str, str]:
        item = self._item(table, name)
        return {
            "category": item.category,
            "label": item.label,
            "purpose": item.purpose,
            "basis": item.basis,
            "kept": item.kept,
            "origin": item.origin,
            "recipients": item.recipients,
        }

    def _write_json(self, content: bytearray) -> None:
        head = {**self.head, "language": self.about.language}
        content += _json(head)[:-1] + b', "tables": {'
        for number, table in enumerate(list(self._tables)):
            columns = {name: self._told_of(table, name) for name in exported_of(table)}
            content += b",\n" * bool(number) + _json(table) + b': {"columns": ' + _json(columns)
            content += b', "rows": [\n' + self._tables.pop(table) + b"]}"
        content += b"},\n" + _json("consent_records") + b": " + _json(self.consent_records) + b"}"


def _rows(held: Iterable[Held]) -> list[list[Held]]:
    return [list(row) for _number, row in groupby(held, key=lambda one: one.row)]


def _flat(row: list[Held]) -> _Row:
    """Return the values of a row by table and name, those inside the state each for itself."""
    return {(table, name): value for held in row for table, name, value, _entry in fields_of(held)}


def _json(value: object) -> bytes:
    """Write JSON in which nothing can end the script around it."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c").encode()
