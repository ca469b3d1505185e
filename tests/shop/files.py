"""Foreign and hostile files of orders, each written by a function of its name.

No file here belongs to a real shop. Bytes are given as bytes wherever the bytes are the point.
"""

from __future__ import annotations

import json
import random
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

MAINLAND = """订单号,会员号,手机号,下单时间,商品名称,数量,实付金额,门店,渠道
20240301001,V0001,13800138000,2024年3月1日 10:05,碧螺春,1,"￥1,234.50",静安店,小程序
20240301002,V0002,13900139000,2024年3月2日,铁观音,2,￥88.00,静安店,门店
20240301002,V0002,13900139000,2024年3月2日,茶杯,1,￥12.00,静安店,门店
20240315001,V0001,138 0013 8000,2024年3月15日 下午3:20,龙井,１,￥２００,徐汇店,小程序
"""

TAIWAN = """訂單編號,會員編號,訂單日期,商品名稱,數量,實付金額,門市
A1001,M001,2024/03/01 10:05,高山烏龍,1,"NT$1,200",中山門市
A1002,M002,2024/03/02 11:30,鳳梨酥禮盒,2,NT$880,中山門市
A1003,M001,2024/03/09 18:45,恒粧嫺銹碁裏,1,NT$350,信義門市
"""


def gb18030_export(folder: Path) -> Path:
    """A mainland till: GB18030, 年月日, ￥ with groups, full-width figures."""
    return _bytes(folder / "导出订单.csv", MAINLAND.encode("gb18030"))


def gb18030_english_header(folder: Path) -> Path:
    """Only the values are Chinese: every reading is possible, none proves itself."""
    text = "order_id,customer_id,order_date,product,amount\n1,a,2024-03-01,茶叶,10\n"
    return _bytes(folder / "values.csv", text.encode("gb18030"))


def cp950_export(folder: Path) -> Path:
    """A Taiwanese shop: cp950 with letters that plain Big5 lacks, NT$."""
    return _bytes(folder / "訂單.csv", TAIWAN.encode("cp950"))


def utf16_export(folder: Path) -> Path:
    """What a spreadsheet calls "Unicode text": UTF-16 with a mark, tabs."""
    return _bytes(
        folder / "unicode.txt",
        MAINLAND.replace('"￥1,234.50"', "￥1234.50").replace(",", "\t").encode("utf-16"),
    )


def utf16_without_mark(folder: Path) -> Path:
    """UTF-16 whose mark got lost."""
    return _bytes(folder / "nomark.csv", TAIWAN.encode("utf-16-le"))


def mixed_encodings(folder: Path) -> Path:
    """UTF-8 with one line pasted from a GB18030 file."""
    lines = MAINLAND.splitlines(keepends=True)
    raw = [line.encode("gb18030" if number == 2 else "utf-8") for number, line in enumerate(lines)]
    return _bytes(folder / "mixed.csv", b"".join(raw))


def mixed_in_chinese(folder: Path) -> Path:
    """GB18030 with one line pasted from a UTF-8 file."""
    header, *rows = MAINLAND.splitlines(keepends=True)
    whole = "".join([header, *rows * 6]).encode("gb18030")
    return _bytes(folder / "pasted.csv", whole + rows[0].encode("utf-8"))


def euro_in_ascii(folder: Path) -> Path:
    """The sign of the euro is the one letter beyond ASCII, in the encoding of the West."""
    text = "order;customer;date;amount\n1;a;13.02.2024;12,50 €\n2;b;14.02.2024;9,00 €\n"
    return _bytes(folder / "euro.csv", text.encode("cp1252"))


def german_export(folder: Path) -> Path:
    """Semicolons, 1.234,50 €, day before month, a credit in parentheses, cp1252."""
    text = (
        "Order No;Customer No;Order Date;Product;Quantity;Amount\n"
        "1001;K1;13.02.2024;Käse;1;1.234,50 €\n"
        "1002;K2;01.03.2024;Brötchen;10;12,00 €\n"
        "1003;K1;02.03.2024;Käse;-1;(99,90 €)\n"
    )
    return _bytes(folder / "bestellungen.csv", text.encode("cp1252"))


def title_above_header(folder: Path) -> Path:
    """An ERP export: a title and a blank line above the header, a total below the rows."""
    text = (
        "销售明细表,,,\n,,,\n单号,会员卡号,销售日期,实收金额\n"
        "S001,88001,2024-05-01,25.5\nS002,散客,2024-05-02,30\n合计,,,55.5\n"
    )
    return _bytes(folder / "erp.csv", text.encode("utf-8-sig"))


