"""What a column means: by its name in English, Simplified or Traditional Chinese, or by content.

A name is compared without case, blanks, punctuation and units in brackets; a whole name counts
before a part of one. Content decides only where names do not: a column of dates is a date.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from huitou.ground.words import Sentence, said
from huitou.sources import clocks, dates
from huitou.sources.contract import Recognised
from huitou.sources.exports import Export
from huitou.sources.sheet import Sheet
from huitou.sources.texts import cleaned, written

NAMES: Mapping[str, str] = {
    "order_id": """order id, order no, order number, order, invoice, invoice no, invoice number,
        invoice id, transaction id, transaction no, receipt no, receipt number, basket id, bill no,
        ticket no, sales order, order sn, 订单号, 订单编号, 订单id, 订单序号, 订单, 单号, 单据号,
        单据编号, 交易号, 交易编号, 交易单号, 小票号, 流水号, 销售单号, 主订单编号, 主订单号,
        訂單號, 訂單編號, 訂單號碼, 訂單, 單號, 單據號碼, 交易編號, 交易序號, 發票號碼, 銷售單號""",
    "line_id": """line id, line no, line number, order line id, order item id, item id, lineitem id,
        detail id, sub order id, 明细号, 行号, 明细id, 子订单号, 子订单编号, 子单号, 項次, 明細編號,
        子訂單編號, 行號""",
    "member_no": """customer id, customer no, customer number, customer, customer code, client id,
        member id, member no, member number, member, membership no, membership number, loyalty id,
        card no, card number, user id, buyer id, household id, account id, account no, cust id,
        会员号, 会员编号, 会员id, 会员卡号, 会员, 客户编号, 客户号, 客户id, 顾客编号, 用户id,
        用户编号, 顾客号, 顾客id, 买家id, 买家会员名, 卡号, 會員號, 會員編號, 會員id, 會員卡號,
        會員代號, 會員, 客戶編號, 客戶代號, 顧客編號, 用戶id, 買家帳號, 卡號""",
    "phone": """phone, phone number, mobile, mobile phone, mobile number, telephone, tel, cell,
        cellphone, contact number, billing phone, shipping phone, customer phone, 手机号, 手机号码,
        手机, 联系电话, 联系手机, 电话, 电话号码, 会员手机, 会员手机号, 收货人手机, 收货手机号,
        客户手机, 客户手机号, 客户电话, 顾客手机, 顾客手机号, 顾客电话, 会员电话, 收货人电话,
        收货电话, 买家手机, 买家手机号, 买家电话, 移动电话, 手機號碼, 手機, 手機號, 行動電話,
        聯絡電話, 聯絡手機, 電話, 電話號碼, 收件人電話, 收件人手機, 會員電話, 會員手機, 顧客電話,
        顧客手機, 客戶電話, 客戶手機, 買家電話, 買家手機""",
    "email": """email, e mail, email address, mail, customer email, contact email, billing email,
        邮箱, 电子邮箱, 邮件, 电子邮件, 信箱, 電子郵件, 電子信箱, 電郵, 郵箱, 邮箱地址, 会员邮箱,
        客户邮箱, 顾客邮箱, 買家信箱, 會員信箱, 顧客信箱, 顧客電子郵件""",
    "name": """name, customer name, full name, client name, member name, buyer name, recipient,
        billing name, shipping name, 姓名, 客户姓名, 会员姓名, 客户名称, 收货人, 收货人姓名,
        顾客姓名, 昵称, 会员名, 买家姓名, 會員姓名, 客戶姓名, 客戶名稱, 收件人, 收件人姓名,
        顧客姓名, 買家姓名, 購買人""",
    "birthday": """birthday, birth date, birthdate, date of birth, dob, day of birth, born, 生日,
        出生日期, 会员生日, 客户生日, 出生年月日, 會員生日, 客戶生日, 顧客生日""",
    "address": """address, customer address, shipping address, shipping address1, delivery address,
        billing address, billing address1, billing street, shipping street, street, street address,
        postal address, mailing address, 地址, 收货地址, 详细地址, 收件地址, 客户地址, 会员地址,
        联系地址, 配送地址, 收貨地址, 送貨地址, 收件地址, 收件人地址, 配送地址, 聯絡地址, 通訊地址,
        會員地址, 客戶地址""",
    "ordered_at": """ordered at, order date, order time, order datetime, date, datetime, time,
        timestamp, created at, created, purchase date, purchased at, purchase time, invoice date,
        transaction date, transaction timestamp, transaction time, sale date, sales date, paid at,
        payment date, payment time, processed at, day, 下单时间, 下单日期, 订单时间, 订单日期,
        订单创建时间, 成交时间, 交易时间, 交易日期, 付款时间, 支付时间, 订单付款时间, 购买时间,
        购买日期, 消费时间, 消费日期, 销售日期, 销售时间, 创建时间, 日期, 时间, 下單時間, 下單日期,
        訂單時間, 訂單日期, 訂單成立時間, 訂單成立日期, 交易時間, 付款時間, 購買日期, 購買時間,
        消費日期, 消費時間, 銷售日期, 建立時間, 成立時間, 時間""",
    "time": "time of day, order hour, 时刻, 交易时刻, 時刻, 交易時刻",
    "sku": """sku, stock code, stockcode, product id, product code, product number, item code,
        item no, item number, item sku, lineitem sku, barcode, ean, upc, article number, article,
        goods id, 商品编码, 商品编号, 商品id, 商品条码, 商家编码, 货号, 条码, 款号, 物料编码,
        产品编号, 规格编码, 商品編號, 商品編碼, 商品代碼, 貨號, 條碼, 料號, 產品編號, 品號""",
    "product": """product, product name, item, item name, description, product title, title, goods,
        goods name, lineitem name, product description, 商品名称, 商品, 商品标题, 品名, 产品名称,
        产品, 宝贝标题, 货品名称, 商品名稱, 商品標題, 產品名稱, 產品""",
    "category": """category, product category, product type, department, group, class, 类目, 分类,
        品类, 商品分类, 商品类目, 类别, 分類, 類別, 品類, 商品分類, 商品類別""",
    "quantity": """quantity, qty, units, pieces, count, item count, lineitem quantity, no of items,
        数量, 商品数量, 件数, 购买数量, 销售数量, 销量, 宝贝数量, 數量, 商品數量, 件數, 購買數量,
        銷售數量""",
    "amount": """amount, total, line total, order total, total amount, total price, amount paid,
        paid, paid amount, payment, payment amount, net amount, net sales, sales, sales value,
        sales amount, revenue, turnover, value, order value, order amount, net total, grand total,
        subtotal, monetary, spend, actual payment, line amount, extended price, 实付金额, 实付款,
        实付, 实收金额, 实收, 实际支付金额, 买家实付金额, 买家实际支付金额, 支付金额, 付款金额,
        订单金额, 成交金额, 消费金额, 销售金额, 销售额, 交易金额, 应付金额, 总金额, 金额, 总价,
        总额, 小计, 合计, 實付金額, 實付, 實收金額, 實收, 實際支付金額, 支付金額, 付款金額,
        訂單金額, 成交金額, 消費金額, 銷售金額, 銷售額, 交易金額, 應付金額, 訂單總額, 總金額,
        金額, 總價, 總額, 小計, 合計""",
    "unit_price": """unit price, price, price each, item price, price per unit, lineitem price,
        selling price, 单价, 售价, 商品单价, 成交单价, 价格, 商品价格, 單價, 售價, 商品單價,
        成交單價, 價格""",
    "cost": """cost, total cost, cogs, cost amount, line cost, cost of goods, 成本, 成本金额,
        总成本, 商品成本, 成本额, 成本金額, 總成本""",
    "unit_cost": """unit cost, cost price, cost per item, purchase price, 成本价, 进价, 进货价,
        单位成本, 单件成本, 成本價, 進價, 進貨價, 單位成本""",
    "store": """store, store id, store name, shop, shop name, branch, outlet, location, store code,
        门店, 门店名称, 门店编号, 店铺, 店铺名称, 店名, 分店, 網點, 门店编码, 門市, 門店, 店鋪,
        店鋪名稱, 門市名稱, 門店名稱, 店舖""",
    "channel": """channel, sales channel, order source, source name, source, platform,
        order channel, 渠道, 销售渠道, 订单来源, 来源, 平台, 订单渠道, 通路, 銷售通路, 銷售渠道,
        訂單來源, 來源""",
    "region": """region, country, city, state, province, area, shipping country, shipping city,
        地区, 区域, 城市, 省份, 省, 国家, 大区, 地區, 區域, 縣市, 國家, 收貨城市, 收货城市""",
    "campaign": """campaign, campaign id, campaign name, utm campaign, promotion, promotion name,
        活动, 营销活动, 活动名称, 促销活动, 活動, 行銷活動, 活動名稱, 促銷活動""",
    "discount": """discount, discount amount, line discount, total discount, lineitem discount,
        markdown, 优惠金额, 折扣金额, 折扣, 优惠, 立减金额, 让利金额, 優惠金額, 折扣金額, 折讓,
        折讓金額""",
    "return_reason": """return reason, reason for return, refund reason, reason of return,
        退货原因, 退款原因, 退货理由, 售后原因, 退貨原因, 退款原因, 退貨理由""",
    "is_return": """is return, return, returned, is returned, return flag, is refund, 是否退货,
        退货, 退货标记, 是否退款, 是否退貨, 退貨, 退貨標記""",
    "is_product": "is product, product line",
    "status": """status, order status, order state, state of order, financial status,
        payment status, 订单状态, 状态, 交易状态, 支付状态, 退款状态, 訂單狀態, 狀態, 交易狀態,
        付款狀態, 退款狀態""",
    "refund": """refund, refund amount, refunded amount, amount refunded, refunded, refund total,
        退款金额, 退款, 退货金额, 退款额, 退款总额, 退款金額, 退貨金額, 退款總額""",
    "refunded_at": """refunded at, refund date, refund time, returned at, return date, 退款时间,
        退款日期, 退货时间, 退货日期, 退款時間, 退貨時間, 退貨日期""",
    "currency": "currency, currency code, ccy, 币种, 货币, 幣別, 幣種, 貨幣",
}  # fmt: skip
"""Field -> the names that shops give it, the usual first."""

_UNITS = re.compile(r"[(\[{【].*?[)\]}】]|[_\-\s.:/#*|'\"`,;!?、。·]+")
_CURRENCY_AFTER = re.compile(r"(元|rmb|cny|twd|ntd|usd|eur|gbp)$")


def folded(name: str) -> str:
    """A column's name as it is compared: `Order_ID `, `order id` and `ＯＲＤＥＲＩＤ` are one."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return _UNITS.sub("", plain) or plain


