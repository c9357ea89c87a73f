"""The words in which a column of an instance is described, and the fixed units; levers bring columns of their own."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import Literal

from alloc.text import Text, figure

# A count is a number of persons: fractions are accepted, since estimates and scaled scenarios have them.
Kind = Literal["code", "text", "number", "count", "share", "flag", "enum"]
NUMERIC: frozenset[Kind] = frozenset({"number", "count", "share"})

NO_UNIT = Text("", "")
PERSONS = Text("人", "persons")
HECTARES = Text("公顷", "ha")
MONEY = Text("万元", "10⁴ yuan")
MONEY_A_YEAR = Text("万元/年", "10⁴ yuan a year")
MONEY_A_HECTARE = Text("万元/公顷", "10⁴ yuan a ha")
MONEY_A_UNIT = Text("万元/单位", "10⁴ yuan a unit")
MONEY_A_UNIT_AND_YEAR = Text("万元/单位·年", "10⁴ yuan a unit and year")
SHARE = Text("比例（0.35，不写 35）", "share (0.35, not 35)")
DEGREES = Text("度", "degrees")
SERVICE_UNITS = Text("该服务的计量单位", "units of the service")
SERVICE_UNITS_A_PERSON = Text("单位/人", "units a person")
SQUARE_METRES_A_UNIT = Text("平方米/单位", "m² a unit")
SQUARE_METRES_A_PERSON = Text("平方米/人", "m² a person")
POOL_UNITS = Text("公顷（用地）或万元（资金、债券）", "ha (land) or 10⁴ yuan (transfers, bonds)")
MULTIPLE = Text("倍", "times")
KIND_UNITS = {"land": HECTARES.en, "transfer": MONEY.en, "bond": MONEY.en}  # of the amounts of a pool, by its kind

Reporter = Literal["", "city", "audited"]
Supplier = Literal["", "statistics", "public_security", "finance", "land"]
Driver = Literal["totals", "population", "settlement", "debt", "land", "policy", "others", "none"]
NO_DRIVER: Driver = "none"  # of titles, units in words and sources, which enter no rule
Way = Literal["sum", "mean", "receiver", "same", "any", "joined", "weakest", "purse", "condition", "value"]


@dataclass(frozen=True)
class Merging:
    """How the cells of a column become one where cities are merged into one; in other tables by city, rows of a key.

    Attributes:
        way: ``sum``; ``mean``, weighted; ``receiver``, as the city has it that takes in the others; ``same``, they have
            to be the same; ``any``, a flag that one of them has; ``joined``, texts one behind another; ``weakest``, the
            last of the allowed values; ``purse``, a city whose budget is shared; ``condition``, on cities, in which the
            names of those that go stand for the one that stays; ``value``, a text that a column of cities may have.
        weights: numeric columns of the same row whose sum is the weight of a mean.
        blank: what an empty cell stands for beside given ones, a column of the same row or the path of a setting;
            without, and without a default, given and empty cells cannot be merged.
        once: a column; cells that share its value count once in a sum.
    """

    way: Way
    weights: tuple[str, ...] = ()
    blank: str = ""
    once: str = ""


SUM, OF_RECEIVER, SAME, ANY = Merging("sum"), Merging("receiver"), Merging("same"), Merging("any")
JOINED, WEAKEST, CONDITION = Merging("joined"), Merging("weakest"), Merging("condition")


@dataclass(frozen=True)
class Beside:
    """What a figure goes with from row to row, so that a digit too many or too few of it shows.

    Attributes:
        columns: of the same table; a figure is in doubt where it is out of line with every one of them.
        many, few: whether a digit too many, or too few, is told. It is not where figures that are right are as far off
            in some places; there only a figure in another unit is.
    """

    columns: tuple[str, ...]
    many: bool = True
    few: bool = True


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes:
        name: machine name, the header in CSV and Parquet.
        kind: what a cell holds: a ``count`` is a number of persons, a ``share`` a fraction, a ``code`` has a pattern.
        unit: the fixed unit, shown to the planner.
        title: the field's own term, accepted as a header too.
        note: one sentence on what it is.
        required: the column is there and no cell is empty; otherwise it may be left out and cells may be empty.
        twin: the column that says the same in the other language: one of the two is enough, and stands for the other.
        key: part of the table's key.
        minimum, maximum: range with its ends.
        above, below: range without its ends.
        default: what an empty cell stands for, where that is fixed.
        values: the allowed values of an ``enum``.
        spelt: other ways in which values of an ``enum`` are written, each with the value.
        percent: another column of the table, and the values of it beside which a number may have a percent sign.
        references: the table whose key the cells name.
        pattern: regular expression that a whole ``code`` matches.
        pattern_words: that pattern in words.
        formerly: names and titles that it had before and that are still read; the first goes into the hash of an
            instance, so that results that name it stay true.
        driver: what a change of it from one year to the next is put down to, a key of the drivers; `NO_DRIVER` for what
            enters no rule.
        reporter: whose word the figures are: ``city``, that of the city itself; ``audited``, the city's too, but others
            hold the register or have measured it; "" for what comes from the census, from statistics or from above.
        supplier: the department on whose form it stands, a key of the suppliers; "" for what no department fills in.
        merging: how it adds where cities are merged; None where it says nothing, as no column of a table by city does.
        beside: what its figures go with, by which a slip shows; None where nothing is near enough to tell.
    """

    name: str
    kind: Kind
    unit: Text
    title: Text
    note: Text
    required: bool = True
    twin: str = ""
    key: bool = False
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    below: float | None = None
    default: float | None = None
    values: tuple[str, ...] = ()
    spelt: tuple[tuple[str, str], ...] = ()
    percent: tuple[str, tuple[str, ...]] = ("", ())
    references: str = ""
    pattern: str = ""
    pattern_words: Text = NO_UNIT
    formerly: tuple[str, ...] = ()
    driver: Driver = "others"
    reporter: Reporter = ""
    supplier: Supplier = ""
    merging: Merging | None = None
    beside: Beside | None = None

    @property
    def hashed(self) -> str:
        """The name that goes into the hash of an instance."""
        return self.formerly[0] if self.formerly else self.name

    @property
    def numeric(self) -> bool:
        """Whether cells are numbers."""
        return self.kind in NUMERIC

    def value_spelt(self, text: str) -> str:
        """The value of an ``enum`` that a text is, with signs of any width and in any case; otherwise the text."""
        plain = "".join(unicodedata.normalize("NFKC", text).casefold().split())
        return plain if plain in self.values else dict(self.spelt).get(text.strip(), text)

    def required_in(self, language: str) -> bool:
        """Whether readers of a language are asked for it: of two columns that say the same, for the one in theirs."""
        return self.required and (not self.twin or self.name.endswith(f"_{language}"))

    @property
    def explained(self) -> Text:
        """The note, and of columns that say the same in two languages that one is enough."""
        if not self.twin:
            return self.note
        return Text(f"{self.note.zh}中文、英文填一个即可。", f"{self.note.en} One of the two languages is enough.")

    @property
    def range_words(self) -> Text:
        """The range in words, with its unit; both empty where there is none."""
        parts: list[Text] = []
        for limit, zh, en in (
            (self.minimum, "至少", "at least"),
            (self.above, "大于", "above"),
            (self.maximum, "至多", "at most"),
            (self.below, "小于", "below"),
        ):
            if limit is not None:
                parts.append(Text(f"{zh} {figure(limit)}", f"{en} {figure(limit)}"))
        return Text("，".join(part.zh for part in parts), " and ".join(part.en for part in parts))


