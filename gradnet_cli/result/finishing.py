"""From the best network that training scored to the one that is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch

from gradnet_cli.errors import NumericalError
from gradnet_cli.model import FeasibleSet
from gradnet_cli.objectives import Evaluation, Objective
from gradnet_cli.result.allowance import Allowance
from gradnet_cli.result.references import reference_networks
from gradnet_cli.result.scoring import Scorer

# Shares of the budget that residues may cost together; the first that does not lower the score is cut.
RESIDUES = (1e-3, 1e-6, 1e-9)
SEVERAL_UP_TO = 20_000  # edges; on larger networks, whose scores take longer, the middle share alone is tried
LOSS = 1e-9  # of a score, relative: rounding
ROUNDING = 1e-15  # of a base weight: what is left of it where all of it was removed


@dataclass(frozen=True, kw_only=True)
class Final:
    """A network, its score, and those that it was compared with.

    Attributes:
        weights: adjacency weights (E,)
        evaluation: what the objective says of it
        references: scores of the networks that it is compared with, by name
        trained: the final score of the network that training found
        notes: what there is to say of them
        proved: whether no other network that is looked for is better
    """

    weights: np.ndarray
    evaluation: Evaluation
    references: Mapping[str, float]
    trained: float
    notes: tuple[str, ...] = ()
    proved: bool = False

    @property
    def score(self) -> float:
        """The mean over samples, where there are any."""
        return float(self.evaluation.score.mean())


def in_float64(feasible: FeasibleSet) -> FeasibleSet:
    """The same constraints in float64, on the processor."""
    return FeasibleSet(feasible.problem, bounds=feasible.bounds)


def in_full_precision(feasible: FeasibleSet, delta: torch.Tensor) -> np.ndarray:
    """Adjacency weights (E,) in float64 that keep budget, signs and limits, of a change in any precision."""
    problem, room = feasible.problem, feasible.problem.room
    weights: np.ndarray = problem.base + in_float64(feasible).project(delta.to("cpu", torch.float64)).numpy()
    if problem.signs.result == "nonnegative":
        weights = weights.clip(min=0.0)  # base + delta may miss zero by its last digit, or a limit
    weights = np.where(np.abs(weights) <= ROUNDING * np.abs(problem.base), 0.0, weights)
    weights = np.where(room.fixed, problem.base, weights.clip(room.least, room.most))
    return weights + 0.0  # files know no negative zero


def finish(
    weights: np.ndarray,
    *,
    feasible: FeasibleSet,
    objective: Objective,
    scorer: Scorer,
    seed: int,
    allowance: Allowance,
) -> Final:
    """Score the network that was found and those to compare with; take the best, without its residues.

    Args:
        weights: adjacency weights (E,) that training found
        feasible: the constraints
        objective: as it was when it judged them
        scorer: of this objective
        seed: of the random reference
        allowance: of time; what is found is scored at any rate
    """
    feasible = in_float64(feasible)
    with allowance.measured():
        evaluation = scorer.evaluate(weights)
    trained = float(evaluation.score.mean())
    found = Final(weights=weights, evaluation=evaluation, references={}, trained=trained)
    networks = reference_networks(feasible, objective, seed=seed)
    found = _best_known(found, networks, feasible, objective, scorer, allowance)
    return found if objective.learns else _tidy(found, feasible, objective, scorer, allowance)


def _best_known(
    found: Final,
    networks: Iterable[tuple[str, np.ndarray]],
    feasible: FeasibleSet,
    objective: Objective,
    scorer: Scorer,
    allowance: Allowance,
) -> Final:
    """Score the references, and take one of them if it is better than what was found."""
    sign, scores, notes = objective.sign, {}, list[str]()
    left: list[str] = []
    trained = best = found
    for name, weights in networks:
        if not allowance.fits:
            left.append(name.replace("_", " "))
            continue
        try:
            with allowance.measured():
                evaluation = scorer.accurate(weights)
        except NumericalError as error:
            notes.append(f"the {name.replace('_', ' ')} network could not be scored: {error}")
            continue
        reference = replace(found, weights=weights, evaluation=evaluation)
        if not np.isfinite(reference.score):
            continue
        scores[name] = reference.score
        allowed = feasible.problem.allows(weights)
        margin = (trained.evaluation.error or 0.0) + (evaluation.error or 0.0) + LOSS * abs(best.score)
        if allowed and not objective.learns and sign * (reference.score - best.score) > margin:
            best = reference
            better = f"the {name.replace('_', ' ')} network is better than the one that training found"
    if best is not trained:
        notes.append(f"{better} ({trained.score:.6g}): it is the result")
    for name, score in scores.items():
        if sign * (score - best.score) > LOSS * abs(best.score):
            notes.extend(_why_not(name, objective, feasible))
    if left:
        notes.append(f"not compared with the network{'s' * (len(left) > 1)} {', '.join(left)}: no time left")
    return replace(best, references=scores, notes=tuple(notes))


def _why_not(name: str, objective: Objective, feasible: FeasibleSet) -> Iterator[str]:
    """Why a network that is better is not the result; nothing where that is within the errors of scores."""
    if objective.learns:
        yield (
            f"the {name.replace('_', ' ')} network is better with what {objective.name} has learned for "
            "another one: more updates may help"
        )
    elif name == "base" and feasible.problem.within_limits(feasible.problem.base):
        yield "the base network is better as it is, but the budget has to be spent: see budget.rule=at_most"
    elif name == "base":
        yield "the base network is better as it is, but signs or limits do not allow it"


def _tidy(
    found: Final, feasible: FeasibleSet, objective: Objective, scorer: Scorer, allowance: Allowance
) -> Final:
    """Without changes so small that the score does not fall without them."""
    problem = feasible.problem
    if feasible.budget is None or not np.isfinite(found.score):
        return found
    delta = found.weights - problem.base
    for share in RESIDUES if problem.edges <= SEVERAL_UP_TO else RESIDUES[1:2]:
        rest = without_residues(delta, feasible, share=share)
        if rest is None or not allowance.fits:
            continue
        tidied = replace(found, weights=problem.base + rest)
        with allowance.measured():
            evaluation = _scored(scorer.evaluate, tidied.weights)
        if evaluation is None:
            continue
        tidied = replace(tidied, evaluation=evaluation)
        kept = tidied.evaluation.limited or not found.evaluation.limited  # what the bound speaks of
        if kept and objective.sign * (tidied.score - found.score) >= -LOSS * abs(found.score):
            return tidied
    return found


def without_residues(delta: np.ndarray, feasible: FeasibleSet, *, share: float) -> np.ndarray | None:
    """A change (E,) without its smallest entries, scaled to the budget if that was spent.

    Args:
        delta: feasible
        feasible: the constraints, in float64
        share: of what the change costs, that those entries may cost together

    Returns:
        None where nothing is left out, or what is left cannot spend the budget
    """
    problem = feasible.problem
    assert problem.budget_total is not None
    paid = (problem.cost * np.abs(delta)) ** problem.budget.order
    order = np.argsort(paid, kind="stable")
    total = float(paid.sum())
    light = order[np.cumsum(paid[order]) <= share * total]
    light = light[
        (delta[light] != 0) & (feasible.bounds.lower[light] <= 0) & (feasible.bounds.upper[light] >= 0)
    ]
    if not len(light):
        return None
    rest = delta.copy()
    rest[light] = 0.0
    if not rest.any():
        return None
    if not feasible.exact and problem.spent(delta) < problem.budget_total * (1 - LOSS):
        return rest
    scaled: np.ndarray = feasible.scaled(torch.as_tensor(rest)).numpy()
    return scaled if not scaled[light].any() else None


def _scored(evaluate: Callable[[np.ndarray], Evaluation], weights: np.ndarray) -> Evaluation | None:
    try:
        evaluation = evaluate(weights)
    except NumericalError:  # it has come apart, say
        return None
    return evaluation if bool(evaluation.score.isfinite().all()) else None
