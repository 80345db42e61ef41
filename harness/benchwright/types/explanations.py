"""Explanations: how much each word of an item's inputs counts for a number of a model's answer, and how far that can be believed."""

from __future__ import annotations

from typing import Literal

from benchwright.types.base import Frozen
from benchwright.types.scores import Alarm

METHODS = ("shap", "lime", "leave_one_out", "integrated_gradients", "random")
"""Ways of attributing an answer to words; ``random`` says nothing of the model: a check, since all are held against random orders."""

Removal = Literal["delete", "mask"]
"""How a word is taken away: left out of the text, or put as the model's mask token."""

ScoreScale = Literal["probability", "logit", "value", "agreement"]
"""What is explained: a probability in [0, 1]; a raw output, or the log odds of a probability where no raw output is to be had; the number
that a model gives, as it is (a predicted value, scores of which nobody said what they are); 1 where the answer stays the same, else 0.
`explanations.numbers` says for each kind of answer which number that is."""


class ExplainSpec(Frozen, frozen=True, kw_only=True):
    """Which items are explained, and how.

    Attributes:
        method: One of `METHODS`.
        evaluations: Most variants of an item that the method may ask the model about; 0: the method's own default.
        removal: How words are taken away; None: ``delete`` for texts, ``mask`` for tags and answers, whose places must stay.
        scale: What is explained; None: ``probability`` of a label or tag, ``logit`` of the ends of an answer. A predicted value is
            explained as it is, and of a model that gives no scores whether its answer stays the same, whatever is asked.
        seeds: How often a method that draws is run, each with a seed of its own: tells its stability.
        steps: Of integrated gradients: points on the way from the baseline.
        examples: So many items, drawn by their ids; None: all that the other choices leave.
        ids: Only these items.
        wrong: Only items that the model answers wrongly.
        flips: Names of two models of the run: only items that exactly one of them answers rightly.
        faithfulness: Whether each explanation is judged against random attributions, which asks the model for more variants.
    """

    method: str
    evaluations: int = 0
    removal: Removal | None = None
    scale: ScoreScale | None = None
    seeds: int = 1
    steps: int = 0
    examples: int | None = None
    ids: tuple[str, ...] = ()
    wrong: bool = False
    flips: tuple[str, ...] = ()
    faithfulness: bool = True


class Word(Frozen, frozen=True, kw_only=True):
    """A word of an item.

    Attributes:
        input: Name of the input that it stands in.
        start: First character in that text; of a sentence of words the number of the word.
        end: Behind the last one.
    """

    input: str
    start: int
    end: int


class Target(Frozen, frozen=True, kw_only=True):
    """The number of an answer that is explained.

    Attributes:
        name: As it is shown: a label, the text of an option, ``person: Ada Lovelace``, ``start``, ``end``, ``no answer``, ``answer``,
            ``value``.
        label: Of a label, or of an option by its number as text: which one. Of an answer whose place is not known: its text.
        tags: Of an entity: the tag of each of its words.
        start: First word of an entity, or first character of an answer in its context.
        end: Behind the last one.
        edge: Of an answer: which end of it; ``none`` of the answer that there is none.
    """

    name: str
    label: str | None = None
    tags: tuple[str, ...] = ()
    start: int | None = None
    end: int | None = None
    edge: Literal["start", "end", "none"] | None = None


class Faithfulness(Frozen, frozen=True, kw_only=True):
    """Whether taking away the words that count most changes an answer most, for one attribution.

    The area over the perturbation curve (AOPC) is the mean over k in 1, 5, 10, 20, 50 % of the words (at least one word, equal sets
    once); DeYoung et al. 2020, ERASER. ``p`` is the explained number.

    Attributes:
        comprehensiveness: AOPC of p(x) - p(x without the top words); higher is better. None: undefined (no words).
        sufficiency: AOPC of p(x) - p(only the top words); lower is better.
        tau: Kendall's tau-b against the drops of leaving out each word; None: fewer than two words, or all equal.
        random_comprehensiveness: Mean of the same over random attributions of the same words.
        random_sufficiency: Likewise.
        random_tau: Likewise.
    """

    comprehensiveness: float | None
    sufficiency: float | None
    tau: float | None
    random_comprehensiveness: float | None
    random_sufficiency: float | None
    random_tau: float | None