def driven(driver: Driver, *columns: Column) -> tuple[Column, ...]:
    """Columns of one driver."""
    return tuple(replace(column, driver=driver) for column in columns)


def reported(reporter: Reporter, *columns: Column) -> tuple[Column, ...]:
    """Columns that are the word of one reporter."""
    return tuple(replace(column, reporter=reporter) for column in columns)


def merged(merging: Merging, *columns: Column) -> tuple[Column, ...]:
    """Columns that add in one way where cities are merged, but for those that say another."""
    return tuple(replace(column, merging=column.merging or merging) for column in columns)


def twins(name: str, zh: tuple[Text, Text], en: tuple[Text, Text]) -> tuple[Column, ...]:
    """Two columns that say the same in Chinese and in English, of which one has to be given.

    Args:
        name: machine name of both, without the language.
        zh, en: title and note of each.
    """
    return tuple(
        Column(f"{name}_{language}", "text", NO_UNIT, *words, twin=f"{name}_{other}", driver=NO_DRIVER)
        for language, other, words in (("zh", "en", zh), ("en", "zh", en))
    )


def titles(zh: Text, en: Text) -> tuple[Column, ...]:
    """The titles of a record in both languages, by what each is."""
    return twins("title", (Text("中文名称", "Title in Chinese"), zh), (Text("英文名称", "Title in English"), en))


def supplied(supplier: Supplier, *columns: Column) -> tuple[Column, ...]:
    """Columns that one department fills in, but for those that name another."""
    return tuple(column if column.supplier else replace(column, supplier=supplier) for column in columns)
