"""What was changed by hand: edits and scenarios, overrides and earmarks, each with its reason and who approved it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alloc.content.blocks import Amount, Cell, Column, Table
from alloc.content.conditions import condition_said
from alloc.content.figures import exact_decimals
from alloc.content.numbers import amount_text
from alloc.content.titles import column_title, value_title
from alloc.instance.schema.cities import CITIES
from alloc.instance.schema.classes import CLASS_TITLES
from alloc.instance.schema.tables import TABLES
from alloc.report.view import View
from alloc.text import Text, behind_number

NAMED = 6  # sentences on the first page; all of them stand in the chapter on scenarios
BY_HAND = ("overrides", "earmarks")  # tables of amounts that somebody set
VERBS: Mapping[str, Text] = {
    "set": Text("定为 {value}", "set to {value}"),
    "add": Text("增加 {value}", "raised by {value}"),
    "scale": Text("乘以 {value}", "times {value}"),
    "at_most": Text("不超过 {value}", "at most {value}"),
    "at_least": Text("不低于 {value}", "at least {value}"),
    "drop": Text("删除", "dropped"),
    "merge": Text("并入{value}", "merged into {value}"),
}
SET_BY_HAND = Text("{city}的{pool}由人工定为 {amount} {unit}", "{pool} of {city} set by hand to {amount} {unit}")
PROMISED = Text(
    "{city}的{pool}事先指定至少 {amount} {unit}", "{pool} of {city} promised to be at least {amount} {unit}"
)
NEW_ROW = Text("增加一行：{row}", "a new row: {row}")


def by_hand(view: View) -> list[str]:
    """A sentence for every edit, override and earmark; none where nothing was changed."""
    edits = [_sentence(view, edit_said(view, each), _why(view, each)) for each in _edits(view)]
    return [*edits, *(_amount_said(view, row) for row in _amounts(view))]


def by_hand_in(view: View, city: str) -> list[str]:
    """The overrides and earmarks of one city, a sentence each, with reason and approver."""
    return [_amount_said(view, row) for row in _amounts(view) if row["place"] == city]


def first_of(view: View) -> list[str]:
    """As many of these sentences as the first page has room for, and how many more there are."""
    said = by_hand(view)
    more = len(said) - NAMED
    if more <= 0:
        return said
    rest = view.say("另有 {n} 项，见“情景与比较”一章。", "{n} more stand in the chapter on scenarios.", n=more)
    return [*said[:NAMED], rest]


def amounts_table(view: View) -> Table | None:
    """Every amount that was set by hand, with reason and approver; None where there is none."""
    rows: list[tuple[Cell, ...]] = []
    for row in _amounts(view):
        amount, unit = _amount(view, row)
        rows.append((row["city"], row["pool"], row["title"], amount, unit, row["reason"], row["approved_by"]))
    if not rows:
        return None
    columns = (
        Column("city", view.say("城市", "city")), Column("pool", view.say("指标", "pool")),
        Column("kind", view.say("种类", "kind")), Column("amount", view.say("数额", "amount"), kind="figure"),
        Column("unit", view.say("单位", "unit")), Column("reason", view.say("依据", "reason")),
        Column("approved_by", view.say("批准人", "approved by")),
    )  # fmt: skip
    return Table("by_hand", view.say("人工确定的数额", "Amounts set by hand"), columns, tuple(rows))


def edits_table(view: View) -> Table | None:
    """Every edit: what it is about, what becomes of it, for which rows, and why; None where there is none."""
    rows: list[tuple[Cell, ...]] = []
    for edit in view.result.manifest.get("edits") or ():
        why = _why(view, edit) or view.say("未写明", "not given")
        rows.append((_target(view, edit), _change(view, edit), _where(view, edit), why))
    if not rows:
        return None
    heads = (("what", view.say("修改的内容", "what is changed")), ("change", view.say("改法", "how")),
             ("where", view.say("范围", "for which rows")), ("why", view.say("理由", "reason")))  # fmt: skip
    columns = tuple(Column(name, title) for name, title in heads)
    return Table("edits", view.say("修改", "Edits"), columns, tuple(rows))


def edit_said(view: View, edit: Mapping[str, Any]) -> str:
    """An edit of the manifest in words, without its reason."""
    where = _where(view, edit)
    scope = view.say("（{where}）", " ({where})", where=where) if where else ""
    return f"{_target(view, edit)}{scope}{view.say('', ' ')}{_change(view, edit)}"


def _why(view: View, edit: Mapping[str, Any]) -> str:
    """Its reason in the reader's language, where it has one there."""
    return str((edit.get("why_zh") if view.zh else "") or edit.get("why") or "")


