"""The ways of answering a task that ``fast_path.py`` measures, each as its own documentation shows it, at the batch size in its name.

Each class opens a checkpoint and is called with texts; what comes back are probabilities, texts x labels, or nothing where `result` gives
them after the clock. They run in copies of ``fast_path_worker.py``.
"""

from __future__ import annotations

import tempfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from fast_path_texts import TASKS, made_tokenizer

LOOP = 1024
"""Padded tokens to a batch of the sorted loop, the best size for it on two cores."""

NEEDED = {
    "ours": ("benchwright_adapters.transformers", "transformers:AutoModelForSequenceClassification"),
    "forward": ("benchwright_adapters.transformers", "transformers:AutoModelForSequenceClassification"),
    "loop": ("transformers:AutoTokenizer",),
    "trainer": (
        "transformers:Trainer",
        "transformers:TrainingArguments",
        "transformers:DataCollatorWithPadding",
        "accelerate",
    ),
    "pipeline": ("transformers:pipeline",),
    "cross": ("sentence_transformers:CrossEncoder",),
}
"""Way -> what it imports."""


def absent(way):
    """Packages that a way needs and that are not installed."""
    packages = {name.partition(":")[0].partition(".")[0] for name in NEEDED[way.partition("-")[0]]}
    return sorted(name for name in packages if find_spec(name) is None)


class Plain:
    """A checkpoint as `transformers` opens it, for labels of texts and pairs."""

    def __init__(self, given, task, examples):
        import torch
        from transformers import AutoModelForSequenceClassification, AutoTokenizer

        self.torch, self.device = torch, given.device
        self.dtype = getattr(torch, given.dtype)
        opened = AutoModelForSequenceClassification.from_pretrained(given.checkpoint, dtype=self.dtype)
        self.model = opened.to(self.device).eval()
        self.tokenizer = AutoTokenizer.from_pretrained(given.checkpoint)
        names = tuple(task.inputs)
        self.texts = [tuple(str(one.inputs[name]) for name in names) for one in examples]

    def columns(self, texts):
        """First texts, and second ones where the task has pairs, as the tokenizer takes them."""
        return [list(column) for column in zip(*texts, strict=True)]


