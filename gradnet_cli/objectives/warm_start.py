"""What an objective carries from one network to the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

from gradnet_cli.numerics.topology import Topology


class Remembering(Protocol):
    """Anything with a `memory`: numbers, strings, arrays, lists and dicts that its future depends on."""

    memory: Any


Carried = TypeVar("Carried", bound=Remembering)


class WarmStart(Generic[Carried]):
    """A value that is good for networks on one topology, and made anew where another network has another.

    Edges may be exchanged from one call of an objective to the next. What it has learned of the edges before
    ends here, and nowhere else.

    Args:
        begin: makes the value for a topology
        of_nodes: what of its memory is of nodes, and goes on where other edges lie between the same nodes
    """

    def __init__(
        self, begin: Callable[[Topology], Carried], *, of_nodes: Callable[[Any], Any] | None = None
    ) -> None:
        self._begin = begin
        self._of_nodes = of_nodes
        self._topology: Topology | None = None
        self._carried: Carried | None = None
        self._restored: Any = None

    def on(self, topology: Topology) -> Carried:
        """The value for this topology."""
        if self._carried is None or self._topology is not topology:
            before, goes_on = self._topology, self._of_nodes
            if goes_on is not None and before is not None and before.nodes == topology.nodes:
                self._restored = goes_on(self.memory)
            self._carried = None  # dropped first: it may hold a factorisation, and two need twice the memory
            self._topology, self._carried = topology, self._begin(topology)
            if self._restored is not None:
                self._carried.memory, self._restored = self._restored, None
        return self._carried

    @property
    def present(self) -> Carried | None:
        """The value for the topology of the last call; None before there is one."""
        return self._carried

    @property
    def memory(self) -> Any:
        """That of the value, None before there is one; what is put in goes to the next value that is made."""
        return self._restored if self._carried is None else self._carried.memory

    @memory.setter
    def memory(self, memory: Any) -> None:
        self._restored, self._carried, self._topology = memory, None, None
