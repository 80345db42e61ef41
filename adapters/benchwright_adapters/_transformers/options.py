"""The options of the adapter, a line of help for each."""

from __future__ import annotations

from collections.abc import Mapping

OPTIONS: Mapping[str, str] = {
    "max_length": "most tokens to an input (default: what tokenizer and positions allow, at most 512; 384 for questions on a text)",
    "truncation": "longest_first (default), only_first or only_second: which text of a pair or option is cut",
    "dtype": "float32, bfloat16 or float16 (default float32; bfloat16 with --precision fast on cuda)",
    "token_budget": "most padded tokens to a batch (default 4096 on cpu, 32768 on cuda)",
    "doc_stride": "tokens that windows over a long input share (default 128 for questions, half a window for tags)",
    "n_best": "starts and ends of an answer that are tried in each window (default 20)",
    "max_answer_length": "most tokens to an answer (default 30)",
    "null_threshold": "say no answer above this null score (default: the checkpoint's own, else 0)",
    "scheme": "how a head writes tags: IOB1, IOB2, BIOES or IO (default: BIOES or IO where the names of its outputs show it, else IOB2)",
    "prefix_space": "true or false: whether a byte-level tokenizer puts a blank before each word to be tagged",
}
