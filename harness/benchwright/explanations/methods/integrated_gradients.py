"""Integrated gradients: the gradient of a raw output, added up along the straight way from a baseline without words to the item.

Sundararajan, Taly and Yan 2017, "Axiomatic Attribution for Deep Networks"; the integral is captum's (Gauss-Legendre).
"""

from __future__ import annotations

from collections.abc import Sequence

from benchwright.errors import ModelError
from benchwright.explanations.methods.base import Item
from benchwright.types import ExplainSpec, GivesGradients, Removal, Session, WordGradients

BASELINE: Removal = "mask"
"""What the baseline is made of where nobody says: a mask token is what a model has learnt to read as a word that is not told, and
the vector of padding is 0 in many, where the normalisation behind it has no gradient that could be followed."""

_OTHERS = "--method leave_one_out, shap or lime, which only ask for answers"


class IntegratedGradients:
    """Values are of raw outputs: with ``rest`` they add up to the raw output on the item less that on the baseline."""

    name, version, draws, evaluations, steps, gradients = "integrated_gradients", 1, False, 0, 50, True
    packages: tuple[str, ...] = ("captum", "torch", "transformers")

    def options(self, spec: ExplainSpec) -> dict[str, str]:
        """Steps, and what the baseline is made of, as text."""
        return {"steps": str(spec.steps or self.steps), "baseline": spec.removal or BASELINE}

    def attribute_all(
        self, session: Session, items: Sequence[Item], spec: ExplainSpec, removal: Removal
    ) -> Sequence[Sequence[WordGradients] | str]:
        """Values of each item's targets, or why there are none; ``removal``, by which others take words away, says nothing of a baseline
        that nobody asked for.

        Raises:
            ModelError: The session has no gradients.
        """
        del removal
        _check(session)
        assert isinstance(session, GivesGradients)
        return session.integrate_gradients(
            [item.example for item in items],
            [item.targets for item in items],
            [item.words for item in items],
            steps=spec.steps or self.steps,
            removal=spec.removal or BASELINE,
        )


def _check(session: Session) -> None:
    """Raise ModelError unless a session has gradients: no checkpoint, or one of which it says why not."""
    if not isinstance(session, GivesGradients):
        raise ModelError(
            "integrated gradients need a checkpoint opened by torch, and this model is none",
            expected="a model of the adapters transformers or finetune",
            hint=_OTHERS,
        )
    reason = session.why_no_gradients()
    if reason:
        raise ModelError(f"no integrated gradients: {reason}", hint=_OTHERS)


method = IntegratedGradients()
