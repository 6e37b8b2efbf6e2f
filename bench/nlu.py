"""How well the trained bot understands: `bot/.venv/bin/python -m bench.nlu [model] [--fit]`, in Rasa's environment.

Prints accuracy on tests/nlu/heldout.yml through the whole pipeline, the worst confusions, how often words in scope are not understood,
and how many requests out of scope are seen as such. `--fit` shows what thresholds of the FallbackClassifier would do, on a
development split of the training data (cross-validation); held-out words are never looked at for that.
"""

import asyncio
import logging
import sys
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import structlog
import yaml
from rasa.core.agent import Agent
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from sklearn.base import clone
from sklearn.model_selection import StratifiedKFold

from bot.nlu.intents import Intents
from bot.nlu.values import Values

ROOT = Path(__file__).parents[1]
NOT_UNDERSTOOD = "nlu_fallback"
OUT_OF_SCOPE = "out_of_scope"
NONSENSE = [
    "asdf qwer", "香蕉月亮跳舞", "qwertyuiop", "zxcv bnm", "紫色的桌子在唱", "blorp fizz", "lorem ipsum dolor", "石头飞过第七个梦",
    "hjkl", "purple monkey dishwasher", "玻璃骑着云彩", "xyzzy plugh", "的地得了着", "foo bar baz", "鲸鱼数沙子", "wibble wobble",
]  # fmt: skip
FOLDS = 5


def trained_on() -> list[tuple[str, str]]:
    """(text, intent) of every training example."""
    found = []
    for file in sorted((ROOT / "data").glob("*/nlu.*.yml")):
        for entry in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            found += [(line[2:], entry["intent"]) for line in entry["examples"].splitlines()]
    return found


def newest_model() -> Path:
    return max((ROOT / "models").glob("[0-9a-f]*.tar.gz"), key=lambda path: path.stat().st_mtime)


def score(model: Path) -> None:
    agent = Agent.load(str(model))
    rows = yaml.safe_load((ROOT / "tests" / "nlu" / "heldout.yml").read_text(encoding="utf-8"))
    loop = asyncio.new_event_loop()

    def heard(text: str) -> tuple[str, float]:
        intent = loop.run_until_complete(agent.parse_message(text))["intent"]
        return str(intent["name"]), float(intent["confidence"])

    results = [(row, *heard(row["text"])) for row in rows]
    for language in ("zh", "en"):
        _report(language, [result for result in results if result[0]["language"] == language])
    if "--errors" in sys.argv:
        for row, intent, sure in results:
            if intent != row["intent"]:
                print(f"  {row['intent']} heard as {intent} ({sure:.2f}): {row['text']}")
    fell = [text for text in NONSENSE if heard(text)[0] in (NOT_UNDERSTOOD, OUT_OF_SCOPE)]
    print(f"nonsense not understood: {len(fell)}/{len(NONSENSE)}; taken for sense: {sorted(set(NONSENSE) - set(fell))}")


def _report(language: str, results: list[tuple[dict[str, Any], str, float]]) -> None:
    right = [row["intent"] == intent for row, intent, _ in results]
    inside = [intent for row, intent, _ in results if row["intent"] != OUT_OF_SCOPE]
    outside = [intent for row, intent, _ in results if row["intent"] == OUT_OF_SCOPE]
    wrong = Counter((row["intent"], intent) for row, intent, _ in results if row["intent"] != intent)
    print(f"{language}: accuracy {np.mean(right):.3f} of {len(results)}", end="; ")
    print(f"in scope but not understood {inside.count(NOT_UNDERSTOOD) / len(inside):.3f}", end="; ")
    print(f"out of scope seen {sum(intent in (OUT_OF_SCOPE, NOT_UNDERSTOOD) for intent in outside)}/{len(outside)}")
    print("  " + ", ".join(f"{said} as {intent}: {count}" for (said, intent), count in wrong.most_common(12)))


def fit() -> None:
    """Accuracy and refusals over a grid of thresholds, each example judged by a model that has not seen it."""
    examples = trained_on()
    component = Intents(Intents.get_default_config(), "dev", None, Resource("dev"))  # never stored
    messages = [Message.build(text) for text, _ in examples]
    texts, intents = component._create_X(messages), np.array([intent for _, intent in examples])
    sure, ahead, right, odd = np.zeros(len(texts)), np.zeros(len(texts)), np.zeros(len(texts), bool), []
    for seen, unseen in StratifiedKFold(FOLDS, shuffle=True, random_state=1).split(texts, intents):
        model = clone(component.clf).fit(texts[seen], intents[seen])
        chances = model.predict_proba(texts[unseen])
        best = np.sort(chances, axis=1)
        sure[unseen], ahead[unseen] = best[:, -1], best[:, -1] - best[:, -2]
        right[unseen] = model.classes_[chances.argmax(axis=1)] == intents[unseen]
        odd.append(_unheard(model, component._create_X([Message.build(text) for text in NONSENSE])))
    values = Values().process([Message(data={"text": text}) for text, _ in examples])
    classified = np.array([message.get("intent") is None for message in values]) & ~np.isin(
        intents, (OUT_OF_SCOPE, NOT_UNDERSTOOD)
    )
    _grid(sure[classified], ahead[classified], right[classified], np.concatenate(odd))


def _unheard(model: Any, texts: Any) -> Any:
    """The two best chances of each text, ascending; none where the best is no task."""
    chances = model.predict_proba(texts)
    best = np.sort(chances, axis=1)[:, -2:]
    best[np.isin(model.classes_[chances.argmax(axis=1)], (OUT_OF_SCOPE, NOT_UNDERSTOOD))] = 0
    return best


def _grid(sure: Any, ahead: Any, right: Any, odd: Any) -> None:
    print(f"development: accuracy {right.mean():.3f} of {len(right)} in scope, {FOLDS} folds")
    for threshold in (0.1, 0.12, 0.14, 0.16, 0.18, 0.2, 0.25, 0.3):
        for gap in (0.0, 0.01, 0.02, 0.03, 0.05):
            refused = (sure < threshold) | (ahead < gap)
            nonsense = (odd[:, -1] < threshold) | (odd[:, -1] - odd[:, -2] < gap)
            kept = right[~refused].mean()
            wrong = right[refused].mean() if refused.any() else 0.0
            print(
                f"threshold {threshold:.2f} gap {gap:.2f}: refused {refused.mean():.3f} ({wrong:.2f} of them were right), "
                f"right of the rest {kept:.3f}, nonsense refused {nonsense.mean():.2f}"
            )


def main() -> None:
    warnings.simplefilter("ignore")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))  # Rasa tells every message it reads
    if "--fit" in sys.argv:
        fit()
        return
    named = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    score(Path(named[0]) if named else newest_model())


if __name__ == "__main__":
    main()
