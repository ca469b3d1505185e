"""From the cells of a file to order lines: each field by its own rules, each row judged once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from huitou.ground.money import LARGEST, digits
from huitou.ground.words import Sentence, said
from huitou.sources import clocks, contacts, dates, money, returns, totals
from huitou.sources.contract import Mapping
from huitou.sources.faults import Fault, fault, mask
from huitou.sources.sheet import Sheet
from huitou.sources.texts import cleaned, trimmed

_TEXTS = (
    "name", "address", "sku", "product", "category", "store", "channel", "region", "campaign",
    "return_reason",
)  # fmt: skip


@dataclass(frozen=True)
class Shop:
    """What a row is read against."""

    zone: str
    now: datetime
    """Naive UTC; a row dated later cannot have happened."""
    file: str
    """First eight letters of the file's hash: names rows that have no order number."""


@dataclass
class Written:
    """A sheet being read, with what was wrong so far."""

    sheet: Sheet
    mapping: Mapping
    shop: Shop
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Sentence] = field(default_factory=list)

    @property
    def height(self) -> int:
        """Rows to read."""
        return int(self.sheet.table.num_rows)

    def named(self, name: str) -> str | None:
        """The file's column for a field, if it has one."""
        return self.mapping.columns.get(name)

    def cells(self, name: str) -> pa.Array | None:
        """The cells of a field, if the file has it."""
        column = self.named(name)
        if column is None:
            return None
        cells = self.sheet.column(column)
        if self.mapping.amount_is == "order" and name in totals.OF_THE_ORDER:
            return totals.spread(self.orders(), cells)
        return cells

    def orders(self) -> pa.Array:
        """The order of each row, as the file names it."""
        column = self.named("order_id")
        return pa.nulls(self.height, pa.string()) if column is None else contacts.ids(
            self.sheet.column(column)
        )  # fmt: skip

    def money(self, name: str, places: int | None = None) -> money.Figures | None:
        """An amount column in minor units (or with `places` decimals)."""
        cells = self.cells(name)
        if cells is None:
            return None
        read = money.figures(
            cells,
            self.mapping.columns[name],
            places=digits(self.mapping.currency) if places is None else places,
            decimal=self.mapping.decimal,
            currency=self.mapping.currency,
        )
        self.faults.extend(read.faults)
        if self.mapping.amount_is == "order" and name in ("amount", "refund"):
            once = totals.first_told(self.orders(), read.known)
            read = money.Figures(np.where(once, read.values, 0), once, read.faults)
        return read


def assemble(sheet: Sheet, mapping: Mapping, shop: Shop) -> tuple[pa.Table, Written]:
    """One line a row (and one more for a refund), with helper columns for `keys`; and the faults.

    Helper columns: `position` in the sheet, `made` (the order number is our own), `part` ("" or
    "/refund"), `told` (the amount as written, before status and sign rules).
    """
    work = Written(sheet, mapping, shop)
    columns = _identified(work) | _dated(work) | _texts(work) | _birthday(work)
    quantity, told = _quantity(work), _amount(work)
    columns |= {"quantity": quantity, "told": told.array()}
    columns |= _judged(work, columns["order_id"], quantity, told)
    _other_currencies(work)
    table = pa.table(columns)
    if mapping.amount_is == "order":
        whole = work.money("amount")
        assert whole is not None, "a mapping with totals has a column of them"
        return _with_refunds(work, _with_remainders(work, table, whole), whole), work
    return _with_refunds(work, table, None), work


def _identified(work: Written) -> dict[str, pa.Array]:
    rows = pa.array(work.sheet.rows)
    order, made = _order_ids(work, rows)
    country = contacts.region(work.mapping.currency, work.shop.zone)
    return {
        "position": pa.array(np.arange(work.height, dtype=np.int64)),
        "row": rows,
        "order_id": order,
        "made": made,
        "part": _all(work, ""),
        "line_id": _ids(work, "line_id"),
        "member_no": _members(work),
        "phone": _contact(work, "phone", lambda cells: contacts.phones(cells, country)),
        "email": _contact(work, "email", contacts.emails),
    }


