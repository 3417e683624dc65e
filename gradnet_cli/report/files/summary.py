"""summary.json: the numbers of a finished run."""

from pathlib import Path
from typing import Any

from gradnet_cli.report.files.atomic import write_json
from gradnet_cli.report.files.names import SUMMARY
from gradnet_cli.result.result import Result

FILE_NAME = SUMMARY


def summary(result: Result) -> dict[str, Any]:
    """The content of `summary.json`; None where there is no such number.

    `quantity` is what the score is called on an axis, with its unit. `budget` and `budget_spent` are over
    ordered pairs, `seconds` is the time of training, `edges` are those of the mask: all candidates, where
    these are not listed, and then the metric `edges_held` says how many training held in the end.
    `gap` is abs(bound - score) / abs(bound - ideal), and `ideal` 0 for most scores. `bound_scope` says what
    networks are that bound and gap speak of, where that is not all of them, and `no_bound` why they are None,
    where theory has a bound for other settings. `score_error` is what the score may be off by where it was
    not found to rounding, and `notes` are lines that belong to it. `metrics` holds the objective's numbers,
    and the score of each network in `references` as `score_NAME`. `tables` names the CSV files that the
    objective has told.
    """
    problem = result.problem
    references = {f"score_{name}": score for name, score in result.references.items()}
    return {
        "objective": result.objective,
        "sense": result.sense,
        "quantity": result.quantity or result.objective.replace("_", " "),
        "score": result.score,
        "score_error": result.score_error,
        "bound": result.bound,
        "bound_scope": result.bound_scope or None,
        "no_bound": result.no_bound or None,
        "gap": result.gap,
        "ideal": result.ideal,
        "certified": result.certified,
        "updates": result.updates,
        "seconds": result.seconds,
        "stop_reason": result.stop_reason,
        "nodes": problem.nodes,
        "edges": problem.mask.candidates,
        "edges_used": result.edges_used,
        "budget": problem.budget_total,
        "budget_spent": result.budget_spent,
        "peak_memory_mib": result.peak_memory_mib,
        "notes": list(result.notes),
        "references": list(result.references),
        "tables": list(result.tables),
        "metrics": {**result.metrics, **references},
    }


def write_summary(directory: Path, result: Result) -> None:
    """Write `summary.json`; it comes last, so that its presence says that all other files are whole."""
    write_json(Path(directory) / FILE_NAME, summary(result))
