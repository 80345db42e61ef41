"""The command line, one file per verb; `COMMANDS` names them without importing them.

A verb whose package is a plugin of the harness is named by its whole module, since the harness imports no plugin.
"""

from __future__ import annotations

COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("run", "Run models on benchmark suites and store the results."),
    "profile": ("profile", "Measure latency, throughput, memory, energy and cost of models on this machine."),
    "explain": ("explain", "Attribute a model's answers to words, and say whether that is more than chance."),
    "demo": ("demo", "The whole product on built-in data and models, offline, about a minute."),
    "list": ("list", "List suites, tasks, adapters, metrics, reports or runs."),
    "show": ("show", "Show a stored run: its table, one task, its worst examples, a slice."),
    "compare": ("compare", "Paired differences of stored models: interval, p, flips."),
    "history": ("history", "How values of a model went from run to run, and which changes are real."),
    "report": ("report", "Write a report over stored runs: html, markdown or csv."),
    "gate": ("gate", "Judge a stored model by rules: pass, fail, or cannot be told."),
    "select": ("select", "Choose among stored models: rules, objective, and how sure the choice is."),
    "baseline": ("baseline", "Accept or show the runs that gates compare with."),
    "board": ("benchwright_leaderboards.cli", "Leaderboards: add entries, build the site, serve it, release it."),
    "submit": ("submit", "Write or check the official submission files of GLUE and SuperGLUE."),
    "verify": ("verify", "Recompute published numbers from published predictions; no model is needed."),
    "store": ("store", "Check, prune, export or import the store; remove runs and checkpoints."),
    "new": ("new", "Write a working suite, adapter, metric or behavioural tests, with their test."),
    "doctor": ("doctor", "Say what works on this machine, what is missing, what to install."),
}