def _order_ids(work: Written, rows: pa.Array) -> tuple[pa.Array, pa.Array]:
    given = _ids(work, "order_id")
    made = pc.is_null(given)
    own = pc.binary_join_element_wise(f"row:{work.shop.file}", rows.cast(pa.string()), ":")
    return pc.coalesce(given, own), made


def _ids(work: Written, name: str) -> pa.Array:
    cells = work.cells(name)
    if cells is None:
        return pa.nulls(work.height, pa.string())
    read = contacts.ids(cells)
    _unrounded(work, name, read)
    return read


def _members(work: Written) -> pa.Array:
    cells = work.cells("member_no")
    if cells is None:
        return pa.nulls(work.height, pa.string())
    read = contacts.member_numbers(cells)
    _unrounded(work, "member_no", read)
    return read


def _unrounded(work: Written, name: str, read: pa.Array) -> None:
    rounded = pc.fill_null(contacts.rounded_by_spreadsheet(read), False)
    work.faults.extend(
        fault(
            mask(rounded),
            work.mapping.columns[name],
            said("a spreadsheet has rounded this number and its last digits are lost"),
            said("export again with the column formatted as text"),
        )
    )


def _contact(work: Written, name: str, read: Callable[[pa.Array], pa.Array]) -> pa.Array:
    cells = work.cells(name)
    if cells is None:
        return pa.nulls(work.height, pa.string())
    taken = read(cells)
    lost = len(cells) - pc.sum(pc.or_(taken.is_valid(), pc.is_null(cleaned(cells)))).as_py()
    if lost:
        work.warnings.append(
            said(
                "{count} values in {column} cannot be used to reach or to recognise anyone",
                count=lost,
                column=work.mapping.columns[name],
            )
        )
    return taken


def _dated(work: Written) -> dict[str, pa.Array]:
    clock, time = None, work.cells("time")
    if time is not None:
        clock, faults = clocks.read(time, work.mapping.columns["time"])
        work.faults.extend(faults)
    read = _moments(work, "ordered_at", clock)
    work.faults.extend(read.faults)
    return {"ordered_at": read.utc, "day": read.day}


def _birthday(work: Written) -> dict[str, pa.Array]:
    """Days of birth; what cannot be read is not known, and no reason to keep a sale waiting."""
    if work.cells("birthday") is None:
        return {"birthday": pa.nulls(work.height, pa.date32())}
    return {"birthday": _moments(work, "birthday").day}


def _moments(work: Written, name: str, clock: pa.Array | None = None) -> dates.Moments:
    return dates.moments(
        work.cells(name),
        work.mapping.columns[name],
        order=work.mapping.date_order,
        timezone=work.mapping.timezone,
        shop_zone=work.shop.zone,
        now=work.shop.now,
        clock=clock,
    )


def _texts(work: Written) -> dict[str, pa.Array]:
    read = {}
    for name in _TEXTS:
        cells = work.cells(name)
        missing = cells is None or pa.types.is_null(cells.type)
        read[name] = pa.nulls(work.height, pa.string()) if missing else trimmed(cells)
    return read


def _quantity(work: Written) -> pa.Array:
    cells = work.cells("quantity")
    if cells is None:
        return pa.nulls(work.height, pa.float64())
    read, faults = money.quantities(cells, work.mapping.columns["quantity"], work.mapping.decimal)
    work.faults.extend(faults)
    return read


def _amount(work: Written) -> money.Figures:
    if work.mapping.amount_is == "each":
        one = 10 ** digits(work.mapping.currency)
        return money.Figures(np.full(work.height, one), np.ones(work.height, dtype=bool))
    field = "amount" if work.named("amount") else "unit_price"
    if field == "amount" and work.mapping.amount_is == "total":
        read = work.money(field)
    else:
        field = "unit_price" if work.mapping.amount_is == "order" else field
        read = _multiplied(work, field)
    assert read is not None, "a mapping without amount or price does not get here"
    name = work.mapping.columns[field]
    faulty = np.zeros(work.height, dtype=bool)
    for earlier in read.faults:
        faulty[earlier.rows] = True
    work.faults.extend(
        fault(
            ~read.known & ~faulty,
            name,
            said("the amount is missing"),
            said("fill in what was paid"),
        )
    )
    return read


