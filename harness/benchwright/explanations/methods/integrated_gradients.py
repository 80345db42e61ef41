"""Integrated gradients: the gradient of a raw output, added up along the straight way from a baseline without words to the item.

Sundararajan, Taly and Yan 2017, "Axiomatic Attribution for Deep Networks"; the integral is captum's (Gauss-Legendre).
"""

from __future__ import annotations

from collections.abc import Sequence

from benchwright.errors import ModelError
from benchwright.explanations.methods.base import Item
from benchwright.types import ExplainSpec, GivesGradients, Removal, Session, WordGradients

STEPS = 50


class IntegratedGradients:
    """Values are of raw outputs: with ``rest`` they add up to the raw output on the item less that on the baseline."""

    name, version, draws, evaluations, gradients = "integrated_gradients", 1, False, 0, True
    packages: tuple[str, ...] = ("captum", "torch", "transformers")

    def attribute_all(
        self, session: Session, items: Sequence[Item], spec: ExplainSpec, removal: Removal
    ) -> Sequence[Sequence[WordGradients] | str]:
        """Values of each item's targets, or why there are none.

        Raises:
            ModelError: The session has no gradients.
        """
        if not isinstance(session, GivesGradients):
            raise ModelError(
                "integrated gradients need a checkpoint opened by torch, and this model is none",
                expected="a model of the adapters transformers or finetune",
                hint="--method leave_one_out, shap or lime, which only ask for answers",
            )
        return session.integrate_gradients(
            [item.example for item in items],
            [item.targets for item in items],
            [item.words for item in items],
            steps=spec.steps or STEPS,
            removal=removal,
        )


method = IntegratedGradients()
