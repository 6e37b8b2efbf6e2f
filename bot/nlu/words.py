"""Tokens for both languages: the normalised text (width, case, fillers) split at blanks; Chinese stays whole for the character n-grams."""

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from language.normalise import normalise


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class Words(Tokenizer):
    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Tokens of the normalised text; offsets are those of that text, entities are found on the customer's own words elsewhere."""
        text = normalise(message.get(attribute) or "")
        tokens, position = [], 0
        for word in text.split():
            position = text.index(word, position)
            tokens.append(Token(word, position))
            position += len(word)
        return tokens or [Token("?", 0)]
