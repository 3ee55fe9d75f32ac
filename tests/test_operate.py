"""What docs/operate.md says of metrics, alerts and capacity is what the program has."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from bot.alerts.wording import WORDS
from bot.log_actions import Action
from bot.metrics import Metrics
from bot.settings.sections import MetricsAddress
from storage.alerts import AlertKind

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """Return what stands below a heading, up to the next one."""
    (found,) = re.findall(rf"^#+ {title}\n(.*?)(?=^#|\Z)", GUIDE, re.MULTILINE | re.DOTALL)
    return str(found)


def metrics() -> dict[str, str]:
    """Return every metric as Prometheus names it, with its kind."""
    shown = Metrics().exposition().decode()
    return {
        family.name + ("_total" if family.type == "counter" else ""): family.type
        for family in text_string_to_metric_families(shown)
        if not family.name.endswith("_created")  # the library's own
    }


def yaml_blocks() -> list[dict[str, Any]]:
    """Read what the guide has Prometheus read."""
    blocks = re.findall(r"^```yaml\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    return [yaml.safe_load(block) for block in blocks]


def rules() -> Iterator[tuple[str, str]]:
    """List the alarms with what they look at."""
    for group in yaml_blocks()[1]["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]


def test_every_metric_is_explained() -> None:
    """The table has a row for each metric there is, and for no other."""
    rows = re.findall(r"^\| `(chatmagico_\w+)` \|", section("Every metric"), re.MULTILINE)
    assert sorted(rows) == sorted(metrics())


@pytest.mark.parametrize(("name", "expression"), list(rules()))
def test_the_alarms_look_at_what_there_is(name: str, expression: str) -> None:
    """Each alarm of the example goes by metrics that exist, or by Prometheus' own."""
    named = set(re.findall(r"\b(?:chatmagico_\w+|up)\b", expression))
    assert named, name
    assert named <= {*metrics(), "up"}, name


def test_prometheus_asks_where_the_metrics_are() -> None:
    """The example asks the settings' default address."""
    (job,) = yaml_blocks()[0]["scrape_configs"]
    where = MetricsAddress()
    assert job["static_configs"] == [{"targets": [f"{where.host}:{where.port}"]}]
    assert f"{where.host}:{where.port}" in section("Watch")


@pytest.mark.parametrize("kind", list(AlertKind))
def test_every_alert_has_its_row(kind: AlertKind) -> None:
    """The table quotes each alert as admins read it, about something and at some stage."""
    said = re.escape(WORDS[kind].says)
    pattern = said.replace(r"\{about\}", r"[\w-]+").replace(r"\{stage\}", r"\d+ \w+")
    assert re.search(rf"^\| {pattern} \| ", section("Alerts"), re.MULTILINE)


def test_the_actions_to_look_at_can_be_logged() -> None:
    """Each action that the guide names is one that the log can have."""
    named = re.findall(r"`([a-z]+\.[a-z_]+)`", section("Log"))
    assert len(named) > 5
    assert set(named) <= {str(action) for action in Action}


def test_the_capacity_is_what_was_measured() -> None:
    """Every figure of the process is one that stands in the README's table."""
    table = README.partition("<!-- figures:")[2].partition("<!-- end of figures -->")[0]
    figures = re.findall(
        r"^- (?:At )?(?:[a-z ]*?)([\d,.]+(?: MiB)?) (?:messages|events|of memory)",
        section("Capacity"),
        re.MULTILINE,
    )
    assert len(figures) == 4
    assert [figure for figure in figures if figure not in table] == []
    others = re.findall(
        r"acknowledged within ([\d.]+ ms)|and ([\d.]+ MiB) more|comes within ([\d.]+ s)",
        section("Capacity"),
    )
    assert len(others) == 3
    assert [figure for found in others for figure in found if figure not in table] == []
