"""Checks a certificate of an allocation: ``python certificate.py DIR``. Needs Python 3.10 and nothing else.

It says of every tier (ranked objectives) that no plan does better than its bound while the tiers before it are no worse
than in this plan. The proof is weak duality. Every plan x has, and for every earlier tier one row more of the kind,

    lower_i <= sum_j a_ij x_j <= upper_i   (rows)      and      lower_j <= x_j <= upper_j   (columns).

Whatever numbers y are given, one a row: with d_j = c_j - sum_i y_i a_ij every plan has

    sum_j c_j x_j  =  sum_i y_i (row i) + sum_j d_j x_j  >=  sum_i y_i side_i + sum_j d_j bound_j,

where side_i is the lower side if y_i > 0 and the upper one if y_i < 0, and bound_j likewise by d_j. So the numbers
need not be believed: wrong ones give a weaker bound, or none where a side is open, but never a false one. A tier that
is maximised has its sign turned. Terms weight (x - centre)^2 lie above their tangent at the plan, which takes their
place. Every number in the files stands for exactly the double that it is read as, and every sum is exact.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import inf, lcm
from pathlib import Path
from typing import Any, NamedTuple

SUMS = "SHA256SUMS"
FILES = ["certificate.json", "columns.csv", "matrix.csv", "multipliers.csv", "objectives.csv", "rows.csv"]
SAME, HELD = Fraction(1, 10**6), Fraction(1, 10**12)  # of values and of rows at the plan; of tiers that are held
HEADS = (
    "目标                      方案的值            已证的界        差距  单位 / "
    "tier                          plan               bound         gap  unit"
)
Entries = list[tuple[int, Fraction]]  # column and coefficient


class Row(NamedTuple):
    """lower <= sum of coefficient times column <= upper; unit: what counts as one in the row."""

    entries: Entries
    lower: Fraction | float
    upper: Fraction | float
    unit: Fraction = Fraction(1)


class Tier(NamedTuple):
    """A tier, its sign turned so that less is better: value and slope at the plan, and the rows that hold it."""

    claims: dict[str, Any]
    sign: int
    value: Fraction  # as published, sign not turned
    reached: Fraction
    slope: Entries
    held: dict[str, Row]


def number(text: str, is_open: float | None = None) -> Any:
    """A cell: a decimal, which stands for a double, or p/q, as a Fraction; a side that is open is empty."""
    return is_open if not text else Fraction(text) if "/" in text else Fraction(float(text))


def noise(value: Fraction) -> Fraction:
    """By how much two values of a tier may differ that are the same."""
    return SAME * max(Fraction(1), abs(value))


def total(products: Iterable[tuple[Fraction, Fraction]]) -> Fraction:
    """The sum of products, over one denominator: many times quicker than fraction by fraction."""
    pairs = list(products)
    over_a, over_b = lcm(*{a.denominator for a, _ in pairs}), lcm(*{b.denominator for _, b in pairs})
    parts = (a.numerator * (over_a // a.denominator) * b.numerator * (over_b // b.denominator) for a, b in pairs)
    return Fraction(sum(parts), over_a * over_b)


class Certificate:
    """The files of a certificate, which are those that were written: their hashes are checked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        sums = [line.partition("  ") for line in (folder / SUMS).read_text(encoding="utf-8").splitlines()]
        if sorted(name for *_, name in sums) != FILES:
            raise ValueError(f"{SUMS} 所列的不是证书的各个文件 / {SUMS} does not name the files of a certificate")
        for digest, _, name in sums:
            if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
                raise ValueError(f"{name} 与写出时不同 / {name} is not the file that was written (SHA-256)")
        self.claims = json.loads((folder / FILES[0]).read_text(encoding="utf-8"))
        columns = list(self.table("columns"))
        self.place = {name: j for j, (name, *_) in enumerate(columns)}
        self.bounds = [(number(lower, -inf), number(upper, inf)) for _, lower, upper, _ in columns]
        self.plan = [number(value) for *_, value in columns]
        self.rows: dict[str, Row] = {}
        for name, low, high, unit in self.table("rows"):
            self.rows[name] = Row([], number(low, -inf), number(high, inf), number(unit))
        rows = list(self.rows.values())
        for row, column, coefficient in self.table("matrix"):  # by their lines in rows.csv and columns.csv, from 1
            rows[int(row) - 1].entries.append((int(column) - 1, number(coefficient)))
        self.terms: dict[str, list[list[str]]] = defaultdict(list)
        for tier, *term in self.table("objectives"):
            self.terms[tier].append(term)
        self.multipliers: dict[str, dict[str, Fraction]] = defaultdict(dict)
        for tier, name, value in self.table("multipliers"):
            self.multipliers[tier][name] = number(value)

    def table(self, name: str) -> Iterator[list[str]]:
        """The lines of a file, without its head."""
        yield from list(csv.reader((self.folder / f"{name}.csv").read_text(encoding="utf-8").splitlines()))[1:]

    def tier(self, claims: dict[str, Any]) -> Tier:
        """A tier by its terms linear x + weight (x - centre)^2, and the rows that hold it for the tiers behind it."""
        tier, sign, value, slope = claims["tier"], -1 if claims["maximise"] else 1, Fraction(claims["value"]), []
        reached = sign * Fraction(claims["constant"])
        for column, *cells in self.terms[tier]:
            x, (linear, weight, centre) = self.plan[self.place[column]], map(number, cells)
            if sign * weight < 0:
                raise ValueError(f"{tier} 不在其切线之上 / {tier} does not lie above its tangent")
            reached += sign * (linear * x + weight * (x - centre) ** 2)
            slope.append((self.place[column], sign * (linear + 2 * weight * (x - centre))))
        if abs(sign * reached - value) > noise(value):
            raise ValueError(f"{tier} 的值不符 / {tier} is {float(sign * reached)} at the plan, not {claims['value']}")
        most = self.at_plan(slope) + sign * value - reached + HELD / SAME * noise(value)
        held = {f"held[{tier}]": Row(slope, -inf, most)}
        if claims["level"]:  # the least of many: each of them is held for itself
            held, level = {}, self.place[claims["level"]["column"]]
            for name in claims["level"]["rows"]:
                turn = -1 if self.rows[name].upper == inf else 1
                entries = [(j, turn * a) for j, a in self.rows[name].entries if j != level]
                held[f"held[{name}]"] = Row(entries, -inf, self.at_plan(entries) + HELD)
        return Tier(claims, sign, value, reached, slope, held)

    def at_plan(self, entries: Entries) -> Fraction:
        """The sum of coefficient times column at the plan."""
        return total((a, self.plan[j]) for j, a in entries)

    def check_plan(self) -> float:
        """The largest violation of a row, relative to its unit and terms; of bounds of columns none is allowed."""
        for name, (lower, upper), x in zip(self.place, self.bounds, self.plan, strict=True):
            if not lower <= x <= upper:
                raise ValueError(f"方案超出 {name} 的上下界 / the plan is outside the bounds of {name}")
        worst = 0.0
        for name, row in self.rows.items():
            left = self.at_plan(row.entries)
            beyond = max(row.lower - left, left - row.upper)
            if beyond > 0:
                worst = max(worst, float(beyond / (row.unit + sum(abs(a * self.plan[j]) for j, a in row.entries))))
                if worst > SAME:
                    raise ValueError(f"方案违反 {name} 一行 / the plan breaks the row {name}")
        return worst

    def prove(self) -> Iterator[tuple[Tier, Fraction | float, bool]]:
        """Every tier, the bound that is proven, and whether the result reports a tighter one, which is not."""
        rows = dict(self.rows)
        for tier in map(self.tier, self.claims["tiers"]):
            least = self.least(tier, rows)
            name, stated, reported = (tier.claims[key] for key in ("tier", "bound", "reported"))
            if stated is not None and tier.sign * Fraction(stated) > least:
                raise ValueError(f"{name} 的界 {stated} 没有证明 / the bound {stated} is stated, and not proven")
            unproven = reported is not None and tier.sign * Fraction(reported) > least + noise(tier.value)
            yield tier, tier.sign * least, unproven
            rows.update(tier.held)

    def least(self, tier: Tier, rows: dict[str, Row]) -> Fraction | float:
        """What the tier cannot go below; minus infinity where a price leans on a side that is open."""
        multipliers = self.multipliers[tier.claims["tier"]]
        sides = [(y, rows[name].lower if y > 0 else rows[name].upper) for name, y in multipliers.items() if y]
        sides += [(d, self.bounds[j][d < 0]) for j, d in self.left(tier, rows, multipliers).items() if d]
        finite = [(price, each) for price, each in sides if isinstance(each, Fraction)]
        return tier.reached - self.at_plan(tier.slope) + total(finite) if len(finite) == len(sides) else -inf

    def left(self, tier: Tier, rows: dict[str, Row], multipliers: dict[str, Fraction]) -> dict[int, Fraction]:
        """d_j: what the multipliers leave of the tier's slope, by column."""
        parts = [(Fraction(1), tier.slope), *((-y, rows[name].entries) for name, y in multipliers.items())]
        over_y = lcm(*{y.denominator for y, _ in parts})
        over_a = lcm(*{a.denominator for _, entries in parts for _, a in entries})
        sums: dict[int, int] = defaultdict(int)
        for y, entries in parts:
            for j, a in entries:
                sums[j] += y.numerator * (over_y // y.denominator) * a.numerator * (over_a // a.denominator)
        return {j: Fraction(each, over_y * over_a) for j, each in sums.items()}


def said(text: str) -> str:
    """Of "Chinese / English" what the environment asks for, as alloc does: English unless a locale is Chinese."""
    locale = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    locale = locale if locale in ("C", "POSIX") else os.environ.get("LANGUAGE", "").partition(":")[0] or locale
    zh, _, en = text.partition(" / ")
    return zh if locale.lower().startswith(("zh", "chinese")) else en


def main(folder: Path) -> int:
    """Prints what is proven; 1 where the certificate is refused."""
    try:
        certificate = Certificate(folder)
        worst = certificate.check_plan()
        print(said(f"方案满足全部 {len(certificate.rows)} 行，最大偏差 {worst:.1e}。 / "
                   f"The plan keeps to all {len(certificate.rows)} rows within {worst:.1e}."))  # fmt: skip
        print(said(HEADS))
        for tier, bound, unproven in certificate.prove():
            gap, claims = float(tier.sign * (tier.value - bound)), tier.claims
            note = said("本证书没有证明 / unproven by this certificate")
            note = claims.get("unit", "") + (f"  ({claims['reported']}: {note})" if unproven else "")
            print(f"{claims['tier']:<14}{float(tier.value):>20.10g}{float(bound):>20.10g}{gap:>12.3g}  {note}".rstrip())
    except Exception as error:
        why = said(str(error)) or str(error)
        print(f"{said('证书不成立 / The certificate is refused')}: {why} ({type(error).__name__})", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
