"""What is carried from one network to the next belongs to one topology."""

import torch

from gradnet_cli.numerics.topology import Topology
from gradnet_cli.objectives.warm_start import WarmStart


class Count:
    """Remembers how often it was asked, and on how many nodes."""

    def __init__(self, topology: Topology) -> None:
        self.memory = {"nodes": topology.nodes, "asked": 0}

    def ask(self) -> int:
        self.memory = {**self.memory, "asked": self.memory["asked"] + 1}
        return self.memory["asked"]


def path(nodes: int) -> Topology:
    ends = torch.arange(nodes - 1)
    return Topology(edge_index=torch.stack([ends, ends + 1]), nodes=nodes)


def test_stays_with_a_topology_and_begins_anew_on_another() -> None:
    start, here, there = WarmStart(Count), path(4), path(4)
    assert [start.on(here).ask(), start.on(here).ask()] == [1, 2]
    assert start.on(there).ask() == 1  # alike, but not the same edges
    assert start.on(here).ask() == 1


def test_memory_goes_to_the_next_value() -> None:
    start = WarmStart(Count)
    assert start.memory is None
    start.on(path(4)).ask()
    remembered = start.memory
    assert remembered == {"nodes": 4, "asked": 1}
    other = WarmStart(Count)
    other.memory = remembered
    assert other.memory == remembered  # of a run that is resumed, and interrupted before its first update
    topology = path(4)
    assert other.on(topology).ask() == 2
    assert other.on(topology).ask() == 3
    assert other.on(path(5)).memory == {"nodes": 5, "asked": 0}