def _edits(view: View) -> list[Mapping[str, Any]]:
    """The edits, but for those that give an amount which stands in one of the tables of amounts."""
    return [
        each
        for each in view.result.manifest.get("edits") or ()
        if str(each["target"]).partition(".")[0] not in BY_HAND or each["verb"] == "drop"
    ]


def _sentence(view: View, said: str, why: str, approved: str = "") -> str:
    behind = [view.say("理由：{why}", "reason: {why}", why=why) if why else view.say("未写明理由", "no reason given")]
    behind += [view.say("批准：{by}", "approved by {by}", by=approved)] if approved else []
    return view.say("{said}（{behind}）。", "{said} ({behind}).", said=said, behind=view.say("；", "; ").join(behind))


def _amounts(view: View) -> list[dict[str, Any]]:
    """Overrides and earmarks, with names."""
    names = dict(zip(view.codes, view.names, strict=True))
    found = []
    for table in BY_HAND:
        frame = view.instance.tables.get(table)
        for row in [] if frame is None else frame.to_dict("records"):
            texts = {name: _text(row.get(name)) for name in ("reason", "approved_by")}
            found.append({
                "place": str(row["city"]), "table": table, "title": TABLES[table].title.said(view.language),
                "city": names.get(str(row["city"]), str(row["city"])), "code": str(row["pool"]),
                "pool": view.pool_title(str(row["pool"])), "amount": float(row["amount"]), **texts,
            })  # fmt: skip
    return found


def _amount(view: View, row: Mapping[str, Any]) -> tuple[Amount, str]:
    value = float(row["amount"])
    return Amount(value, exact_decimals([value], 4)), view.pool_unit(row["code"])


def _amount_said(view: View, row: Mapping[str, Any]) -> str:
    amount, unit = _amount(view, row)
    text = SET_BY_HAND if row["table"] == "overrides" else PROMISED
    slots = {"city": row["city"], "pool": row["pool"], "amount": amount_text(amount), "unit": behind_number(unit)}
    told = text.said(view.language, **slots)
    return _sentence(view, told, row["reason"], row["approved_by"])


def _change(view: View, edit: Mapping[str, Any]) -> str:
    cells, verb = edit.get("cells") or [], str(edit["verb"])
    if isinstance(edit["value"], Mapping):
        row = _row(view, str(edit["target"]).partition(".")[0], edit["value"])
        return NEW_ROW.said(view.language, row=row)
    if verb == "merge":
        return VERBS[verb].said(view.language, value=_named(view, str(edit["value"])))
    *_, last = str(edit["target"]).split(".")
    said = VERBS[verb].said(view.language, value=_shown(view, edit["value"], last))
    own = [cell for cell in cells if str(cell["column"]).rpartition(".")[2] == last]
    cells = own or cells  # a new row has those of its key and its reason besides
    if len(cells) == 1 and verb not in ("drop",) and cells[0]["old"] is not None:
        old, new = (_shown(view, cells[0][side], last) for side in ("old", "new"))
        if verb == "set":
            return said + view.say("（原为 {old}）", " (from {old})", old=old)
        return said + view.say("（原为 {old}，现为 {new}）", " (from {old} to {new})", old=old, new=new)
    if len(cells) > 1:
        return said + view.say("（{count} 处）", " ({count} places)", count=len(cells))
    return said


