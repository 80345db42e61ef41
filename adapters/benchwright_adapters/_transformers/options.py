"""The options of the adapter, a line of help for each."""

from __future__ import annotations

from collections.abc import Mapping

OPTIONS: Mapping[str, str] = {
    "max_length": "most tokens to an input (default: what tokenizer and positions allow, at most 512)",
    "truncation": "longest_first (default), only_first or only_second: which text of a pair is cut",
    "dtype": "float32, bfloat16 or float16 (default float32; bfloat16 with --precision fast on cuda)",
    "token_budget": "most padded tokens to a batch (default 4096 on cpu, 32768 on cuda)",
}