def _multiplied(work: Written, name: str) -> money.Figures | None:
    """Price of one piece times the quantity, in minor units; no quantity counts as one piece."""
    price = work.money(name, places=money.PRICE_PLACES)
    if price is None:
        return None
    cells = work.cells("quantity")
    pieces = np.ones(work.height)
    if cells is not None:
        read, _ = money.quantities(cells, work.mapping.columns["quantity"], work.mapping.decimal)
        pieces = pc.fill_null(read, 1.0).to_numpy()
    shift = 10.0 ** (money.PRICE_PLACES - digits(work.mapping.currency))
    product = np.rint(price.values * pieces / shift)
    small = np.abs(product) <= LARGEST
    values = np.where(small, product, 0).astype(np.int64)
    over = tuple(
        fault(~small, work.mapping.columns[name],
              said("price times quantity is too large to be an amount"),
              said("mend the price or the quantity"))
    )  # fmt: skip
    work.faults.extend(over)
    return money.Figures(values, price.known & small, (*price.faults, *over))


def _judged(
    work: Written, order_id: pa.Array, quantity: pa.Array, told: money.Figures
) -> dict[str, pa.Array]:
    """Amount, cost and the two marks, after the rules for returns and cancellations."""
    pieces = pc.fill_null(quantity, 0.0).to_numpy()
    back = _returned(work, order_id, pieces, told)
    void = _status(work, returns.cancelled)
    amount = np.where(void, 0, _signed(told.values, back, told.known))
    cost, off = _cost(work), work.money("discount")
    spent = np.where(back, -np.abs(cost.values), cost.values)
    return {
        "amount": pa.array(amount, mask=~told.known),
        "cost": pa.array(np.where(void, 0, spent), mask=~cost.known),
        # Some shops write what was taken off with a sign; goods that came back had none taken off.
        "discount": _unknown(work)
        if off is None
        else pa.array(np.where(void | back, 0, np.abs(off.values)), mask=~off.known),
        "is_return": pa.array(back & ~void),
        "is_product": _is_product(work),
    }


def _returned(
    work: Written, order_id: pa.Array, pieces: NDArray[np.float64], told: money.Figures
) -> NDArray[np.bool_]:
    # Pieces that leave without money are stock written off: nobody brought them back.
    unsigned = (pieces < 0) & (told.values != 0)
    marked = (told.values < 0) | unsigned | returns.credit_notes(order_id)
    cells = work.cells("is_return")
    if cells is None:
        return np.asarray(marked, dtype=np.bool_)
    value, known, faults = returns.booleans(cells, work.mapping.columns["is_return"])
    work.faults.extend(faults)
    return np.asarray(np.where(known, value, marked), dtype=np.bool_)


def _signed(
    values: NDArray[np.int64], back: NDArray[np.bool_], known: NDArray[np.bool_]
) -> NDArray[np.int64]:
    # Some shops mark a return and write its amount without a sign. One signed return shows that
    # this shop does not: then a positive one is a correction, and stays as it is.
    unsigned = not bool((values[back & known] < 0).any())
    return np.where(back & unsigned, -values, values)


def _cost(work: Written) -> money.Figures:
    read = work.money("cost") if work.named("cost") else _multiplied(work, "unit_cost") \
        if work.named("unit_cost") else None  # fmt: skip
    none = np.zeros(work.height, dtype=np.int64)
    return read if read is not None else money.Figures(none, none.astype(bool))


def _unknown(work: Written) -> pa.Array:
    return pa.nulls(work.height, pa.int64())


def _is_product(work: Written) -> pa.Array:
    cells = work.cells("is_product")
    if cells is None:
        return _all(work, True)
    value, known, faults = returns.booleans(cells, work.mapping.columns["is_product"])
    work.faults.extend(faults)
    return pa.array(value | ~known)


def _status(work: Written, says: Callable[[pa.Array], NDArray[np.bool_]]) -> NDArray[np.bool_]:
    cells = work.cells("status")
    if cells is None:
        return np.zeros(work.height, dtype=bool)
    return says(cells)


