"""What came back: the signs by which shops write returns, refunds and cancellations."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from huitou.ground.words import said
from huitou.sources.faults import Fault, fault, mask
from huitou.sources.texts import by_unique, cleaned

YES = ("true", "t", "yes", "y", "1", "是", "有", "对", "對", "√")
NO = ("false", "f", "no", "n", "0", "否", "无", "無", "×")

_REFUNDED = (
    r"(?i)退款成功|退货成功|已退|已全额退款|全额退款|^退款$|^退货$|^退貨$|refunded|returned|"
    r"退款完成|退貨完成|^refund$|^return$"
)
_CANCELLED = (
    r"(?i)取消|作废|作廢|关闭|關閉|未付款|待付款|未支付|待支付|等待买家付款|等待買家付款|等待付款|"
    r"[(（]删除[)）]|cancel|void|unpaid|pending.?payment|^pending$|^on.?hold$|^(?:checkout-)?draft$|"
    r"failed|expired|失败|失敗"
)
_PARTLY = r"(?i)部分|partial|拒绝|拒絕|reject|关闭退款|退款关闭|申请中|处理中|處理中"
_CREDIT_NOTE = r"^[Cc][0-9]{3,}$"
_PLAIN_NUMBER = r"^[0-9]{3,}$"


def booleans(
    column: pa.Array, name: str
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], tuple[Fault, ...]]:
    """A yes/no column as (value, known, faults)."""
    if not pa.types.is_boolean(column.type):
        text = pc.utf8_lower(cleaned(column))
        yes, no = (pc.is_in(text, value_set=pa.array(words)) for words in (YES, NO))
        neither = pc.and_(text.is_valid(), pc.invert(pc.or_(yes, no)))
        column = pc.if_else(pc.or_(yes, no), yes, pa.scalar(None, pa.bool_()))
        wrong = mask(neither)
    else:
        wrong = np.zeros(len(column), dtype=bool)
    known, value = mask(column.is_valid()), mask(column)
    faults = fault(wrong, name, said("this is neither yes nor no"), said("write yes or no"))
    return value, known, tuple(faults)


def refunded(status: pa.Array) -> NDArray[np.bool_]:
    """Where the status says that the whole order was paid back after it was bought."""
    return _told(status, _REFUNDED) & ~_told(status, _PARTLY)


def cancelled(status: pa.Array) -> NDArray[np.bool_]:
    """Where the status says that nothing was ever paid or that the order was called off."""
    return _told(status, _CANCELLED) & ~_told(status, _REFUNDED) & ~_told(status, _PARTLY)


def credit_notes(order_id: pa.Array) -> NDArray[np.bool_]:
    """Orders named C536379 among orders named 536365: the invoices of returns.

    Where most names start with C, the letter says nothing, and none is a return.
    """
    marked = _matches(order_id, _CREDIT_NOTE)
    plain = _matches(order_id, _PLAIN_NUMBER)
    return marked if marked.sum() < plain.sum() else np.zeros(len(order_id), dtype=bool)


def _told(status: pa.Array, pattern: str) -> NDArray[np.bool_]:
    return _matches(cleaned(status), pattern)


def _matches(column: pa.Array, pattern: str) -> NDArray[np.bool_]:
    told = by_unique(column, lambda unique: pc.match_substring_regex(unique, pattern))
    return mask(told)