def refunds_and_states(folder: Path) -> Path:
    """Orders with a state and a refund column."""
    text = (
        "订单编号,买家id,订单状态,付款时间,实付金额,退款金额,退款时间\n"
        "1,a,交易成功,2024-03-01 10:00:00,100.00,,\n"
        "2,a,交易成功,2024-03-05 10:00:00,80.00,30.00,2024-03-09 09:00:00\n"
        "3,b,已取消,2024-03-06 10:00:00,60.00,,\n"
        "4,b,已退款,2024-03-07 10:00:00,50.00,,\n"
    )
    return _bytes(folder / "states.csv", text.encode("utf-8"))


def credit_notes(folder: Path) -> Path:
    """Returns as invoices named C…, amounts signed."""
    text = (
        "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID\n"
        "489434,85048,LIGHTS,12,2009-12-01 07:45,6.95,13085\n"
        "489435,22350,CAT BOWL,12,2009-12-01 07:46,2.55,13085\n"
        "C489449,22087,PAPER,-12,2009-12-01 10:33,2.95,16321\n"
    )
    return _bytes(folder / "invoices.csv", text.encode())


def web_shop(folder: Path) -> Path:
    """A web shop's export: the order's number is its Name, its total and state stand on its first
    line only, and lines have prices."""
    text = (
        "Name,Email,Financial Status,Created at,Currency,Subtotal,Shipping,Total,Discount Amount,"
        "Lineitem quantity,Lineitem name,Lineitem price,Billing Name,Refunded Amount\n"
        "#1001,a@b.de,paid,2024-03-01 16:00:00 +0100,EUR,34.94,4.99,39.93,0,1,Tea,15.81,Ann,0\n"
        "#1001,a@b.de,,2024-03-01 16:00:00 +0100,,,,,,1,Cup,19.13,,\n"
        "#1002,c@d.de,refunded,2024-03-02 16:00:00 +0100,EUR,18,0,18,2,2,Tea,10,Ben,18\n"
        "#1003,c@d.de,voided,2024-03-03 16:00:00 +0100,EUR,30,5,35,0,1,Tea,10,Ben,\n"
        "#1003,c@d.de,,2024-03-03 16:00:00 +0100,,,,,,1,Pot,20,,\n"
        "#1004,a@b.de,refunded,2024-03-04 16:00:00 +0100,EUR,10,0,10,0,1,Tea,4,Ann,\n"
        "#1004,,,2024-03-04 16:00:00 +0100,,,,,,1,Pot,6,,\n"
    )
    return _bytes(folder / "orders_export.csv", text.encode())