class Completeness(Frozen, frozen=True, kw_only=True):
    """What integrated gradients must add up to: values + ``rest`` = ``full`` - ``base``, but for an error that falls with more steps.

    Attributes:
        full: The raw output on the item, with the input's own embeddings.
        base: The raw output on the baseline.
        rest: Of tokens that begin in no word.
        baseline: The token that stands in place of every one that is not special.
    """

    full: float
    base: float
    rest: float
    baseline: str


class WordGradients(Frozen, frozen=True, kw_only=True):
    """Integrated gradients of one target of one item.

    Attributes:
        values: One for each word.
        completeness: What they must add up to.
        passes: Forward passes and backward passes of batches.
    """

    values: tuple[float, ...]
    completeness: Completeness
    passes: int


class Attribution(Frozen, frozen=True, kw_only=True):
    """What each word counts for one target.

    Attributes:
        target: Which number is explained.
        values: One for each word of the explanation, in its order: above 0 raises the number.
        full: The number on the whole item.
        base: The number with every word taken away; None where the method asks for none.
        others: Values of further seeds, each as ``values``.
        faithfulness: None where it was not measured.
        completeness: Of integrated gradients, whose values are always of the raw output, whatever the scale of ``full`` and ``base``.
        stored: What ``full`` was when the item was answered, by the stored answer; None where that does not hold the number.
    """

    target: Target
    values: tuple[float, ...]
    full: float
    base: float | None = None
    others: tuple[tuple[float, ...], ...] = ()
    faithfulness: Faithfulness | None = None
    completeness: Completeness | None = None
    stored: float | None = None


class QueryCount(Frozen, frozen=True, kw_only=True):
    """What explaining an item cost, all of it counted: of the method itself, and of judging its faithfulness.

    Attributes:
        asked: Variants asked for.
        computed: Distinct variants among them; the others were asked before. The model computes no more than these, and fewer where
            variants are equal as texts.
        passes: Calls of the model that variants of the item were in, each for all items that were explained at the time; a session
            cuts a call into batches. Of gradients: forward and backward passes of batches.
        judging: Of ``computed`` those asked for faithfulness alone.
    """

    asked: int = 0
    computed: int = 0
    passes: int = 0
    judging: int = 0


class Explanation(Frozen, frozen=True, kw_only=True):
    """One item explained by one method.

    Attributes:
        id: Of the example.
        words: What could be taken away, in reading order; input by input.
        attributions: One for each target; empty where the answer holds nothing to explain (no entity).
        scale: What its numbers are; None where there are none.
        truncated: Whether the model reads less than the whole item: words behind what it reads count nothing.
        queries: What it cost.
        error: Why there is none.
    """

    id: str
    words: tuple[Word, ...] = ()
    attributions: tuple[Attribution, ...] = ()
    scale: ScoreScale | None = None
    truncated: bool = False
    queries: QueryCount = QueryCount()
    error: str | None = None


class AttachmentSpec(Frozen, frozen=True, kw_only=True):
    """What decides the content of an attachment of a cell, item by item; its digest is in the attachment's name.

    Attributes:
        schema: Version of the format.
        method: Which.
        version: Of the method.
        versions: Of the libraries that it calls.
        options: Settings that change values, all of them written out, as text.
        seed: Of the run.
    """

    schema: int
    method: str
    version: int
    versions: dict[str, str]
    options: dict[str, str]
    seed: int


class FaithfulnessScore(Frozen, frozen=True, kw_only=True):
    """One measure of faithfulness over the items of a cell, held against random attributions of the same items.

    Attributes:
        metric: ``comprehensiveness``, ``sufficiency`` or ``tau``.
        value: Mean over items (targets of an item averaged first).
        random: The same of random attributions.
        gap: ``value - random``, over the same items.
        low: Lower end of the paired 95 % interval of the gap; None: too few items.
        high: Upper end.
        n: Items.
        units: Independent units among them: clusters, and items that share nothing.
        undefined: Items left out, for which it is undefined.
        reason: Why there is no interval, or no value; empty where there is one.
    """

    metric: Literal["comprehensiveness", "sufficiency", "tau"]
    value: float | None
    random: float | None
    gap: float | None
    low: float | None
    high: float | None
    n: int
    undefined: int
    units: int = 0
    reason: str = ""


