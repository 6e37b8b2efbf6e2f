"""docs/dialogue.md lists the topics and intents there are, and says of each whether its task is served."""

import re

import pytest
import yaml

from tests.docs.reading import ROOT, rows, section, text_of

TOPICS = {row[0]: row for row in rows(section(text_of("docs/dialogue.md"), "## Topics"))}
DATA = sorted(path.name for path in (ROOT / "data").iterdir() if (path / "domain.yml").exists())


def names(cell: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", cell))


def test_the_topics_are_those_of_the_bot() -> None:
    assert set(TOPICS) == set(DATA)


@pytest.mark.parametrize("topic", DATA)
def test_a_topics_intents_are_listed_as_served_or_as_coming(topic: str) -> None:
    rules = yaml.safe_load((ROOT / "data" / topic / "rules.yml").read_text(encoding="utf-8"))["rules"]
    begun = {rule["steps"][0]["intent"]: rule["steps"][1].get("action") for rule in rules if "intent" in rule["steps"][0]}
    later = {intent for intent, action in begun.items() if action == "action_not_yet"}
    served = set(begun) - later - {"verification_done", "verification_failed"}
    cells = [*TOPICS[topic], ""]
    assert (names(cells[1]), names(cells[2])) == (served, later)


def test_actions_have_a_module_where_a_topic_has_a_task() -> None:
    own = {topic for topic in DATA if (ROOT / "actions" / f"{topic}.py").exists()}
    assert {"balance", "bill", "data_pack", "dialogue", "handoff", "orders", "plan", "top_up"} <= own