def _other_currencies(work: Written) -> None:
    cells = work.cells("currency")
    if cells is None:
        return
    code = pc.utf8_upper(cleaned(cells))
    allowed = [work.mapping.currency] + [
        sign.upper()
        for sign, currency in money.CURRENCIES.items()
        if currency == work.mapping.currency
    ]
    other = pc.and_(code.is_valid(), pc.invert(pc.is_in(code, value_set=pa.array(allowed))))
    work.faults.extend(
        fault(
            mask(other),
            work.mapping.columns["currency"],
            said("this row is in another currency than the shop's"),
            said("convert it at the rate of its day and import the row again"),
        )
    )


def _with_remainders(work: Written, table: pa.Table, whole: money.Figures) -> pa.Table:
    """Append what the total of an order says beyond its lines, as a line that is no product."""
    paid = whole.known & ~_status(work, returns.cancelled)
    rest = totals.remainders(work.orders(), table["amount"].combine_chunks(), whole.values, paid)
    rows = np.flatnonzero(rest)
    changes = {
        "part": pa.array(["/rest"] * len(rows)),
        "told": pa.array(rest[rows]),
        "amount": pa.array(rest[rows]),
        "cost": pa.array(np.zeros(len(rows), dtype=np.int64)),
        "is_return": pa.array(np.zeros(len(rows), dtype=bool)),
        "is_product": pa.array(np.zeros(len(rows), dtype=bool)),
    }
    return _appended(
        table, rows, changes, without=("line_id", "quantity", "sku", "product", "category")
    )


def _appended(
    table: pa.Table,
    rows: NDArray[np.int64],
    changes: dict[str, pa.Array],
    *,
    without: Sequence[str],
) -> pa.Table:
    """The table with some of its rows once more, changed, and without some of their cells."""
    if not len(rows):
        return table
    more = table.take(pa.array(rows))
    blank = {name: pa.nulls(len(rows), table.schema.field(name).type) for name in without}
    for name, values in (blank | changes).items():
        more = more.set_column(more.schema.get_field_index(name), name, values)
    return pa.concat_tables([table, more.cast(table.schema)])


def _with_refunds(work: Written, table: pa.Table, whole: money.Figures | None) -> pa.Table:
    """Append a line for what was paid back. Its order number is its own, "…/refund": money that
    came back later must not undo the purchase itself."""
    back, at = _paid_back(work, table, whole)
    rows = np.flatnonzero(back > 0)
    if not len(rows):
        return table
    taken = table.take(pa.array(rows))
    changes = {
        "order_id": pc.binary_join_element_wise(taken["order_id"], "/refund", ""),
        "part": pa.array(["/refund"] * len(rows)),
        "amount": pa.array(-back[rows]),
        "is_return": pa.array(np.ones(len(rows), dtype=bool)),
    }
    if at is not None:
        for name, moments in (("ordered_at", at.utc), ("day", at.day)):
            changes[name] = pc.coalesce(moments.take(pa.array(rows)), taken[name])
    return _appended(table, rows, changes, without=("quantity", "cost"))


def _paid_back(
    work: Written, table: pa.Table, whole: money.Figures | None
) -> tuple[NDArray[np.int64], dates.Moments | None]:
    sold = pc.fill_null(table["amount"].slice(0, work.height), 0).to_numpy()
    if whole is not None:  # an order is paid back whole, on the line that has its total
        sold = whole.values
    fully = _status(work, returns.refunded) & (sold > 0)
    refund = work.money("refund")
    back = np.zeros(work.height, dtype=np.int64) if refund is None else np.abs(refund.values)
    back = np.where(fully & (back == 0), sold, back)
    back = np.where(_status(work, returns.cancelled), 0, back)  # it counts as never paid
    if work.mapping.grain == "order":
        work.faults.extend(_too_much(work, back > np.maximum(sold, 0)))
    return back, _moments(work, "refunded_at") if work.named("refunded_at") else None


def _too_much(work: Written, mask: NDArray[np.bool_]) -> Iterator[Fault]:
    column = work.named("refund") or work.named("status") or ""
    yield from fault(
        mask,
        column,
        said("more was paid back than the order was worth"),
        said("mend one of the two amounts"),
    )


def _all(work: Written, value: object) -> pa.Array:
    return pa.repeat(pa.scalar(value), work.height)
