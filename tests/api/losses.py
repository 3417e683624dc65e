"""Losses in the documented style of the GradNet library: loss_fn(gn), where gn() is the adjacency."""

import torch


def connectivity(gn):
    """Minus the second smallest eigenvalue of the Laplacian, of a dense adjacency."""
    adjacency = gn()
    laplacian = torch.diag(adjacency.sum(dim=1)) - adjacency
    eigenvalues = torch.linalg.eigvalsh(laplacian)
    return -eigenvalues[1], {"lambda_3": eigenvalues[2].item()}


def spread(gn, step):
    """Variance of the strengths; whoever writes `step` is told the update. Of a sparse adjacency."""
    adjacency = gn()
    assert adjacency.is_sparse
    strengths = torch.sparse.mm(adjacency, torch.ones(gn.num_nodes, 1)).squeeze()
    return ((strengths - strengths.mean()) ** 2).mean(), {"told": step}


def spread_dense(gn, step):
    """The same of a dense adjacency, in single precision wherever it makes tensors itself."""
    adjacency = gn()
    strengths = adjacency @ torch.ones(gn.num_nodes)
    return ((strengths - strengths.mean()) ** 2).mean(), {"told": step}


def dissonance(gn, relaxation_time=10.0, leaders=(0, -1)):
    """Opinions diffuse from two leaders who disagree; disagreement along edges, by Euler's method."""
    adjacency = gn()
    laplacian = torch.diag(adjacency.sum(dim=1)) - adjacency
    opinions = torch.zeros(gn.num_nodes, device=gn.device)
    opinions[leaders[0]], opinions[leaders[1]] = 1.0, -1.0
    free = torch.ones(gn.num_nodes)
    free[list(leaders)] = 0.0
    for _ in range(50):
        opinions = opinions - relaxation_time / 500 * free * (laplacian @ opinions)
    difference = (opinions[:, None] - opinions[None, :]) ** 2
    used = gn.get_delta_adj().abs().sum()
    return (adjacency * difference).sum() / adjacency.sum(), {"used_budget": used}