def date_and_time(folder: Path) -> Path:
    """A till with the date in one column and the time of day in another."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["单号", "会员号", "日期", "时间", "实收"])
    sheet.append(["1", "a", date(2024, 3, 1), time(18, 5, 9), 5])
    sheet.append(["2", "b", date(2024, 3, 2), "上午9:30", 6])
    sheet.append(["3", "b", date(2024, 3, 3), "傍晚", 6])
    for hour in range(8, 18):
        sheet.append([str(hour), "c", date(2024, 3, 3), time(hour, 0), 7])
    path = folder / "till.xlsx"
    book.save(path)
    return path


def empty(folder: Path) -> Path:
    """Nothing at all."""
    return _bytes(folder / "empty.csv", b"")


def header_only(folder: Path) -> Path:
    """A header and no rows."""
    return _bytes(folder / "header.csv", b"order_id,customer_id,order_date,amount\n")


def binary(folder: Path) -> Path:
    """Bytes that are no text."""
    return _bytes(folder / "orders.csv", bytes(range(256)) * 40)


def truncated_parquet(folder: Path) -> Path:
    """A Parquet file whose end was cut off."""
    whole = folder / "whole.parquet"
    pq.write_table(pa.table({"order_id": list(range(1000))}), whole)
    return _bytes(folder / "cut.parquet", whole.read_bytes()[:-20])


def damaged_parquet(folder: Path) -> Path:
    """A Parquet file with its marks in place and nonsense between them."""
    return _bytes(folder / "damaged.parquet", b"PAR1" + b"\x15\x00" * 400 + b"PAR1")


def corner_bomb(folder: Path) -> Path:
    """A workbook of about a kilobyte with one cell in each far corner."""
    return _workbook(
        folder / "bomb.xlsx",
        '<row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
    )


def unpacking_bomb(folder: Path) -> Path:
    """A workbook whose sheet unpacks to three gigabytes, as its table of contents says."""
    return _workbook(folder / "zeros.xlsx", "", claimed=3 * 2**30)


def web_page(folder: Path) -> Path:
    """An .xls that is a web page, as many tills write it."""
    return _bytes(folder / "report.xls", b"<html><table><tr><td>order</td></tr></table></html>")


def endless_line(folder: Path) -> Path:
    """One line of a gigabyte (a sparse file: it takes no room on the disk)."""
    path = _bytes(folder / "line.csv", b"order_id,order_date,amount\n")
    with path.open("r+b") as file:
        file.seek(0, 2)
        file.write(b"1,2024-01-01," + b"9" * 2**21)
        file.truncate(2**30)
    return path


def unclosed_quote(folder: Path) -> Path:
    """A quote that is opened and never closed."""
    rows = "".join(f"{n},c{n},2024-03-01,5\n" for n in range(200))
    text = f'order_id,customer_id,order_date,amount\n1,"c1,2024-03-01,5\n{rows}'
    return _bytes(folder / "quote.csv", text.encode())


def no_date(folder: Path) -> Path:
    """No column is a date."""
    return _bytes(folder / "nodate.csv", b"order_id,customer_id,amount\n1,a,5\n2,b,6\n")


def two_date_orders(folder: Path) -> Path:
    """03/04/2024: in March or in April? Nothing in the column tells."""
    text = "order_id,customer_id,order_date,amount\n1,a,03/04/2024,5\n2,b,05/06/2024,6\n"
    return _bytes(folder / "dates.csv", text.encode())


def one_telling_date(folder: Path) -> Path:
    """A day above twelve decides for the whole column."""
    text = "order_id,customer_id,order_date,amount\n1,a,03/04/2024,5\n2,b,05/26/2024,6\n"
    return _bytes(folder / "dates_us.csv", text.encode())


def all_zero(folder: Path) -> Path:
    """Every amount is nought."""
    return _bytes(
        folder / "zero.csv",
        b"order_id,customer_id,order_date,amount\n1,a,2024-03-01,0\n2,b,2024-03-02,0.00\n",
    )


def not_finite(folder: Path) -> Path:
    """NaN, inf and 1e999 between honest amounts."""
    rows = [("1", "5"), ("2", "NaN"), ("3", "inf"), ("4", "1e999"), ("5", "９"), ("6", "１２３abc")]
    return _orders(folder / "infinite.csv", [(n, "a", "2024-03-01", value) for n, value in rows])


def strange_days(folder: Path) -> Path:
    """A date in the future, one of 50 years ago, a default one, an impossible one."""
    days = ("2024-03-01", "2091-01-01", "1961-03-01", "1970-01-01", "2024-02-30", "0000-00-00", "")
    return _orders(folder / "days.csv", [(str(n), "a", day, "5") for n, day in enumerate(days)])


def order_told_twice(folder: Path) -> Path:
    """One order number with two contents, and one exact double."""
    rows = [
        ("1", "a", "2024-03-01", "5"),
        ("2", "b", "2024-03-02", "6"),
        ("2", "b", "2024-03-02", "7"),
        ("1", "a", "2024-03-01", "5"),
    ]
    return _orders(folder / "twice.csv", rows)


def two_customers_one_order(folder: Path) -> Path:
    """Lines of one order that name two people."""
    text = (
        "order_id,customer_id,order_date,sku,amount\n"
        "1,a,2024-03-01,x,5\n1,b,2024-03-01,y,6\n2,b,2024-03-02,x,7\n"
    )
    return _bytes(folder / "torn.csv", text.encode())


def one_customer(folder: Path) -> Path:
    """A shop with a single customer, on a single day."""
    return _orders(folder / "one.csv", [("1", "a", "2024-03-01", "5")])


def tireless_customer(folder: Path) -> Path:
    """A customer with 100,000 orders: a till's default number, or a reseller."""
    minutes = [1_700_000_000 + n * 60 for n in range(100_100)]
    table = pa.table(
        {
            "order_id": [str(n) for n in range(100_100)],
            "customer_id": ["till"] * 100_000 + [f"c{n}" for n in range(100)],
            "ordered_at": pa.array(minutes, pa.timestamp("s")),
            "amount": [5.0] * 100_100,
        }
    )
    path = folder / "tireless.parquet"
    pq.write_table(table, path)
    return path


