"""What the documents say is so: commands, files, links, transcripts and the example flow."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from bot.cli import app
from bot.connecting.errors import ConnectError
from bot.readiness.pages import NEEDED
from bot.sample import Ports, make_sample
from bot.site import sites
from flows.kit.person import Memory
from flows.kit.turn import Site
from tests.flows.chat import Chat, make_person, shown
from tests.flows.test_transcripts import act, read_transcript

ROOT = Path(__file__).parents[1]
WRITTEN = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
README = (ROOT / "README.md").read_text(encoding="utf-8")
#: The documents that name commands and files.
GUIDES = [path for path in WRITTEN if path.name not in {"words.md", "flows.md", "CHANGELOG.md"}]

each_document = pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
each_guide = pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.name)


def blocks(kind: str) -> list[str]:
    """List the README's fenced blocks of a kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def block_with(kind: str, beginning: str) -> str:
    """Return the README's only block of a kind that begins so."""
    (found,) = [block for block in blocks(kind) if block.startswith(beginning)]
    return found


def commands(command: object, before: str = "") -> Iterator[str]:
    """List every command by the words it is called with."""
    if not isinstance(command, TyperGroup):
        yield before.strip()
        return
    for name, inner in command.commands.items():
        yield from commands(inner, f"{before} {name}")


def in_backticks(text: str) -> list[str]:
    """List what a text marks as code, in its lines and in its shell blocks."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    shell = re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [*re.findall(r"`([^`\n]+)`", prose), *"\n".join(shell).splitlines()]


@each_guide
def test_named_commands_exist(path: Path) -> None:
    """Every `chatmagico …` and every `make …` that a guide names can be typed."""
    known = set(commands(get_command(app)))
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for code in in_backticks(path.read_text(encoding="utf-8")):
        for words in re.findall(r"\bchatmagico((?: [a-z][a-z-]*)+)", code):
            assert words.strip() in known, code
        for target in re.findall(r"^make ([a-z]+)", code):
            assert target in targets, code


def test_every_command_is_named() -> None:
    """The README's table leaves no command out."""
    rows = set(re.findall(r"^\| `chatmagico ([a-z -]+)` \|", README, re.MULTILINE))
    assert rows == set(commands(get_command(app)))


@each_guide
def test_named_files_exist(path: Path) -> None:
    """Every path into the repository that a guide names is there."""
    tops = {found.name for found in ROOT.iterdir() if found.is_dir()} - {"data", "keys"}
    for code in in_backticks(path.read_text(encoding="utf-8")):
        place = code.rstrip("/").removesuffix("/**")
        if re.fullmatch(r"[\w./-]+", place) and place.split("/")[0] in tops and "/" in place:
            assert (ROOT / place).exists() or place == "flows/visit.py", place


def test_every_line_of_the_tree_exists() -> None:
    """The README's tree names what is there, and every package of it."""
    named: set[Path] = set()
    top = Path()
    for line in block_with("text", "bot/").splitlines():
        name = line.split()[0]
        top = top if line.startswith(" ") else Path(name)
        named.add(top / name if line.startswith(" ") else top)
    assert not [str(path) for path in named if not (ROOT / path).exists()]
    packages = {
        found.parent.relative_to(ROOT)
        for room in ("bot", "flows", "storage")
        for found in (ROOT / room).glob("*/__init__.py")
    }
    assert packages <= named
    assert {path.relative_to(ROOT) for path in (ROOT / "bot").glob("*.py")} - named <= {
        Path("bot/__init__.py"),
        Path("bot/__main__.py"),
    }


def test_the_path_of_a_message_names_functions_that_exist() -> None:
    """Each step of the README's table is a function of the file it names."""
    rows = re.findall(r"\| `([\w/]+\.py)` \| `(\w+)` \|$", README, re.MULTILINE)
    assert len(rows) > 10
    for file, function in rows:
        text = (ROOT / file).read_text(encoding="utf-8")
        assert re.search(rf"\bdef {function}\(", text), f"{file}: {function}"


def test_every_subscription_is_named() -> None:
    """The README names every field of a Page that `check` asks for."""
    assert [field for field in NEEDED if f"`{field}`" not in README] == []


def refusals(of: type[ConnectError] = ConnectError) -> Iterator[type[ConnectError]]:
    """List everything that `connect` can say of Meta."""
    for one in of.__subclasses__():
        yield one
        yield from refusals(one)


@pytest.mark.parametrize("refusal", list(refusals()))
def test_screens_have_one_name(refusal: type[ConnectError]) -> None:
    """Every screen at Meta that `connect` sends somebody to is named so in the guide, too."""
    guide = " ".join((ROOT / "docs" / "go-live.md").read_text(encoding="utf-8").split())
    for way in re.findall(r"your (?:app|Page) > ((?:[\w ]+ > )*\w+)", refusal.advice):
        assert way in guide, way


