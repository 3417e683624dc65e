"""What is to be told of a network of oscillators: NumPy arrays in, a Description out."""

from __future__ import annotations

import numpy as np

from gradnet_cli.numerics.graphs import components
from gradnet_cli.objectives.evaluation import Description
from gradnet_cli.objectives.kuramoto_synchrony.locking import Locking
from gradnet_cli.objectives.kuramoto_synchrony.steady import Steady
from gradnet_cli.problem import Problem

CARRIED = 0.99  # share of the weight that the edges told of carry, heaviest first
MOST_TRACKS = 400  # nodes whose phases are kept over time


def describe_synchrony(
    *,
    problem: Problem,
    weights: np.ndarray,
    frequencies: np.ndarray,
    times: np.ndarray,
    phases: np.ndarray,
    settled: Steady | None,
    replicates: int,
    lag: float,
    locking: Locking,
    share: float | None,
) -> Description:
    """Structure of the network and motion of its first replicate.

    Args:
        weights: (E,)
        frequencies: (N, R); structure is told relative to those of the first replicate
        times, phases: (P,) and (P, N), unwrapped
        settled: what measure=steady has found, or None
        replicates: how many there are
        locking: what is known of all networks
        share: of its weights, at which this network unlocks; None where it is not known

    Metrics: critical_budget (over ordered pairs, below which none locks), critical_share (the share of its
    weights at which this one unlocks), carrying_edges (the fewest edges with 99 % of the weight), bipartite
    (1 where these make a bipartite graph), across (share of the weight between the two sides of the mean
    frequency), frequency_assortativity (Pearson correlation of the frequencies at the two ends of an edge, by
    weight), final_order (r at the horizon).
    """
    omega = frequencies[:, 0]
    source, target = problem.edge_index
    heavy = carrying(weights, share=CARRIED)
    size = np.abs(weights)
    total = float(size.sum()) or 1.0
    above = omega > omega.mean()
    order = np.abs(np.exp(1j * phases).mean(axis=1))
    metrics = {
        "carrying_edges": float(len(heavy)),
        "bipartite": float(is_bipartite(problem.edge_index[:, heavy], nodes=problem.nodes)),
        "across": float(size[above[source] != above[target]].sum() / total),
        "frequency_assortativity": assortativity(problem.edge_index, size, omega, directed=problem.directed),
        "final_order": float(order[-1]),
        **locking.metrics,
        **({} if share is None else {"critical_share": share}),
    }
    state = None if settled is None else settled.first
    final = phases[-1] if state is None else state.phases.squeeze(-1).cpu().numpy()
    mean = np.angle(np.exp(1j * final).mean())
    final = np.angle(np.exp(1j * (final - mean)))
    tracks = np.argsort(omega, kind="stable")
    if len(tracks) > MOST_TRACKS:
        tracks = tracks[np.linspace(0, len(tracks) - 1, MOST_TRACKS).round().astype(int)]
    drifting = () if settled is None else unsettled(settled, replicates=replicates, horizon=float(times[-1]))
    return Description(
        metrics=metrics,
        node_data={"frequency": omega, "phase": final},
        arrays={
            "frequency": omega,
            "phase": final,
            "lag": np.array(lag),
            "locked": np.array(state is not None),
            "time": times,
            "order": order,
            "track_nodes": tracks,
            "track_phases": phases[:, tracks],
        },
        notes=(*drifting, *locking.notes(problem.nodes)),
    )


def unsettled(settled: Steady, *, replicates: int, horizon: float) -> tuple[str, ...]:
    """One line where not all replicates are locked, and none where all are."""
    drifting = round(replicates * (1 - settled.locked))
    if not drifting:
        return ()
    those = "the network is" if replicates == 1 else f"{drifting} of {replicates} replicates are"
    return (
        f"{those} not phase-locked by time {horizon:g}: what counts is the mean of r from time "
        f"{horizon / 2:g} to {horizon:g}, in which r moves between {settled.low:.3g} and {settled.high:.3g}",
    )


def carrying(weights: np.ndarray, *, share: float) -> np.ndarray:
    """The fewest edges that carry a share of the summed weight, heaviest first; ties by their place."""
    size = np.abs(weights)
    order = np.argsort(-size, kind="stable")
    carried = np.cumsum(size[order])
    if not len(carried) or carried[-1] == 0:
        return order[:0]
    return order[: int(np.searchsorted(carried, share * carried[-1])) + 1]


def is_bipartite(edge_index: np.ndarray, *, nodes: int) -> bool:
    """Whether a graph with edges (2, E) has no odd cycle.

    Its double cover, two copies of each node and each edge joining copies of different kind, falls into two
    parts for each bipartite component and stays whole for each other one.
    """
    source, target = edge_index
    across = np.stack([source, target + nodes]), np.stack([source + nodes, target])
    cover = components(np.concatenate(across, axis=1), nodes=2 * nodes)
    return bool(cover.max() + 1 == 2 * (components(edge_index, nodes=nodes).max() + 1))


def assortativity(
    edge_index: np.ndarray, weights: np.ndarray, values: np.ndarray, *, directed: bool
) -> float:
    """Correlation of the values at the two ends of an edge, each edge counted by its weight (Newman 2003)."""
    source, target = edge_index
    if not directed:
        source, target = np.concatenate([source, target]), np.concatenate([target, source])
        weights = np.concatenate([weights, weights])
    if weights.sum() == 0:
        return 0.0
    share = weights / weights.sum()
    here, there = values[source], values[target]
    here, there = here - share @ here, there - share @ there
    spread = np.sqrt((share @ here**2) * (share @ there**2))
    return float(share @ (here * there) / spread) if spread > 0 else 0.0