def ragged(folder: Path) -> Path:
    """Rows with too many and too few cells, blank lines, doubled and nameless columns."""
    text = (
        "order_id,customer_id,order_date,amount,amount,\n"
        "1,a,2024-03-01,5,1,\n\n2,b,2024-03-02,6\n3,c,2024-03-03,7,1,,,,\n4,d,2024-03-04,8,1,\n"
    )
    return _bytes(folder / "ragged.csv", text.encode())


def json_lines(folder: Path) -> Path:
    """JSON lines with a nested customer, a broken line, a doubled name and NaN."""
    told = [("a", "2024-03-01T10:00:00Z", 5.5), ("b", "2024-03-02T10:00:00+08:00", 6)]
    told.append(("b", "2024-03-03T10:00:00Z", float("nan")))
    orders = [
        {"order_id": number, "customer": {"id": who}, "created_at": at, "total": total}
        for number, (who, at, total) in enumerate(told, start=1)
    ]
    lines = [json.dumps(order) for order in orders]
    lines += ["{broken", '{"order_id": 4, "order_id": 5, "total": 1}']
    return _bytes(folder / "orders.jsonl", "\n".join(lines).encode())


def spreadsheet(folder: Path) -> Path:
    """A workbook with a title, real dates, day numbers, text amounts, and a sheet of notes."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "订单"
    for row in (
        ["三月订单"], [], ["订单号", "会员号", "下单时间", "实付金额", "成本"],
        [1001, 13085, datetime(2024, 3, 1, 10, 5), 12.5, 8],
        ["1002", "00712", 45354.75, "￥1,234.50", None],
    ):  # fmt: skip
        sheet.append(row)
    book.create_sheet("备注").append(["只是备注"])
    path = folder / "订单.xlsx"
    book.save(path)
    return path


def formulas(folder: Path) -> Path:
    """Cells that a spreadsheet would run, in rows that will be quarantined and exported."""
    rows = [
        ("1", "a", "2024-03-01", "5"),
        ("=cmd|'/c calc'!A1", "@b", "2024-03-32", "-6"),
        ("+3", "-c", "not yet", "7"),
    ]
    return _orders(folder / "formulas.csv", rows)


def scientific_ids(folder: Path) -> Path:
    """Member numbers that a spreadsheet has rounded away."""
    return _orders(
        folder / "rounded.csv",
        [("1", "1.38E+10", "2024-03-01", "5"), ("2", "13900139000", "2024-03-02", "6")],
    )


def mutilated(folder: Path, seed: int) -> Path:
    """One of the files here with a few bytes cut out, doubled, flipped or put in."""
    drawn = random.Random(seed)
    path = drawn.choice(WHOLE)(folder)
    raw = bytearray(path.read_bytes())
    for _ in range(drawn.choice((1, 2, 5))):
        at = drawn.randrange(len(raw))
        some = raw[at : at + drawn.randrange(1, 60)]
        match drawn.randrange(4):
            case 0:
                raw[at] = drawn.randrange(256)
            case 1:
                del raw[at : at + drawn.randrange(1, 12)]
            case 2:
                raw[at:at] = some
            case _:
                raw[at:at] = drawn.choice(
                    (b'"', b",", b"\n", b"\r", b"\0", b"-", b"1e99", b"9" * 30)
                )
    return _bytes(path.with_stem("mutilated"), bytes(raw))


WHOLE = (
    gb18030_export, cp950_export, utf16_export, title_above_header, refunds_and_states,
    credit_notes, strange_days, ragged, json_lines, spreadsheet, formulas, order_told_twice,
)  # fmt: skip
"""Files that `mutilated` starts from."""


def _orders(path: Path, rows: list[tuple[str, str, str, str]]) -> Path:
    lines = ["order_id,customer_id,order_date,amount", *(",".join(row) for row in rows)]
    return _bytes(path, ("\n".join(lines) + "\n").encode())


def _bytes(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _workbook(path: Path, rows: str, *, claimed: int | None = None) -> Path:
    """A workbook by hand: only the parts that a reader needs."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
        sheet = f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
        if claimed is not None:
            archive.infolist()[-1].file_size = claimed  # written when the archive closes
    return path
