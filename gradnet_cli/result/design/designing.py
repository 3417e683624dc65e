"""The search for a design: rounding, greedy steps, exchanges."""

from __future__ import annotations

import logging
from dataclasses import replace

import numpy as np

from gradnet_cli.errors import NumericalError, SettingError
from gradnet_cli.objectives import Objective
from gradnet_cli.problem import Problem
from gradnet_cli.result.design.approach import descended
from gradnet_cli.result.design.exchanges import GAIN, Improved, Work, best_of_all
from gradnet_cli.result.design.promises import Promises
from gradnet_cli.result.design.rounding import roundings
from gradnet_cli.result.design.shop import Shop
from gradnet_cli.result.finishing import Final
from gradnet_cli.result.scoring import Scorer

log = logging.getLogger(__name__)

GREEDY_STEPS = 100  # at most; several edges a step where more are to be chosen
STARTS = 3  # designs that exchanges begin with
KICKS = 40  # in a row that lead to nothing better, before the search ends
KICKS_SEARCHED = 100  # where exchanges need not be scored one by one, and cost little
KICKS_WITH_STRENGTHS = 400
KICKED = 0.1  # share of the chosen edges that a kick exchanges at random, at least two


def find_design(
    weights: np.ndarray, *, problem: Problem, objective: Objective, scorer: Scorer, seed: int
) -> Final:
    """The best design of whole edges that is found from the relaxed network.

    Several are made: rounded from the relaxed network, and greedily by slopes from the base network. From the
    best of them edges are exchanged, one for one, until no exchange improves, or as many designs are scored
    as the settings allow. The scores of the best design of each kind are the references.

    Args:
        weights: adjacency weights (E,) of the relaxed network
        problem: the relaxed one
        seed: of random roundings

    Raises:
        SettingError: no design keeps the limits
        NumericalError: no design has a score
    """
    shop = Shop(problem)
    promises = Promises(scorer, objective, shop)
    trained = float(scorer.evaluate(weights).score.mean())
    found, references = _first_designs(weights, promises, shop, seed=seed)
    end, notes, proved = _improved(found, promises, shop, seed=seed)
    best = shop.weights(end.chosen)
    evaluation = scorer.evaluate(best)
    numbers = {
        "score_relaxed": trained,
        "edges_chosen": float(end.chosen.sum()),
        "exchanges": float(end.work.exchanges),
        "designs_scored": float(end.work.scored),
        "exchange_searches": float(end.work.searches),
    }
    return Final(
        weights=best,
        evaluation=replace(evaluation, metrics={**evaluation.metrics, **numbers}),
        references=references,
        trained=trained,
        notes=notes,
        proved=proved,
    )


def _first_designs(
    weights: np.ndarray, promises: Promises, shop: Shop, *, seed: int
) -> tuple[list[tuple[float, np.ndarray]], dict[str, float]]:
    """Designs that differ and their scores, the best first; and the best score by how they were made."""
    made = [*roundings(shop, weights, seed=seed), ("greedy", _greedy(promises, shop))]
    if not any(shop.complete(chosen) for _, chosen in made):
        most = max(int(chosen.sum()) for _, chosen in made)
        allowed = f"was not reached: with limits.strength no more than {most} edges were found to fit"
        raise SettingError(setting="select.count", value=shop.problem.selection.count, allowed=allowed)
    found: list[tuple[float, np.ndarray]] = []
    kinds: dict[str, float] = {}
    for name, chosen in made:
        if not shop.complete(chosen) or any(np.array_equal(chosen, other) for _, other in found):
            continue
        score = promises.score(chosen)
        if score is None:
            continue
        kind = name.partition(" ")[0]
        kinds[kind] = max(kinds.get(kind, score), score, key=lambda value: promises.sign * value)
        found.append((score, chosen))
    if not found:
        raise NumericalError("no design of whole edges has a score: all of them fall apart")
    return sorted(found, key=lambda design: -promises.sign * design[0]), kinds


def _improved(
    found: list[tuple[float, np.ndarray]], promises: Promises, shop: Shop, *, seed: int
) -> tuple[Improved, tuple[str, ...], bool]:
    """The best design, what there is to say of it, and whether all designs there are were scored."""
    most = shop.problem.selection.exchanges
    if shop.designs <= most:
        best_there_is = best_of_all(promises, shop)
        if promises.failed:
            return best_there_is, (f"{promises.failed:,} designs could not be scored",), False
        return best_there_is, (f"all {shop.designs:,} designs were scored",), True
    generator = np.random.default_rng(seed)
    starts = min(STARTS, len(found))
    best: Improved | None = None
    done = Work()
    number = idle = 0
    # Where strengths are used up no single edge can go elsewhere, and random kicks of two are the moves.
    kicks, kicked_share = (KICKS, KICKED) if shop.problem.strengths is None else (KICKS_WITH_STRENGTHS, 0.0)
    while done.spent < most and idle < kicks:
        left = most - done.spent
        if number < starts:
            score, chosen = found[number]
            share = left // (starts - number)
        else:
            assert best is not None
            chosen = shop.kicked(best.chosen, generator, share=kicked_share)
            kicked = promises.score(chosen)
            done, share, idle = done + Work(scored=1), left - 1, idle + 1
            if kicked is None:
                continue
            score = kicked
        end = descended(promises, shop, chosen, score=score, most=left, share=share)
        done, number = done + end.work, number + 1
        if done.searches:
            kicks = max(kicks, KICKS_SEARCHED)
        ahead = 1.0 if best is None else promises.sign * (end.score - best.score) / (abs(best.score) or 1.0)
        if ahead > GAIN:
            idle = 0
        if ahead >= -GAIN:  # sideways, too: many designs of equal scores lie between two that differ
            best = end
        log.info("design %d: %.7g after %d exchanges", number, end.score, end.work.exchanges)
    if best is None:
        score, chosen = found[0]
        best = Improved(chosen=chosen, score=score)
    notes = () if best.exhausted else ("exchanges ended by select.exchanges: a better design may be near",)
    return replace(best, work=done), notes, False


def _greedy(promises: Promises, shop: Shop) -> np.ndarray:
    """Begin with the base network, and add the edge that promises most, again and again."""
    chosen = np.zeros(shop.problem.edges, dtype=bool)
    fitting = int(shop.total / float(shop.price[shop.candidates].min()))
    step = max(1, -(-min(fitting, len(shop.candidates)) // GREEDY_STEPS))
    while True:
        try:
            worth = promises.slopes(chosen)
        except NumericalError:  # the base network falls apart, and has no slopes
            return chosen
        if not np.isfinite(worth).all():
            return chosen
        rest = shop.candidates[~chosen[shop.candidates]]
        order = rest[np.argsort(-worth[rest] / shop.price[rest], kind="stable")]
        full = shop.filled(order, chosen)
        new = order[full[order]][:step]
        if not len(new):
            return chosen
        chosen[new] = True