_FIELD_OF = {
    folded(name): (field, rank)
    for field, names in reversed(list(NAMES.items()))
    for rank, name in enumerate(part.strip() for part in names.split(","))
}


def field_of(name: str) -> tuple[str, int] | None:
    """The field a column's name stands for, and how usual the name is (0: most)."""
    plain = folded(name)
    return _FIELD_OF.get(plain) or _FIELD_OF.get(_CURRENCY_AFTER.sub("", plain))


def recognised_names(names: Sequence[str]) -> int:
    """How many of the names stand for different fields."""
    return len({found[0] for name in names if (found := field_of(name))})


def columns(sheet: Sheet, declared: Mapping[str, str]) -> dict[str, str]:
    """Field -> column: what was declared, then names (the most usual wins), then content."""
    taken = {field: column for field, column in declared.items() if column}
    left = [name for name in sheet.table.column_names if name not in taken.values()]
    ranked = sorted(
        (found[1], position, found[0], name)
        for position, name in enumerate(left)
        if not _empty(sheet, name) and (found := _meant(sheet, name))
    )
    for _, _, field, name in ranked:
        if field not in taken and field not in declared:
            taken[field] = name
    if "ordered_at" not in taken:
        _by_content(sheet, taken)
    if "order_id" not in taken and "order_id" not in declared:
        _by_neighbours(sheet, taken)
    _without_second_clock(sheet, taken, declared)
    return taken


