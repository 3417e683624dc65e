"""Which pairs may carry a change: the mask's edges, or all pairs beside a base network."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.numerics.graphs import edge_places
from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.masks._size import check_size
from gradnet_cli.problem.masks.complete import pair_of
from gradnet_cli.settings.budget import Signs
from gradnet_cli.settings.limits import BASE, Limits

EDGES, COMPLEMENT = "edges", "complement"


def offer_candidates(
    mask: Mask,
    limits: Limits,
    signs: Signs,
    *,
    candidates: str,
    cost: object = None,
    given: bool = True,
) -> tuple[Mask, Limits]:
    """The mask with the candidates that are asked for, and limits that keep the base network where it stays.

    Args:
        mask: whose base weights are the base network; without any, all of its edges have the weight 1
        candidates: ``edges``: the mask's; ``all``: all pairs, those of the base network too;
            ``complement``: all pairs that it does not join, and it stays as it is
        cost: the setting that priced the edges; ``distance`` will price all pairs
        given: whether a base network can be asked for: then a mask without one is refused

    Raises:
        SettingError: no base network, no candidates, too many, or candidates without a price
    """
    if candidates == EDGES:
        return mask, limits
    if not mask.base.any():
        if given:
            allowed = "needs a base network, and there is none: say which with base"
            raise SettingError(setting="candidates", value=candidates, allowed=allowed)
        mask = replace(mask, base=np.ones(mask.edges))
    whole = _with_all_pairs(mask, candidates, cost)
    if candidates != COMPLEMENT:
        return whole, limits
    if (whole.base != 0).all():
        allowed = "leaves no pair: the base network joins each with each"
        raise SettingError(setting="candidates", value=candidates, allowed=allowed)
    if limits.fixed not in (None, BASE):
        allowed = "has no effect with candidates=complement, which keeps the whole base network"
        value = list(limits.fixed) if isinstance(limits.fixed, tuple) else limits.fixed
        raise SettingError(setting="limits.fixed", value=value, allowed=allowed)
    if signs.change == "decrease":
        allowed = "leaves nothing to do with candidates=complement, which adds to the base network"
        raise SettingError(setting="signs.change", value=signs.change, allowed=allowed)
    return whole, replace(limits, fixed=BASE)


def _with_all_pairs(mask: Mask, candidates: str, cost: object) -> Mask:
    """The mask on all pairs of its nodes; what is known of its edges stays with them."""
    nodes = mask.nodes
    count = nodes * (nodes - 1) // (1 if mask.directed else 2)
    check_size(nodes=nodes, edges=count, setting="candidates", value=candidates)
    pairs = pair_of(np.arange(count, dtype=np.int64), nodes=nodes, directed=mask.directed)
    place = edge_places(pairs, mask.edge_index, nodes=nodes)

    def spread(values: np.ndarray, elsewhere: float) -> np.ndarray:
        every = np.full(count, elsewhere)
        every[place] = values
        return every

    def column(values: np.ndarray) -> np.ndarray:
        if values.dtype.kind in "fiub":
            return spread(values, np.nan)  # no limit, like an empty cell
        texts = np.full(count, "", dtype=values.dtype if values.dtype.kind == "U" else object)
        texts[place] = values
        return texts

    if cost == "distance" or (mask.cost == 1).all():  # distances come when all pairs are there
        prices = np.ones(count)
    else:
        allowed = f"must be unit or distance, which price all pairs, with candidates={candidates}"
        raise SettingError(setting="cost", value=cost if isinstance(cost, str) else None, allowed=allowed)
    return replace(
        mask,
        edge_index=pairs,
        cost=prices,
        base=spread(mask.base, 0.0),
        edge_data={name: column(np.asarray(values)) for name, values in mask.edge_data.items()},
    )
