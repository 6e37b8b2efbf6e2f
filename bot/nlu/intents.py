"""Intents: character and word n-grams, weighted by TF-IDF, into one logistic regression for both languages.

Rasa's own featurizers and LogisticRegressionClassifier know neither TF-IDF nor C and take ten times as long; measured by bench/nlu.py.
"""

import json
from datetime import date
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union

from language.entities import find_entities
from language.normalise import normalise

ANY_DAY = date(2026, 11, 15)  # only where a value stands matters here, not which month "last month" is
# What a value is matters, not which one: "充五十" and "top up 50" say the same. Names no customer says.
STAND_IN = {
    "amount": "xam",
    "billing_month": "xmo",
    "data_volume": "xvo",
    "order_id": "xor",
    "phone_number": "xph",
    "position": "xpo",
    "quantity": "xqu",
    "score": "xsc",
}

WORD = r"(?u)\b\w+\b"  # a letter alone is a word too
LEARNT = ("classes_", "coef_", "intercept_")  # by LogisticRegression
GRAMS, WEIGHTS = "grams.json", "weights.npz"


def plain(text: str) -> str:
    """The customer's words in one form for both doors, each value replaced by its kind; never empty."""
    for value in reversed(find_entities(text, ANY_DAY)):
        if value.entity in STAND_IN:
            text = f"{text[: value.start]} {STAND_IN[value.entity]} {text[value.end :]}"
    return normalise(text) or "?"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class Intents(LogisticRegressionClassifier):
    """Rasa's classifier (training, ranking) around a scikit-learn pipeline that reads the text itself."""

    def __init__(self, config: dict[str, Any], name: str, model_storage: ModelStorage, resource: Resource) -> None:
        super().__init__(config, name, model_storage, resource)
        grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, config["longest_gram"]), min_df=2, sublinear_tf=True)
        words = TfidfVectorizer(analyzer="word", token_pattern=WORD, ngram_range=(1, 2), min_df=2, sublinear_tf=True)
        classifier = LogisticRegression(
            C=config["C"],
            class_weight="balanced",
            tol=config["tol"],
            max_iter=config["max_iter"],
            random_state=config["random_state"],
        )
        self.clf = make_pipeline(make_union(grams, words), classifier)

    @classmethod
    def required_components(cls) -> list[type]:
        return []

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`tol` and `max_iter` end the training when more of it changes no held-out answer."""
        return {
            **LogisticRegressionClassifier.get_default_config(),
            "C": 10.0,
            "longest_gram": 4,
            "tol": 0.1,
            "max_iter": 40,
        }

    def persist(self) -> None:
        """Plain numbers and words; Rasa's own way imports a library for it that costs five seconds at every start."""
        vectorizers, classifier = self._parts()
        grams = [sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.__getitem__) for vectorizer in vectorizers]
        weights = {
            **{f"idf{number}": vectorizer.idf_ for number, vectorizer in enumerate(vectorizers)},
            **{name: getattr(classifier, name) for name in LEARNT},
        }
        with self._model_storage.write_to(self._resource) as folder:
            (folder / GRAMS).write_text(json.dumps(grams, ensure_ascii=False), encoding="utf-8")
            np.savez(folder / WEIGHTS, **weights)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "Intents":
        """The trained component. Raises where the model lacks it or holds something else."""
        component = cls(config, execution_context.node_name, model_storage, resource)
        vectorizers, classifier = component._parts()
        with model_storage.read_from(resource) as folder:
            grams = json.loads((folder / GRAMS).read_text(encoding="utf-8"))
            weights = dict(np.load(folder / WEIGHTS, allow_pickle=False))
        for number, vectorizer in enumerate(vectorizers):
            vectorizer.vocabulary_ = {gram: place for place, gram in enumerate(grams[number])}
            vectorizer.idf_ = weights[f"idf{number}"]
        for name in LEARNT:
            setattr(classifier, name, weights[name])
        classifier.coef_ = np.asfortranarray(classifier.coef_)  # as the product with one message wants it: 2 ms less
        return component

    def _parts(self) -> tuple[list[TfidfVectorizer], LogisticRegression]:
        union, classifier = self.clf[0], self.clf[1]
        return [vectorizer for _, vectorizer in union.transformer_list], classifier

    def _create_X(self, messages: list[Message]) -> "np.ndarray[Any, Any]":
        return np.array([plain(message.get(TEXT) or "") for message in messages], dtype=object)
