"""Changes to a configuration file: what was asked for, and nothing else."""

import tomllib

import pytest

from bot.settings.edited import FileNotEdited, with_key

FILE = """\
# A comment that stays.
[messenger]
app_id = "1" # old
graph_url = "https://graph.test"

[[pages]]
name = "First"  # stays

[[pages]]
id = "2"
name = "Second"

[age]
minimum = 16
"""


@pytest.mark.parametrize(
    ("table", "key", "number", "line"),
    [
        ("messenger", "app_id", None, 'app_id = "new"'),
        ("messenger", "graph_version", None, 'graph_version = "new"'),
        ("pages", "id", 0, 'id = "new"'),
        ("pages", "id", 1, 'id = "new"'),
        ("pages", "id", 2, 'id = "new"'),
        ("metrics", "host", None, 'host = "new"'),
    ],
)
def test_one_line_changes(table: str, key: str, number: int | None, line: str) -> None:
    """A key is replaced, or added to its table, which is added where it is not there."""
    edited = with_key(FILE, table, key, "new", number=number)
    place = tomllib.loads(edited)[table]
    assert (place if number is None else place[number])[key] == "new"
    before, after = FILE.splitlines(), edited.splitlines()
    added = [one for one in after if one not in before and one]
    assert set(added) <= {line, f"[{table}]"}
    assert sum(one not in after for one in before) <= 1
    assert "# A comment that stays." in after


@pytest.mark.parametrize(
    "text",
    [
        'messenger = {app_id = "1"}\n',
        'messenger.app_id = "1"\n',
        '[messenger]\nnote = """\n[messenger]\napp_id = "x"\n"""\napp_id = """1\n"""\n',
        "[messenger\n",
    ],
    ids=["inline", "dotted", "in a text", "no TOML"],
)
def test_what_is_written_otherwise_is_left_alone(text: str) -> None:
    """Where a line can't be changed without changing more, nothing is, and the key is told."""
    with pytest.raises(FileNotEdited) as refused:
        with_key(text, "messenger", "app_id", "2")
    assert refused.value.facts == {"key": "messenger.app_id"}


def test_a_text_with_everything_in_it() -> None:
    """Quotes, backslashes and letters of any language come back as they were."""
    name = 'Über "alles" \\ \t Ωmega \x7f'
    edited = with_key(FILE, "pages", "name", name, number=1)
    assert tomllib.loads(edited)["pages"][1]["name"] == name