@each_document
def test_links_resolve(path: Path) -> None:
    """Every link inside the repository leads somewhere, headings included."""
    for target in re.findall(r"\]\(([^)]+)\)", path.read_text(encoding="utf-8")):
        if re.match(r"https?:", target):
            continue
        file, _, heading = target.partition("#")
        found = path.parent / file if file else path
        assert found.exists(), target
        assert not heading or heading in anchors(found), target


def anchors(path: Path) -> set[str]:
    """List the headings of a document as a link names them."""
    titles = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("transcript", [b for b in blocks("text") if b.startswith("person")])
def test_the_transcripts_are_what_is_said(transcript: str, tmp_path: Path) -> None:
    """Somebody new hears, word for word, what the README shows."""
    stranger = make_person(memory=Memory())
    chat = Chat(stranger, site_of_the_demo(tmp_path))
    for role, line in read_transcript(f"\n{transcript}"):
        if role == "bot":
            said = " ".join(shown(reply) for reply in chat.outcome.replies)
            assert " ".join(said.split()) == line
        else:
            act(chat, role, line)


def site_of_the_demo(folder: Path) -> Site:
    """Return what the demo's first Page is configured with."""
    sample = make_sample(folder, Ports(8080, 8090, 8081))
    site = sites(sample.settings("http://127.0.0.1:8090/graph"))[sample.pages[0].id]
    return replace(site, privacy_url="https://bot.example/privacy")


@pytest.fixture
def with_visit(tmp_path: Path) -> Path:
    """Return a copy of the flows and their tests to which the README's flow was added."""
    for folder in ("flows", "tests/flows"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for file in ("pyproject.toml", "tests/__init__.py"):
        shutil.copy(ROOT / file, tmp_path / file)
    flow = block_with("python", '"""Visit')
    # A reader may have done as the README says: their own files are left out, or stand already.
    (tmp_path / "flows" / "visit.py").write_text(flow, encoding="utf-8")
    for change in re.split(r"^--- ", block_with("diff", "--- flows/"), flags=re.MULTILINE)[1:]:
        name, _, lines = change.partition("\n")
        apply_change(lines, tmp_path / name)
    return tmp_path


def apply_change(change: str, file: Path) -> None:
    """Add new lines behind the old line above them, which must be there once."""
    text = file.read_text(encoding="utf-8")
    if re.search(r"\bvisit\b", text):
        return
    for above, added in re.findall(r"^ (.*\n)((?:\+.*\n)+)", change, re.MULTILINE):
        assert text.count(above) == 1, above
        text = text.replace(above, above + re.sub(r"^\+", "", added, flags=re.MULTILINE))
    file.write_text(text, encoding="utf-8")


def run_in(folder: Path, *arguments: str) -> str:
    """Run a Python module in a folder and return what it says, trouble included."""
    done = subprocess.run(  # noqa: S603 - our own tools, in a copy
        [sys.executable, "-m", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.stdout + done.stderr


def test_the_first_flow_runs(with_visit: Path) -> None:
    """The README's flow, added as the README says, follows its own transcript."""
    play = ("pytest", "tests/flows/test_transcripts.py", "-k", "visit")
    told = run_in(with_visit, *play, "-p", "no:cacheprovider", "--rootdir", str(with_visit))
    assert "1 passed" in told, told


def test_the_first_flow_is_well_formed(with_visit: Path) -> None:
    """The README's flow and its changes pass lint and format as they stand there."""
    changed = ("flows/visit.py", "flows/words.py", "flows/registry.py", "tests/flows/reaching.py")
    assert run_in(with_visit, "ruff", "check", "--no-cache", *changed) == "All checks passed!\n"
    told = run_in(with_visit, "ruff", "format", "--check", "--no-cache", *changed)
    assert told == "4 files already formatted\n"


def test_the_first_flow_can_be_reached(with_visit: Path) -> None:
    """The way to the new place, named as the README says, leads there."""
    reach = "from tests.flows.reaching import reach; reach(('visit', 'way'))"
    (with_visit / "reach_it.py").write_text(reach, encoding="utf-8")
    assert run_in(with_visit, "reach_it") == ""


def test_refreshing_tells_what_is_empty(with_visit: Path) -> None:
    """Each catalogue in which a new text waits for its words is named, with how many."""
    new = 'from flows.kit.texts import _\n\nNEW = _("A text that nobody has put into words.")\n'
    (with_visit / "flows" / "unheard.py").write_text(new, encoding="utf-8")
    told = run_in(with_visit, "flows.locales")
    for code in ("de", "es", "fr", "it", "pl"):
        place = re.escape(f"flows/locales/{code}/LC_MESSAGES/flows.po")
        assert re.search(rf"^{place}: \d+ texts? (is|are) empty\.$", told, re.MULTILINE), told
