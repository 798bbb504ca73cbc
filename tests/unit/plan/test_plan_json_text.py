"""JSON of any depth is decoded or refused, never a crash."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusop.plan.json_text import JsonTextError, _Decoder, decode_json

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=25,
)


@given(JSON, st.sampled_from([None, 1]))
def test_the_iterative_decoder_agrees_with_the_standard_one(value: object, indent: int | None) -> None:
    text = json.dumps(value, indent=indent)
    assert _Decoder(text).decode() == json.loads(text)
    assert decode_json(text.encode()) == value


@given(JSON, st.integers(0, 200), st.text(max_size=2))
def test_damaged_text_is_refused_by_both_alike(value: object, at: int, junk: str) -> None:
    text = json.dumps(value)
    text = text[:at] + junk + text[at + 1 :]
    try:
        expected = json.loads(text, strict=False, parse_constant=lambda _: None)
    except ValueError:
        with pytest.raises(JsonTextError):
            _Decoder(text).decode()
        with pytest.raises(JsonTextError):
            decode_json(text)
    else:
        assert _Decoder(text).decode() == expected


@given(st.binary(max_size=200))
def test_any_bytes_give_a_value_or_the_one_error(data: bytes) -> None:
    try:
        value = decode_json(data)
    except JsonTextError as error:
        value = error
    assert not getattr(value, "too_large", False)


def test_twenty_thousand_levels_are_decoded() -> None:
    value = decode_json(b'{"a":[' * 20_000 + b"1" + b"]}" * 20_000)
    depth = 0
    while isinstance(value, dict):
        value = value["a"][0]
        depth += 1
    assert (depth, value) == (20_000, 1)


def test_deep_and_broken_is_refused() -> None:
    with pytest.raises(JsonTextError) as caught:
        decode_json('{"a":[' * 20_000)
    assert not caught.value.too_large


def test_a_number_of_five_thousand_digits_is_no_crash() -> None:
    assert decode_json("[" + "9" * 60 + "]") == [int("9" * 60)]
    assert decode_json("[" + "9" * 300 + "]") == [1e300]
    assert decode_json("[" + "9" * 5_000 + "]") == [float("inf")]


def test_utf16_bom_and_broken_utf8() -> None:
    assert decode_json('\ufeff{"a": 1}') == {"a": 1}
    assert decode_json('{"a": "ü"}'.encode("utf-16")) == {"a": "ü"}
    assert decode_json(b'"\xff"') == "\ufffd"
