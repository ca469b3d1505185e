"""Signatures equal to those the vendors have published, and how texts are counted."""

from __future__ import annotations

import pytest

from huitou.channels.sms import aliyun, tencent, twilio
from huitou.channels.sms.segments import is_gsm, segments, signed


def test_tencents_published_example_is_signed_to_the_same_letters() -> None:
    # https://cloud.tencent.com/document/api/213/30654 (Signature v3, DescribeInstances)
    body = (
        rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
    )
    made = tencent.authorization(
        "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
        "cvm", "cvm.tencentcloudapi.com", 1551113065, body,
    )  # fmt: skip
    assert made == (
        "TC3-HMAC-SHA256"
        " Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request,"
        " SignedHeaders=content-type;host,"
        " Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
    )


def test_aliyuns_published_example_is_signed_to_the_same_letters() -> None:
    # https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature
    query = aliyun.canonical_query(
        {
            "RegionId": "cn-shanghai",
            "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
        }
    )
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    assert aliyun.authorization("YourAccessKeyId", "YourAccessKeySecret", query, headers) == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;"
        "x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_twilios_published_example_verifies() -> None:
    # https://www.twilio.com/docs/usage/security and RequestValidatorTest of its libraries
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert twilio.signature("12345", url, form) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_what_is_quoted_in_a_query_is_quoted_as_rfc_3986_says() -> None:
    told = aliyun.canonical_query({"b": "a b*~+/", "a": "小店"})
    assert told == "a=%E5%B0%8F%E5%BA%97&b=a%20b%2A~%2B%2F"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("积" * 70, 1),
        ("积" * 71, 2),
        ("积" * 134, 2),
        ("积" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("a’", 1),
        ("", 1),
    ],
)
def test_segments_are_counted_as_they_are_billed(text: str, count: int) -> None:
    assert segments(text) == count


def test_the_signature_stands_before_the_text_once() -> None:
    assert (
        signed("您好", "小店") == "【小店】您好"
        and signed("【小店】您好", "小店") == "【小店】您好"
    )
    assert signed("Hi", "") == "Hi" and is_gsm("Ç@£\n") and not is_gsm("ç")
