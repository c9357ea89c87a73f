"""What a lever declares of itself: decisions, families, rules behind bounds, numbers that can be turned, tiers.

What the engine has to know of a lever besides its mathematics stands in one `Lever` at the end of its module, its
words in a file beside it; every room asks the catalogue and keeps no list. Nothing here needs Pyomo.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

from alloc.formulation.tier import NO_TEXT, Tier, Worded
from alloc.text import Text

RAISE, LOWER, WAIVE, DROP = 1, -1, 0, 2
OPEN = 1e6  # a multiple or a share so large that it bounds nothing
BLANK = float("nan")  # an empty cell
# Of a yardstick: which cities there are; columns that services name; factors of pools; inputs of terms of sums.
CITIES, COHORT, FACTOR, COSTS = "cities", "{cohort}", "{factor}", "{costs}"
NO_ROWS = "no rows"  # a table that is emptied

# What one value of a number belongs to -> set of the model with a member for each, "" where there is one value alone.
BELONGS = {"all": "", "city": "cities", "tier": "cities", "pool": "pools", "service": "services", "limit": "limits",
           "programme": "programmes", "link": "links", "cell": "pools", "task": "programmes",
           "unit": "pools"}  # fmt: skip

Side = Literal["lower", "upper"]
Without = Mapping[str, Any]
"""How an instance does without a rule: ``table.column`` or path of a setting -> value; a table -> `NO_ROWS`."""


@dataclass(frozen=True)
class Decision(Worded):
    """A variable that decides something and is published.

    Attributes:
        name: of the variable.
        over: the sets that it runs over.
        unit: a key of the units of the matrix.
        table: of the result, in which it stands.
        columns: its columns there: one, or one for each member of its last set.
        items: the member that each column is of, where not every instance has all of them; what it lacks has none.
        before_rounding: columns of the table whose sum is what was decided, where what is published is rounded; a
            column with a minus before it is subtracted, one that a result does not have is left out.
        whole: whether it takes whole values only.
        granted: whether it is what a city is granted of what all cities share.
        possible: the most that there is use for when no rule bounds it, of the variable's shape, by derived data.
        follows: whether it follows from the others by what its lever settles, so that rounding need not keep it.
        sometimes: whether an instance has it, by derived data: else it is not declared, and its columns are not there.
            None: every instance has it.
    """

    name: str
    over: tuple[str, ...]
    unit: str
    table: str
    columns: tuple[str, ...]
    before_rounding: tuple[str, ...] = ()
    whole: bool = False
    granted: bool = False
    possible: Callable[[Any], Any] | None = None
    follows: bool = False
    items: tuple[str, ...] = ()
    sometimes: Callable[[Any], bool] | None = None

    def there(self, data: Any) -> bool:
        """Whether it is declared, by derived data."""
        return self.sometimes is None or self.sometimes(data)

    def columns_of(self, members: Iterable[object]) -> tuple[str, ...]:
        """Its columns where its last set has these members."""
        there = set(members)
        return tuple(
            name for name, item in zip(self.columns, self.items or self.columns, strict=True)
            if not self.items or item in there
        )  # fmt: skip

    def columns_in(self, table: Iterable[object]) -> tuple[str, ...]:
        """Those of its columns that a table of a result has to have, by the columns that it has."""
        there = set(table)
        return tuple(name for name in self.columns if not (self.items or self.sometimes) or name in there)


@dataclass(frozen=True)
class Family(Worded):
    """A constraint family.

    Attributes:
        name: of the family, and of its words.
        over: the sets whose members each have a row; the first is the cities or some of them unless it is `shared`.
        rule: called with the model and the index, gives a relation.
        item: what its rows are about besides the city: a set of the model, "" for nothing.
        shared: whether a row runs over several cities.
        states: whether it only states what a tier is worth and forbids nothing.
        defines: whether it only says what a number is, so that it has no price and always binds.
        always: whether it sets one number by others and so binds in every plan, though it has a price.
        brought: whether it is declared only where an instance asks for it: by a tier of its objective, or a setting.
        setting: path of the setting, or ``table.column`` filled nowhere, without which it has no rows; "" for none.
        binds_with: a family without which its binding says nothing: money is called up as it is spent.
        rounded: whether rounding of published numbers has to keep it too; else it is about what is not rounded.
        gives_way: whether rounding may miss it by less than a quantum where no multiples make up a pool within it.
        causes: cause -> field of the derived data with its part of the right side, where the least of several holds.
        conflicts: codes of findings before any solve (`alloc.instance.prechecks`) that say it cannot hold with others;
            a `shared` family is part of every conflict that a table of its rows has.
        makes: fields of the derived data that it also makes.
        without: how an instance does without it, where that is more than freeing its rows.
        unit, owner, source, binds, remedy: from the words file: unit of a row, who may waive it, the document it comes
            from, what is said when it binds, what can be done then.
    """

    name: str
    over: tuple[str, ...]
    rule: Callable[..., Any]
    item: str = ""
    shared: bool = False
    states: bool = False
    defines: bool = False
    always: bool = False
    brought: bool = False
    setting: str = ""
    binds_with: str = ""
    rounded: bool = False
    gives_way: bool = False
    causes: Mapping[str, str] = field(default_factory=dict)
    conflicts: tuple[str, ...] = ()
    makes: tuple[str, ...] = ()
    without: Without = field(default_factory=dict)
    unit: str = ""
    owner: str = ""
    source: str = ""
    binds: Text = NO_TEXT
    remedy: Text = NO_TEXT

    @property
    def arithmetic(self) -> bool:
        """Whether nobody can waive it."""
        return self.owner == "arithmetic"

    @property
    def restrains(self) -> bool:
        """Whether it holds something back where it binds: no sum that has to be right, nor what a number always is."""
        return not (self.arithmetic or self.defines or self.always)


@dataclass(frozen=True)
class Rule(Worded):
    """A rule behind the bound of a decision.

    Attributes:
        name: of the rule, and of its words.
        decision: whose bound it makes.
        sides: which of its bounds.
        item: what it is about besides the city: the last set of the decision, or "".
        bound: its part of the bound by derived data, of the decision's shape, infinite where it says nothing; a pair
            (lower, upper) where it makes both. None for rules that `alloc.instance.derived.bounds` works out.
        makes: fields of the derived data that it makes.
        without: how an instance does without it.
        replaces: whether the bounds without it stand in the place of those with it; else they only give way.
        family: constraint family that says the same where several decisions share it, so that its rows stand for the
            rule wherever rows are listed; "" for none.
        owner: from the words file: who may waive it.
    """

    name: str
    decision: str
    sides: tuple[Side, ...]
    item: str = ""
    bound: Callable[[Any], Any] | None = None
    makes: tuple[str, ...] = ()
    without: Without = field(default_factory=dict)
    replaces: bool = False
    family: str = ""
    owner: str = ""


@dataclass(frozen=True)
class Cause(Worded):
    """One of several reasons of a right side; the other attributes as of a `Rule`."""

    name: str
    makes: tuple[str, ...] = ()
    without: Without = field(default_factory=dict)
    owner: str = ""


class Span(NamedTuple):
    """Between which amounts a sum can lie, and whether the total and all other cities decide it; `whole` is what whole
    persons make of the most, None where it is no number of persons."""

    least: float
    most: float
    least_by_rest: bool = False
    most_by_rest: bool = False
    whole: float | None = None

    @property
    def reached(self) -> float:
        """The most that can be published."""
        return self.most if self.whole is None else self.whole


BETWEEN_ITEMS = "+"  # of a row of limits that sums up several; no code has it in it


@dataclass(frozen=True)
class Quantity:
    """What a row of the planner's `limits` can sum up over cities: ``name``, ``name:ITEM``, or ``name:ITEM+ITEM``.

    Attributes:
        name: before the colon.
        term: called with the model, a city and, where there are items, the item; what the city adds to the sum.
        unit: a key of the units of the matrix.
        over: set of the model with the items; "" where there are none.
        items: the items: the table whose keys they are, ``pools`` or ``services``, or their names.
        needs: table, column and value that some row has to have; () where there is always something to sum up.
        by_policy: path of a setting, and the items that are there only where it is given.
        several: whether a row names two or more of its items, whose sum it is; they are of one unit.
        granted: whether it is what cities are granted of a pool.
        pools: the pools whose grants it sums up [R], by derived data and item; None where it sums up something else.
        whole: what a share of it is a share of, by derived data and item; None where there is no such thing.
        span: between which sums it can lie by the bounds of decisions alone; called with the derived data, the item,
            the cities that are summed up [n] and whether facilities are whole.
        conflict: code of the finding where a row asks for what lies outside; empty where no bound says what does.
        reason: from the words file: what decides over the span.
    """

    name: str
    term: Callable[..., Any]
    unit: str
    span: Callable[[Any, str, Any, bool], Span]
    conflict: str
    over: str = ""
    items: str | tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    by_policy: tuple[str, tuple[str, ...]] = ("", ())
    several: bool = False
    granted: bool = False
    pools: Callable[[Any, str], Any] | None = None
    whole: Callable[[Any, str], float] | None = None
    reason: Text = NO_TEXT

    def names(
        self, keys: Callable[[str], Iterable[str]], given: Callable[[str], bool] = lambda path: True
    ) -> list[str]:
        """How rows name it, by what gives the keys of a table, and by what tells whether a setting is given."""
        if self.several:  # too many to be listed
            return []
        if not self.over:
            return [self.name]
        path, some = self.by_policy
        left_out = some if some and not given(path) else ()
        items = keys(self.items) if isinstance(self.items, str) else self.items
        return [f"{self.name}:{item}" for item in items if item not in left_out]


@dataclass(frozen=True)
class Turn:
    """One way in which a number can be changed to make room.

    Attributes:
        ways: `RAISE`, `LOWER` or both; `WAIVE` for a rule that a flag switches off, `DROP` for one that is dropped: an
            optional cell is emptied, a row of an optional table goes, anything else becomes 0.
        moves: families, causes and rules whose rows it is known to move.
        probe: turns with the same number are tried together to see what moves; none of them moves rows of another.
        multiplies: whether it moves coefficients, so that it is turned alone until there is a solution.
        side: which side of these rows a rule makes that is done without, where it is not both.
        sets: what a flag is set to that does without a rule.
        full_rise: a rise that counts as much as doing without a whole rule; 0 where the value itself does.
    """

    ways: tuple[int, ...]
    moves: tuple[str, ...]
    probe: int = 0
    multiplies: bool = False
    side: Side | None = None
    sets: bool = False
    full_rise: float = 0.0

    @property
    def waives(self) -> bool:
        """Whether it does without a rule, and there is no amount to choose."""
        return self.ways[0] in (WAIVE, DROP)


@dataclass(frozen=True)
class Number:
    """A number that can be turned: a column or a setting, or the rows of a table.

    Attributes:
        path: ``table.column`` or the path of a setting.
        owner: who decides about it, a key of the owners.
        by: what one value belongs to: pool, service, programme, city, limit, tier (of debt), cell (city and pool), task
            (city and programme), unit (one above cities, and pool), or all: a key of `BELONGS`.
        turns: how it can be changed to make room.
        priced: whether its price is asked for.
        most: greatest value that it can have.
        amount: whether a change of it is written as an amount more or less; else the new value is.
        outside: whether it is money that somebody else would have to bring.
        lifts: rules and causes whose upper bound a greater value lifts.
        of_pools: column of the pools -> value of those that it is about; empty for all.
        needs: table without whose rows it moves nothing; "" for none.
        reach, least_reach: when a city asks for more, values are tried up to so many times what it is now, and at
            least so far.
    """

    path: str
    owner: str
    by: str = ""
    turns: tuple[Turn, ...] = ()
    priced: bool = False
    most: float = float("inf")
    amount: bool = False
    outside: bool = False
    lifts: tuple[str, ...] = ()
    of_pools: Mapping[str, str] = field(default_factory=dict)
    needs: str = ""
    reach: float = 4.0
    least_reach: float = 0.0

    def farthest(self, value: float) -> float:
        """The greatest value that is tried when a city asks for more."""
        return min(self.most, max(self.reach * value, self.least_reach))


@dataclass(frozen=True, eq=False)
class Lever:
    """A part of a formulation: what its module declares.

    Attributes:
        name: of the lever; ``NAME.toml`` beside its module has its words.
        module: that declares it (``__name__``).
        declare: called with the model and the derived data: sets, parameters and variables.
        decisions, families, rules, causes, quantities, numbers, tiers: what it brings.
        sums: sums to which other levers add terms, e.g. ``spending``, and the sets that each runs over.
        adds: name of a sum -> term of this lever, called with the model and a member of what the sum runs over.
        costs: inputs that these terms are made of besides decisions: ``table.column`` or paths of settings.
        settled: what no tier determines is set by definition: called with the decided point
            (`alloc.result.point.Point`), gives decision -> values in the units of the instance, of the decision's
            shape. The levers are asked in their order, each with what those before it have set.
        columns: table -> further columns of the instance (`alloc.formulation.columns.Column`), which may be empty.
        settings: a model (`alloc.formulation.settings.LeverSettings`) that stands below ``policy`` by the name of the
            lever; every setting of it has a default with which the lever does nothing.
        derive: called with the tables, the policy and the derived data; gives further derived data by name.
    """

    name: str
    module: str
    declare: Callable[[Any, Any], None] | None = None
    decisions: tuple[Decision, ...] = ()
    families: tuple[Family, ...] = ()
    rules: tuple[Rule, ...] = ()
    causes: tuple[Cause, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    numbers: tuple[Number, ...] = ()
    tiers: tuple[Tier, ...] = ()
    sums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    adds: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    settled: Callable[[Any], Mapping[str, Any]] | None = None
    costs: tuple[str, ...] = ()
    columns: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    settings: type | None = None
    derive: Callable[[Mapping[str, Any], Any, Any], Mapping[str, Any]] | None = None

    @property
    def file(self) -> str:
        """The name of the file that declares it."""
        return Path(str(sys.modules[self.module].__file__)).name


@dataclass(frozen=True, eq=False)
class Formulation:
    """A model by its levers, in the order in which they are declared.

    Attributes:
        name: as an instance names it.
        levers: its parts.
        sets: called with the empty model and the derived data: the sets that all levers share.
        sizes: unit -> units of the model in one unit of the matrix, by the derived data.
    """

    name: str
    levers: tuple[Lever, ...]
    sets: Callable[[Any, Any], None]
    sizes: Callable[[Any], Mapping[str, Any]]