def _target(view: View, edit: Mapping[str, Any]) -> str:
    """What an edit is about, by title: a column of a row, of a table, or a setting."""
    if edit["verb"] == "merge":
        return _gone(view, edit)
    table, *rest = str(edit["target"]).split(".")
    if table not in TABLES:
        return column_title("settings", str(edit["target"]), view.language)
    title = TABLES[table].title.said(view.language)
    known = {*TABLES[table].by_name, *view.instance.tables.get(table, ())}  # and columns of the planner's own
    column = column_title(table, rest[-1], view.language) if rest and rest[-1] in known else ""
    keys = rest[:-1] if column else rest
    named = "".join(_named(view, key) if view.zh else f" {_named(view, key)}" for key in keys).strip()
    if not column:
        return view.say("{table}{named}", "{table} {named}", table=title, named=named).strip()
    if named:
        return view.say("{named}的{column}", "{column} of {named}", named=named, column=column)
    return view.say("“{table}”的{column}", "{column} in the table “{table}”", table=title, column=column)


def _row(view: View, table: str, row: Mapping[str, Any]) -> str:
    """What a row that is new is called; where it has no title, what is given of it."""
    title = row.get(f"title_{view.language}") or row.get("title_zh") or row.get("title_en")
    if title:
        return str(title)
    given = ((name, _named(view, value) if isinstance(value, str) else value) for name, value in row.items())
    return view.listed(
        [f"{column_title(table, name, view.language)} {_shown(view, value, name)}" for name, value in given]
    )


def _gone(view: View, edit: Mapping[str, Any]) -> str:
    """The names of cities that are merged into another, which the instance does not have any more."""
    names = {
        (cell["key"][0], cell["column"]): str(cell["old"])
        for cell in edit.get("cells") or []
        if cell["table"] == CITIES.name and cell["old"] and cell["new"] is None
    }
    wanted = ("name_en", "name") if view.language == "en" else ("name",)
    codes = [code.strip() for code in str(edit["target"]).split(",")]
    return view.listed([next((names[code, each] for each in wanted if (code, each) in names), code) for code in codes])


def _named(view: View, code: str) -> str:
    """A city, pool, service or limit by name; a code that is none of them as it is."""
    if code in view.codes:
        return view.names[view.place(code)]
    if code in view.pools.index:
        return view.pool_title(code)
    if code in view.services.index:
        return view.service_title(code)
    limits = view.instance.tables.get("limits")
    if limits is not None and (at := limits["limit"] == code).any():
        return str(limits.loc[at, f"title_{view.language}"].iloc[0] or code)
    return code


def _shown(view: View, value: Any, name: str) -> str:
    """A value of the column or the setting with a name."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return view.say("是", "yes") if value else view.say("否", "no")
    if isinstance(value, int | float):
        return amount_text(Amount(float(value), exact_decimals([float(value)], 6)))
    if isinstance(value, list | tuple):
        return view.listed([_shown(view, each, name) for each in value]) if value else "—"
    if isinstance(value, Mapping):
        return view.listed([_shown(view, each, key) for key, each in value.items()])
    tiers = view.catalogue.tiers
    if name in ("objective", "tier") and value in tiers:
        return tiers[str(value)].title.said(view.language)
    if value in CLASS_TITLES:
        return CLASS_TITLES[str(value)].said(view.language)
    return value_title(name, str(value), view.language)


def _where(view: View, edit: Mapping[str, Any]) -> str:
    where = str(edit.get("where") or "")
    table = str(edit["target"]).partition(".")[0]
    return condition_said(view.instance.tables, view.language, where, table) if where else ""


def _text(value: Any) -> str:
    return "" if value is None or value != value else str(value)
