"""What of a true network was found."""

from torch import Tensor


def edges_found(weights: Tensor, truth: Tensor, *, threshold: float) -> dict[str, float]:
    """Compare weights (E,) with true ones; an edge counts as found, or as true, above the threshold.

    Returns:
        precision, recall and F1 of the edges, and max_error, the largest error of a weight
    """
    there, real = weights > threshold, truth > threshold
    both, found, true = (float(count) for count in ((there & real).sum(), there.sum(), real.sum()))
    return {
        "precision": both / found if found else 0.0,
        "recall": both / true if true else 0.0,
        "f1": 2 * both / (found + true) if found + true else 0.0,
        "max_error": float((weights - truth).abs().max()),
    }