def described(
    sheet: Sheet,
    taken: Mapping[str, str],
    declared: Mapping[str, str],
    export: Export | None = None,
) -> tuple[Recognised, ...]:
    """Every column of the file: what it was taken for, why, and three of its values."""
    field_by_column = {column: field for field, column in taken.items()}
    return tuple(
        Recognised(
            name,
            field_by_column.get(name),
            _why(name, field_by_column.get(name), declared, export),
            _samples(sheet, name),
        )
        for name in sheet.table.column_names
    )


def _why(
    name: str, field: str | None, declared: Mapping[str, str], export: Export | None
) -> Sentence:
    if field is None:
        return said("Not used")
    if export is not None and name in export.columns.get(field, ()):
        return said("So it is exported by {shop}", shop=export.title)
    if export is not None:
        return said("You said so")
    if declared.get(field) == name:
        return said("You said so")
    found = field_of(name)
    return said("By its name") if found and found[0] == field else _BY_CONTENT[field]


_BY_CONTENT = {
    "ordered_at": said("Its values are dates"),
    "time": said("Its values are times of day"),
    "order_id": said("Its values number orders"),
}


def _meant(sheet: Sheet, name: str) -> tuple[str, int] | None:
    """The field a name stands for, where the values do not say otherwise."""
    found = field_of(name)
    if found is None:
        return None
    field, rank = found
    if field == "name" and numbers_orders(sheet.head(_SOME).column(name)):
        return ("order_id", _LAST)
    if field in ("ordered_at", "time"):
        timed = clocks.are_clocks(sheet.head(_SOME).column(name))
        return ("time", rank) if timed else (field, rank) if field == "ordered_at" else None
    return found