class SortedLoop(Plain):
    """The loop that people write who know how: tokenised at once, longest first, batches of so many padded tokens."""

    def __call__(self, texts):
        torch = self.torch
        given = self.tokenizer(*self.columns(texts), truncation=True, max_length=512)
        lengths = np.array([len(ids) for ids in given["input_ids"]])
        order = np.argsort(-lengths, kind="stable")
        found = np.empty((len(texts), self.model.config.num_labels))
        start = 0
        with torch.inference_mode():
            while start < len(order):
                rows = order[start : start + max(1, LOOP // int(lengths[order[start]]))]
                batch = {name: [values[row] for row in rows] for name, values in given.items()}
                padded = self.tokenizer.pad(batch, return_tensors="pt").to(self.device)
                logits = self.model(**padded).logits
                found[rows] = torch.softmax(logits.double(), dim=1).cpu().numpy()
                start += len(rows)
        return found


class TrainerWay(Plain):
    """`Trainer.predict` over a list of tokenised texts, padded batch by batch."""

    def __init__(self, given, task, examples, batch):
        super().__init__(given, task, examples)
        from transformers import DataCollatorWithPadding, Trainer, TrainingArguments

        half = {"bf16_full_eval": True} if given.dtype == "bfloat16" else {}
        options = TrainingArguments(
            output_dir=tempfile.mkdtemp(),
            per_device_eval_batch_size=batch,
            report_to=[],
            disable_tqdm=True,
            use_cpu=given.device == "cpu",
            **half,
        )
        self.trainer = Trainer(model=self.model, args=options, data_collator=DataCollatorWithPadding(self.tokenizer))

    def __call__(self, texts):
        given = self.tokenizer(*self.columns(texts), truncation=True, max_length=512)
        rows = [{name: values[at] for name, values in given.items()} for at in range(len(texts))]
        logits = self.trainer.predict(rows).predictions
        return self.torch.softmax(self.torch.from_numpy(np.asarray(logits, dtype=np.float64)), dim=1).numpy()


class PipelineWay(Plain):
    """`pipeline("text-classification")`."""

    def __init__(self, given, task, examples, batch):
        super().__init__(given, task, examples)
        from transformers import pipeline

        self.pipe = pipeline(
            "text-classification",
            model=self.model,
            tokenizer=self.tokenizer,
            top_k=None,
            batch_size=batch,
            device=self.device,
        )
        self.labels = [self.model.config.id2label[at] for at in range(self.model.config.num_labels)]

    def __call__(self, texts):
        inputs = [one[0] if len(one) == 1 else {"text": one[0], "text_pair": one[1]} for one in texts]
        found = self.pipe(inputs, truncation=True, max_length=512)
        by_name = [{one["label"]: one["score"] for one in row} for row in found]
        return np.array([[row[label] for label in self.labels] for row in by_name])


class CrossEncoderWay(Plain):
    """`CrossEncoder.predict` of sentence-transformers, which sorts by length; for pairs."""

    def __init__(self, given, task, examples, batch):
        super().__init__(given, task, examples)
        from sentence_transformers import CrossEncoder

        self.encoder = CrossEncoder(str(given.checkpoint), device=self.device, model_kwargs={"dtype": self.dtype})
        self.batch = batch

    def __call__(self, texts):
        logits = self.encoder.predict(
            [tuple(one) for one in texts],
            batch_size=self.batch,
            activation_fn=self.torch.nn.Identity(),
            show_progress_bar=False,
        )
        return self.torch.softmax(self.torch.from_numpy(np.asarray(logits, dtype=np.float64)), dim=1).numpy()


class Ours:
    """The checkpoint in a session of benchwright."""

    def __init__(self, given, task, examples):
        from benchwright.types import Context, ModelRef
        from benchwright_adapters.transformers import adapter

        context = Context(
            suite=TASKS[task.name],
            train=None,
            items=tuple,
            workdir=Path(tempfile.mkdtemp()),
            offline=True,
            device=given.device,
        )
        options = dict(part.split("=", 1) for part in given.options.split("&") if part)
        if given.dtype != "float32":
            options["dtype"] = given.dtype
        model = ModelRef(name="m", adapter="transformers", path=str(given.checkpoint), options=options)
        self.session = adapter.open(model, task, context)
        self.task, self.texts, self.device = task, examples, given.device
        self.predictions = ()

    def __call__(self, examples):
        self.predictions = self.session.predict(examples)

    def result(self):
        """Probabilities, where the task has such."""
        if self.predictions and self.predictions[0].scores is not None:
            return np.array([one.scores for one in self.predictions])
        return None

    def facts(self):
        """What the session says of itself, and the work of all texts."""
        return {"settings": dict(self.session.settings), "work": work_of(self.session, self.texts)}


class Forward(Ours):
    """The pure forward loop: the same buffers as ours, made before the clock, and nothing but the model."""

    def __init__(self, given, task, examples):
        super().__init__(given, task, examples)
        self.made = {}

    def prepare(self, examples):
        """Buffers of these texts, once."""
        from benchwright.encoders.flat import Buffer

        count = len(examples)
        if count not in self.made:
            session = self.session
            batches = session.batches(session.codec.encode(examples).encoded)
            is_flat = isinstance(batches[0], Buffer)
            self.made[count] = (batches, session.forward.compute if is_flat else session.forward)
        return self.made[count]

    def __call__(self, examples):
        batches, compute = self.prepare(examples)
        for batch in batches:
            compute(batch)

    def result(self):
        """None: logits are left where they are."""


def work_of(session, examples):
    """Tokens and operations of the texts as they are computed."""
    work = session.count_work(examples)
    names = ("inputs", "rows", "tokens", "padded_tokens", "flops", "padded_flops")
    return {name: getattr(work, name) for name in names}


def make_checkpoint(folder, task, examples, *, made):
    """A model of MiniLM's size with random weights, and a tokenizer of the texts; ``made``: of made words."""
    import torch
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertConfig, BertTokenizer
    from transformers import BertForQuestionAnswering as Spans
    from transformers import BertForSequenceClassification as Labels
    from transformers import BertForTokenClassification as Tags

    if made:
        tokenizer = made_tokenizer()
    else:
        values = [value for one in examples for value in one.inputs.values()]
        texts = [text for value in values for text in ([value] if isinstance(value, str) else value)]
        learned = BertWordPieceTokenizer()
        learned.train_from_iterator(texts, vocab_size=30522, show_progress=False)
        tokenizer = BertTokenizer(vocab=learned.get_vocab(), model_max_length=512)
    torch.manual_seed(0)
    names = {"id2label": dict(enumerate(task.label_names))} if task.labels else {}
    sizes = {"hidden_size": 384, "num_hidden_layers": 6, "num_attention_heads": 12, "intermediate_size": 1536}
    head = {"tag": Tags, "span": Spans}.get(str(task.kind), Labels)
    head(BertConfig(vocab_size=30522, **sizes, **names)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


_WAYS = {
    "ours": Ours,
    "forward": Forward,
    "loop": SortedLoop,
    "trainer": TrainerWay,
    "pipeline": PipelineWay,
    "cross": CrossEncoderWay,
}


def open_way(given, task, examples):
    """The way of that name, with the batch size that the name ends with."""
    name, _, batch = given.way.partition("-")
    sizes = [int(batch)] if batch else []
    return _WAYS[name](given, task, examples, *sizes)
