"""Links from the raw tables: what cities keep for each other or hand over, within which limits, and what that costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from alloc.verification.arrays import Columns, Flags, Floats, Places, Texts, given, places

if TYPE_CHECKING:
    from alloc.verification.ledger import Ledger
    from alloc.verification.recompute import Raw
    from alloc.verification.results import Results

FAMILIES = ("host_first",)
KEY = ("from", "to", "service", "kind")
OF_LINKS = ("lent", "borrowed", "moved")  # columns of services that go with links


@dataclass(frozen=True, eq=False)
class Links:
    """The open rows of ``links``: by link [L]; ``shape`` is that of what is by city and service.

    ``names`` are their keys in one; ``giver``, ``receiver`` and ``service`` places; ``moves`` says whether a facility
    leaves, ``limit`` the most of this year, ``cost`` and ``fee`` what a unit costs, ``site`` the hectares of a unit.
    """

    names: Texts
    giver: Places
    receiver: Places
    service: Places
    moves: Flags
    limit: Floats
    cost: Floats
    fee: Floats
    site: Floats
    shape: tuple[int, int]

    def __bool__(self) -> bool:
        """Whether there are any."""
        return len(self.names) > 0

    def _sum(self, cities: Places, amounts: Floats) -> Floats:
        """Amounts of links added up by city and service [n, S]."""
        found = np.zeros(self.shape)
        for city, service, amount in zip(cities, self.service, amounts, strict=True):
            found[city, service] += amount
        return found

    def lent(self, flow: Floats) -> Floats:
        """What every city keeps for residents of others [n, S]."""
        return self._sum(self.giver, np.where(self.moves, 0.0, flow))

    def borrowed(self, flow: Floats) -> Floats:
        """What others keep for its residents [n, S]."""
        return self._sum(self.receiver, np.where(self.moves, 0.0, flow))

    def moved_out(self, flow: Floats) -> Floats:
        """What leaves every city [n, S]."""
        return self._sum(self.giver, np.where(self.moves, flow, 0.0))

    def moved_in(self, flow: Floats) -> Floats:
        """What reaches every city [n, S]."""
        return self._sum(self.receiver, np.where(self.moves, flow, 0.0))

    def gained(self, flow: Floats) -> Floats:
        """Places that residents of every city have more by all links, less where they have fewer [n, S]."""
        more: Floats = self._sum(self.receiver, flow) - self._sum(self.giver, flow)
        return more

    def spent(self, flow: Floats) -> Floats:
        """What moving costs those where facilities arrive [n]."""
        total: Floats = self._sum(self.receiver, self.cost * flow).sum(axis=1)
        return total

    def fees(self, flow: Floats) -> Floats:
        """Fees that every city pays less those that it gets [n]."""
        paid = self.fee * flow
        total: Floats = (self._sum(self.receiver, paid) - self._sum(self.giver, paid)).sum(axis=1)
        return total

    def sites(self, flow: Floats) -> Floats:
        """Land under what arrives [n]."""
        total: Floats = self._sum(self.receiver, np.where(self.moves, self.site * flow, 0.0)).sum(axis=1)
        return total

    def freed(self, flow: Floats) -> Floats:
        """Land that is no longer under what leaves [n]."""
        total: Floats = self._sum(self.giver, np.where(self.moves, self.site * flow, 0.0)).sum(axis=1)
        return total

    @property
    def lendable(self) -> Floats:
        """The most that every city keeps for others [n, S]."""
        return self.lent(self.limit)

    @property
    def vacates(self) -> bool:
        """Whether some facility that may move stands on land."""
        return bool((self.moves & (self.site > 0)).any())

    @property
    def leaving(self) -> Floats:
        """The most land that becomes free [n]."""
        return self.freed(self.limit)

    @property
    def hosts(self) -> Places:
        """The places of the cities that have a link out, in order."""
        return np.unique(self.giver)


def joined(table: pd.DataFrame) -> pd.Series[Any]:
    """The keys of links in one text each."""
    keys = [".".join(key) for key in zip(*(table[name] for name in KEY), strict=True)]
    return pd.Series(keys, index=table.index, dtype=object)


def links(
    table: pd.DataFrame, facts: Mapping[str, Any], full_need: Floats, capacity: Floats, policy: Any
) -> Links:  # fmt: skip
    """What the open rows say, by what is known by the names of `Raw`; limits that are blank are the policy's share."""
    table = _open(table)
    column = Columns(table)
    giver, receiver = (places(table[name], facts["cities"]) for name in ("from", "to"))
    service, moves = places(table["service"], facts["services"]), column["kind"] == "move"
    base = np.array([capacity[a, s] if move else full_need[b, s]
                     for a, b, s, move in zip(giver, receiver, service, moves, strict=True)], dtype=float)  # fmt: skip
    return Links(
        names=joined(table).to_numpy(dtype=object),
        giver=giver,
        receiver=receiver,
        service=service,
        moves=np.asarray(moves, dtype=bool),
        limit=given(column["limit"], policy.links.share * base),
        cost=given(column["cost"], 0.0) * moves,
        fee=given(column["fee"], 0.0) * ~np.asarray(moves, dtype=bool),
        site=facts["service"]["area"][service] / 10_000,
        shape=(len(facts["cities"]), len(facts["services"])),
    )


def families(tables: Mapping[str, pd.DataFrame]) -> tuple[str, ...]:
    """The constraint families that an instance with these tables has of them."""
    return FAMILIES if len(_open(tables["links"])) else ()


def vacates(tables: Mapping[str, pd.DataFrame]) -> bool:
    """Whether some facility that may move stands on land, by the tables alone."""
    table = _open(tables["links"])
    if not len(table):
        return False
    of = tables["services"].set_index("service")["area"]
    return bool((of.loc[table.loc[table["kind"] == "move", "service"]] > 0).any())


def _open(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["open"].to_numpy(dtype=bool)]


def check_links(ledger: Ledger, raw: Raw, results: Results) -> None:
    """Enter that nobody is served worse than today in a city that gives."""
    if not raw.links:
        return
    hosts = raw.links.hosts
    least = np.minimum(raw.capacity, raw.full_need)[hosts]
    there = (raw.capacity + results.places)[hosts]
    ledger.compare("host_first", there, ">=", least, at=(raw.cities[hosts], raw.services))


def check_flow(ledger: Ledger, raw: Raw, results: Results) -> None:
    """Enter the bounds of what is lent and moved."""
    if not raw.links:
        return
    at = (raw.links.names,)
    ledger.compare("flow_bounds", results.flow, ">=", 0.0, at=at, bounds="flow")
    ledger.compare("flow_bounds", results.flow, "<=", raw.links.limit, at=at, bounds="flow")


def check_columns(ledger: Ledger, raw: Raw, results: Results) -> None:
    """Enter what tables say of links besides the decisions."""
    if not raw.links:
        return
    links, flow = raw.links, results.flow
    for name, wanted in (
        ("lent", links.lent(flow)),
        ("borrowed", links.borrowed(flow)),
        ("moved", links.moved_in(flow) - links.moved_out(flow)),
    ):
        ledger.compare("copies", results.services[name], "=", wanted, at=raw.by_service, key=name)
    for name, wanted in (("cost", links.cost * flow), ("fee", links.fee * flow)):
        ledger.compare("copies", results.links[name], "=", wanted, at=(links.names,), key=name)