def numbers_orders(column: pa.Array) -> bool:
    """Whether every value is like #1241 or #EU-1241: nobody is called that."""
    if not pa.types.is_string(column.type):
        return False
    unique = pc.unique(cleaned(column)).drop_null()
    return bool(len(unique)) and bool(pc.all(pc.match_substring_regex(unique, _NUMBERED)).as_py())


def _by_neighbours(sheet: Sheet, taken: dict[str, str]) -> None:
    """A column that is only called "id" numbers orders where a row is an order, or names one."""
    name = next((n for n in sheet.table.column_names if folded(n) == "id"), None)
    if name is None or name in taken.values() or not {"ordered_at", "amount"} <= set(taken):
        return
    of_a_line = {"sku", "product", "line_id", "unit_price"} & set(taken)
    ids = cleaned(sheet.column(name)).drop_null()
    if not of_a_line or len(pc.unique(ids)) < len(ids) or numbers_orders(ids):
        taken["order_id"] = name


def _without_second_clock(sheet: Sheet, taken: dict[str, str], declared: Mapping[str, str]) -> None:
    """A time of day is joined to dates that have none; beside moments it says nothing new."""
    if "time" not in taken or "time" in declared:
        return
    if "ordered_at" not in taken or not dates.name_no_time(sheet.column(taken["ordered_at"])):
        del taken["time"]


_SOME = 1_000
"""Rows that tell what a column holds."""
_LAST = 1_000
"""The rank of a name that means something only by its values."""
_NUMBERED = r"^#\s?[0-9A-Za-z][0-9A-Za-z_-]*$"


def _samples(sheet: Sheet, name: str) -> tuple[str, ...]:
    head = written(sheet.head(200).column(name))
    return tuple(pc.unique(head.drop_null()).to_pylist()[:3])


def _empty(sheet: Sheet, name: str) -> bool:
    column = sheet.column(name)
    if column.null_count == len(column) and len(column):
        return True
    if not pa.types.is_string(column.type):
        return False
    return bool(len(column)) and cleaned(column).null_count == len(column)


def _by_content(sheet: Sheet, taken: dict[str, str]) -> None:
    for name in sheet.table.column_names:
        if name in taken.values():
            continue
        kind = sheet.table.schema.field(name).type
        if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
            taken["ordered_at"] = name
            return
        if pa.types.is_string(kind):
            some = pc.unique(cleaned(sheet.head(1_000).column(name)).drop_null())
            if dates.look_like_dates(some) >= _MOSTLY:
                taken["ordered_at"] = name
                return


_MOSTLY = 0.9
"""Share of a column's values that must be dates before it is taken for one unasked."""
