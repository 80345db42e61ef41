"""What stands in a text for a word that is taken away while its place stays."""

from __future__ import annotations

from typing import Any

from benchwright.encoders.failures import is_failure
from benchwright.encoders.token_counts import unknown_token


def find_mask(tokenizer: Any) -> str:
    """The mask token of a tokenizer, else its unknown token, as it is written in a text; empty where neither is read as one token.

    Tried on the tokenizer itself, in a text and as a word of a list, because only its own file knows which strings it
    takes for special tokens. GPT-2, whose "unknown" token is the end of a text, has none.

    Args:
        tokenizer: A tokenizer of `transformers`.
    """
    unknown = unknown_token(tokenizer)
    for number in (tokenizer.mask_token_id, unknown):
        if number is None:
            continue
        token = str(tokenizer.convert_ids_to_tokens(int(number)))
        if _is_one_token(tokenizer, token, int(number)):
            return token
    return ""


def _is_one_token(tokenizer: Any, token: str, number: int) -> bool:
    """Whether it becomes that one token between two words, and they stay what they are."""

    def ids(text: Any, *, words: bool) -> list[int]:
        found = tokenizer(
            [text], is_split_into_words=words, add_special_tokens=False, return_attention_mask=False, verbose=False
        )
        return list(found["input_ids"][0])

    try:
        texts = ids(f"a {token} b", words=False)
        lists = ids(["a", token, "b"], words=True) if getattr(tokenizer, "is_fast", False) else texts
    except BaseException as error:
        if not is_failure(error):
            raise
        return False
    return all(found.count(number) == 1 for found in (texts, lists))