class PlausibilityScore(Frozen, frozen=True, kw_only=True):
    """How far the words that count most are those that people marked, over the items of a cell that have a rationale.

    Attributes:
        metric: ``token_f1``: F1 of the top words, as many as people marked in that item, against the marked ones; ``auprc``: average
            precision of the values against the marked words (DeYoung et al. 2020, ERASER).
        value: Mean over items, in [0, 1]; None: no item has a rationale.
        random: What a random order of the words of the same items reaches on average (exactly, no draws).
        gap: ``value - random``.
        low: Lower end of the 95 % interval of the gap over items; None: ``reason`` says why.
        high: Upper end.
        n: Items.
        units: Independent units among them: clusters, and items that share nothing.
        undefined: Explained items left out: no rationale, or one that marks no word or every word of the item.
        reason: Why there is no interval, or no value; empty where there is one.
    """

    metric: Literal["token_f1", "auprc"]
    value: float | None
    random: float | None
    gap: float | None
    low: float | None
    high: float | None
    n: int
    undefined: int
    units: int = 0
    reason: str = ""


class MethodAgreement(Frozen, frozen=True, kw_only=True):
    """How far two methods say the same of one model on one task, over the items that both explained.

    Attributes:
        model: What the model is called in the run.
        base: ``suite/task``.
        split: Of it.
        methods: Names of both, in the order of the run.
        attachments: Names of both attachments, which tell apart one method with two sets of options.
        tau: Mean over items of Kendall's tau-b between the values of all words; None: no item.
        tau_low: Lower end of its 95 % interval over items; None: too few items.
        tau_high: Upper end.
        n: Items behind tau.
        overlap: Mean share of the ``top`` words of one that are among those of the other, in [0, 1].
        overlap_low: Lower end of its interval.
        overlap_high: Upper end.
        overlap_random: What two random orders of the same words share on average.
        overlap_n: Items behind the overlap: those with more than ``top`` words.
        top: So many words of an item count as its top words.
        undefined: Items that both explained and for which tau is undefined (fewer than two words, or values that are all equal).
        reason: Why there is no interval; empty where there is one.
    """

    model: str
    base: str
    split: str
    methods: tuple[str, str]
    attachments: tuple[str, str]
    tau: float | None
    tau_low: float | None
    tau_high: float | None
    n: int
    overlap: float | None
    overlap_low: float | None
    overlap_high: float | None
    overlap_random: float | None
    overlap_n: int
    top: int
    undefined: int
    reason: str = ""


class ExplanationSummary(Frozen, frozen=True, kw_only=True):
    """What a method says of a model on a task, over the items that were explained, and whether it says more than chance.

    Attributes:
        model: What the model is called in the run.
        method: Which.
        base: ``suite/task`` whose items are explained.
        split: Of it.
        key: Cell of the answers, which the attachment belongs to.
        attachment: Name of the attachment.
        spec: What was asked for.
        ids: Items that this run asked to have explained, in dataset order; the attachment may hold more.
        chosen: How items were chosen, in words.
        items: Items explained.
        failed: Items without an explanation (errors).
        empty: Items whose answer holds nothing to explain.
        targets: Attributions.
        scale: What is explained.
        removal: How words are taken away.
        faithfulness: Against random attributions.
        is_distinguishable: Whether the interval of the gap of comprehensiveness excludes 0 on the better side; None: not measured, too few
            items, or a model that does not repeat its numbers.
        drift: How far the explained numbers are from those of the stored answers: mean over items of the distance; None: unknown.
        stability: Mean over items of Kendall's tau-b between the values of each two seeds; None: the method draws nothing, or ran with one seed.
        stability_n: Items behind it.
        draws: Whether the method draws at all; one that does not gives the same values at every seed.
        plausibility: Against what people marked; empty where no item of the task has a rationale.
        queries: Summed over the items.
        seconds: Spent; None where unknown.
        alarms: What must be said beside the numbers.
    """

    model: str
    method: str
    base: str
    split: str
    key: str
    attachment: str
    spec: ExplainSpec
    ids: tuple[str, ...]
    chosen: str
    items: int
    failed: int
    empty: int
    targets: int
    scale: ScoreScale
    removal: Removal | None
    faithfulness: tuple[FaithfulnessScore, ...] = ()
    is_distinguishable: bool | None = None
    drift: float | None = None
    stability: float | None = None
    stability_n: int = 0
    draws: bool = False
    plausibility: tuple[PlausibilityScore, ...] = ()
    queries: QueryCount = QueryCount()
    seconds: float | None = None
    alarms: tuple[Alarm, ...] = ()
