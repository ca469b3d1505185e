"""Order exports of shop systems, told by headers that no other file has.

Where one is recognised, its columns mean what the shop system says they mean: nothing is taken by
its name or its content, and a column that is not listed here is not read. What the merchant
declares still goes before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from huitou.ground.registry import Registry
from huitou.sources.contract import FIELDS, Declared


@dataclass(frozen=True)
class Export:
    """What one shop system writes."""

    name: str
    title: str
    told_by: frozenset[str]
    """Headers that must all be there."""
    columns: Mapping[str, Sequence[str]]
    """Field -> headers that hold it; the first that the file has is read."""
    grain: str = "line"
    amount_is: str = "total"
    currency: str | None = None
    """Where it can be no other."""
    timezone: str | None = None

    def fits(self, headers: Sequence[str]) -> bool:
        """Whether a file with these columns is such an export."""
        return self.told_by <= set(headers)

    def found(self, headers: Sequence[str]) -> dict[str, str]:
        """Field -> column of this file; "" for every field that it does not have."""
        there = set(headers)
        read = {
            field: next((name for name in names if name in there), "")
            for field, names in self.columns.items()
        }
        return {**dict.fromkeys(FIELDS, ""), **read}

    def told(self, declared: Declared) -> Declared:
        """What is known of such a file, where nothing else was said."""
        return replace(
            declared,
            # Another currency than the export's own would be another file's.
            currency=self.currency or declared.currency,
            timezone=self.timezone or declared.timezone,
            grain=declared.grain or self.grain,
            amount_is=declared.amount_is or self.amount_is,
        )


EXPORTS: Registry[Export] = Registry("export")
"""The more headers an export is told by, the earlier it is tried."""


def known(headers: Sequence[str]) -> Export | None:
    """The export these columns are of, if it is one we know."""
    fitting = [each for each in EXPORTS.values() if each.fits(headers)]
    return max(fitting, key=lambda each: len(each.told_by), default=None)


def _add(name: str, title: str, told_by: str, columns: Mapping[str, str], **more: str) -> None:
    """Headers are parted by bars: some hold commas."""
    parted = {field: tuple(_parted(names)) for field, names in columns.items()}
    EXPORTS.add(Export(name, title, frozenset(_parted(told_by)), parted, **more))


def _parted(written: str) -> list[str]:
    return [part.strip() for part in written.split("|")]


# The total of an order stands on its first line; a discount and postage are what it says beyond
# the lines. "Paid at" is empty for what was never paid.
_add(
    "shopify",
    "Shopify",
    "Name | Financial Status | Fulfillment Status | Lineitem name | Lineitem price",
    {
        "order_id": "Name", "email": "Email", "phone": "Phone | Billing Phone | Shipping Phone",
        "name": "Billing Name | Shipping Name", "address": "Shipping Address1 | Billing Address1",
        "ordered_at": "Created at", "status": "Financial Status", "currency": "Currency",
        "amount": "Total", "unit_price": "Lineitem price", "quantity": "Lineitem quantity",
        "product": "Lineitem name", "sku": "Lineitem sku", "refund": "Refunded Amount",
        "discount": "Lineitem discount", "store": "Location", "channel": "Source",
        "region": "Shipping Country | Billing Country",
    },
    amount_is="order",
)  # fmt: skip

# "Advanced Order Export For WooCommerce": what is said of an order stands on each of its lines.
_add(
    "woocommerce-advanced",
    "WooCommerce",
    "Order Number | Order Status | Order Date | Order Total Amount | Item Name | Item Cost",
    {
        "order_id": "Order Number", "line_id": "Item #", "status": "Order Status",
        "ordered_at": "Order Date", "email": "Email (Billing)", "phone": "Phone (Billing)",
        "name": "First Name (Billing)", "address": "Address 1&2 (Billing)",
        "region": "Country Code (Billing)", "amount": "Order Total Amount",
        "unit_price": "Item Cost", "quantity": "Quantity (- Refund) | Quantity", "sku": "SKU",
        "product": "Item Name", "refund": "Order Refund Amount", "member_no": "Customer User ID",
    },
    amount_is="order",
)  # fmt: skip

# "Customer/Order/Coupon Export", one row an item.
_add(
    "woocommerce-items",
    "WooCommerce",
    "order_id | order_number | status | order_total | item_name | item_total",
    {
        "order_id": "order_number", "line_id": "item_id", "member_no": "customer_id",
        "status": "status", "ordered_at": "date", "email": "billing_email",
        "phone": "billing_phone", "name": "billing_first_name", "region": "billing_country",
        "address": "billing_address_1", "sku": "item_sku", "product": "item_name",
        "quantity": "item_quantity", "amount": "item_total", "refund": "item_refunded",
        "currency": "order_currency",
    },
)  # fmt: skip

# The report "Orders" of WooCommerce itself: a row is an order.
_add(
    "woocommerce-report",
    "WooCommerce",
    "Date | Order # | Status | Customer | Items sold | Net Sales",
    {
        "order_id": "Order #", "ordered_at": "Date", "status": "Status", "name": "Customer",
        "quantity": "Items sold", "amount": "Net Sales", "channel": "Attribution",
    },
    grain="order",
)  # fmt: skip

_CHINA = {"currency": "CNY", "timezone": "Asia/Shanghai"}

# ExportOrderList: a row is an order. What is due stands beside what was paid; the latter counts.
_add(
    "taobao-orders",
    "淘宝 / 天猫",
    "订单编号 | 买家会员名 | 买家应付货款 | 买家实际支付金额 | 订单状态 | 宝贝总数量",
    {
        "order_id": "订单编号", "member_no": "买家会员名", "name": "收货人姓名",
        "phone": "联系手机 | 联系电话", "address": "收货地址", "ordered_at": "订单创建时间",
        "status": "订单状态", "amount": "买家实际支付金额", "refund": "退款金额",
        "quantity": "宝贝总数量", "store": "店铺名称",
    },
    grain="order", **_CHINA,
)  # fmt: skip

# The same orders line by line.
_add(
    "taobao-items",
    "淘宝 / 天猫",
    "子订单编号 | 主订单编号 | 标题 | 购买数量 | 订单状态 | 买家实际支付金额",
    {
        "order_id": "主订单编号", "line_id": "子订单编号", "product": "标题",
        "sku": "商家编码 | 外部系统编号", "quantity": "购买数量", "status": "订单状态",
        "amount": "买家实际支付金额", "refund": "退款金额", "ordered_at": "订单创建时间",
        "member_no": "买家会员名", "phone": "联系手机", "name": "收货人姓名",
    },
    **_CHINA,
)  # fmt: skip

# What is said of an order stands on each of its lines; what is due is the total of the order.
_add(
    "jd",
    "京东",
    "订单号 | 商品ID | 商品名称 | 订购数量 | 京东价 | 应付金额 | 下单帐号",
    {
        "order_id": "订单号", "sku": "商品ID | 货号", "product": "商品名称", "quantity": "订购数量",
        "unit_price": "京东价", "amount": "应付金额", "member_no": "下单帐号", "name": "客户姓名",
        "address": "客户地址", "phone": "联系电话", "ordered_at": "下单时间", "status": "订单状态",
        "store": "店铺名称", "channel": "订单渠道 | 订单来源",
    },
    amount_is="order", **_CHINA,
)  # fmt: skip

# Orders by goods: lines with what was really paid for each, and what of it was paid back.
_add(
    "youzan",
    "有赞",
    "订单号 | 订单商品状态 | 商品名称 | 商品数量 | 商品实际成交金额",
    {
        "order_id": "订单号", "status": "订单商品状态", "product": "商品名称",
        "sku": "规格编码 | 商品编码", "quantity": "商品数量", "amount": "商品实际成交金额",
        "refund": "商品已退款金额", "phone": "买家手机号 | 收货人手机号/提货人手机号",
        "name": "收货人/提货人", "address": "详细收货地址/提货地址", "region": "收货人省份",
        "discount": "店铺优惠（分摊）",
        "ordered_at": "买家付款时间 | 订单创建时间 | 下单时间 | 交易成功时间",
    },
    **_CHINA,
)  # fmt: skip
