"""The records as types of msgspec, made at import from the shapes that ``clusop.analysis.records`` declares.

``msgspec`` decodes and checks a signal several times as fast as the shapes themselves do. What it takes, a shape takes too: the
types know no field beyond the declared ones, so that no byte of a line goes unchecked. What they refuse is for ``read_record``
to judge.
"""

from __future__ import annotations

from inspect import signature
from operator import attrgetter
from types import GenericAlias
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from clusop.analysis.records.money import FigureShape
from clusop.analysis.records.read import RECORDS
from clusop.analysis.records.shape import Choice, Flag, Listing, Members, Nullable, Number, Pair, Record, Text, Whole
from clusop.analysis.records.signal import EntryShape
from clusop.service.ingest.joined_texts import is_one_line, joined, repeated
from clusop.service.ingest.known_parts import KnownParts

if TYPE_CHECKING:
    from collections.abc import Callable

    from clusop.analysis.records.shape import Shape

__all__ = ["wire_decoder"]

_TAG = "record"
# Parts of a signal that the next one of the same problem repeats to the byte, and that are most of it.
_REPEATED = ("findings", "digest", "shape", "confidence")


def wire_decoder() -> msgspec.json.Decoder[Any]:  # Any: types that exist only at run time
    """A decoder of one line. Its values have the fields of the records' dataclasses; a figure has ``unpriced`` as well."""
    made = _Types()
    # Any: a union put together at run time
    union: Any = made.record(RECORDS["signal"], "signal")
    for kind in ("usage-hour", "agent-state"):
        union = union | made.record(RECORDS[kind], kind)
    return msgspec.json.Decoder(union)


class _Types:
    """From shapes to types. The same shape is the same type."""

    def __init__(self) -> None:
        self._made: dict[int, Any] = {}

    def record(self, shape: Record[Any], tag: str = "") -> Any:  # Any: a type made here
        fields: list[Any] = []
        texts = _Texts(self)
        parameters = signature(shape.make).parameters if shape.optional else {}
        known: dict[str, KnownParts] = {}
        for name, of in shape.fields.items():
            if tag and name == _TAG:
                continue
            if tag and name in _REPEATED and name not in shape.optional and not isinstance(of, Nullable):
                known[name] = KnownParts(self.of(of))
                fields.append((name, msgspec.Raw))
                continue
            field = (name, self.of(of) if name in shape.optional else texts.of(name, of))
            fields.append((*field, parameters[name].default) if name in shape.optional else field)
        # Fields with a default stand last, whatever the order of the declaration.
        fields.sort(key=len)
        return _struct(shape.make.__name__, fields, _with_parts(known, texts.before(_ruled(shape.rule))), tag)

    def of(self, shape: Shape[Any]) -> Any:  # Any: a type made here
        if id(shape) not in self._made:
            self._made[id(shape)] = self._type(shape)
        return self._made[id(shape)]

    def _type(self, shape: Shape[Any]) -> Any:  # Any: a type made here
        match shape:
            case Record():
                return self.record(shape)
            case FigureShape():
                return self._figure(shape)
            case EntryShape():
                names = ("depth", "kind", "name", "arguments")
                parts = [(name, self.of(part)) for name, part in zip(names, shape.parts, strict=True)]
                return _row("DigestEntry", parts, None)
            case Pair():
                return _row("Pair", [("least", self.of(Whole())), ("most", self.of(Whole()))], _in_order)
            case Nullable(of=inner):
                return self.of(inner) | None
            case Listing(of=inner, most=most, least=least):
                return _bounded(GenericAlias(tuple, (self.of(inner), ...)), least, most)
            case Members(name=name, of=inner, most=most):
                return _bounded(GenericAlias(dict, (self.of(Text(name)), self.of(inner))), 0, most)
            case _:
                return _plain(shape)

    def _figure(self, shape: FigureShape) -> Any:  # Any: a type made here
        """One type for both: msgspec tells no two untagged objects apart."""
        reason = _struct("Unpriced", [("reason", self.of(shape.reason))], None)
        texts = _Texts(self)
        fields = [
            (name, texts.of(name, of) | msgspec.UnsetType, msgspec.UNSET) for name, of in shape.priced.fields.items()
        ]
        check_texts = texts.before(None)
        fields.append(("unpriced", reason | msgspec.UnsetType, msgspec.UNSET))
        parts_of = attrgetter(*shape.priced.fields)
        rule = shape.priced.rule

        def check(figure: Any) -> None:  # Any: the type being made
            left_out = parts_of(figure).count(msgspec.UNSET)
            if figure.unpriced is not msgspec.UNSET:
                # Parts of a figure beside a reason are passed over by the shape; rare enough to leave it the judging.
                fault = "" if left_out == len(shape.priced.fields) else "has a reason and a figure"
            elif left_out:
                fault = "leaves something out"
            else:
                if check_texts is not None:
                    check_texts(figure)
                fault = rule(figure) if rule is not None else ""
            if fault:
                raise ValueError(fault)

        return _struct("Figure", fields, check)


class _Texts:
    """The texts among the fields of one struct: of a plain type, and checked together once the struct is made."""

    def __init__(self, types: _Types) -> None:
        self._types = types
        self._single: dict[str, str] = {}
        self._many: list[tuple[str, Callable[[Any], bool]]] = []

    def of(self, name: str, shape: Shape[Any]) -> Any:  # Any: a type made here
        """The type of a field. What is not checked by it is checked by :meth:`before`."""
        match shape:
            case Text(pattern=pattern) if is_one_line(pattern):
                self._single[name] = pattern
                return str
            case Listing(of=Text(pattern=pattern), most=most, least=least) if is_one_line(pattern):
                self._many.append((name, repeated(pattern)))
                return _bounded(GenericAlias(tuple, (str, ...)), least, most)
            case Members(name=key, of=Text(pattern=pattern), most=most) if is_one_line(key) and is_one_line(pattern):
                fit_keys, fit_values = repeated(key), repeated(pattern)
                self._many.append((name, lambda told: fit_keys(told) and fit_values(told.values())))
                return _bounded(GenericAlias(dict, (str, str)), 0, most)
            case _:
                return self._types.of(shape)

    def before(self, rule: Callable[[Any], None] | None) -> Callable[[Any], None] | None:
        """A check of the texts, and then ``rule``."""
        if not self._single and not self._many:
            return rule
        names, many = tuple(self._single), tuple(self._many)
        fit = joined(tuple(self._single.values()))
        parts_of = attrgetter(*names) if len(names) > 1 else lambda made: (getattr(made, names[0]),)

        def check(made: Any) -> None:  # Any: the type being made
            if names and not fit(parts_of(made)):
                raise ValueError("has a text that is not of its form")
            for name, fits in many:
                if not fits(getattr(made, name)):
                    raise ValueError(f"{name} has a text that is not of its form")
            if rule is not None:
                rule(made)

        return check


def _struct(name: str, fields: list[Any], check: Callable[[Any], None] | None, tag: str = "") -> Any:
    return msgspec.defstruct(
        name,
        fields,
        namespace={} if check is None else {"__post_init__": check},
        forbid_unknown_fields=True,
        frozen=True,
        gc=False,
        tag_field=_TAG if tag else None,
        tag=tag or None,
    )


def _row(name: str, fields: list[Any], check: Callable[[Any], None] | None) -> Any:
    namespace = {} if check is None else {"__post_init__": check}
    return msgspec.defstruct(
        name, fields, namespace=namespace, array_like=True, forbid_unknown_fields=True, frozen=True, gc=False
    )


def _bounded(of: GenericAlias, least: int, most: int) -> Any:  # Any: a type made here
    bounded: Any = Annotated[of, msgspec.Meta(min_length=least, max_length=most)]
    return bounded


def _plain(shape: Shape[Any]) -> Any:  # Any: a type made here
    match shape:
        case Text(pattern=pattern):
            return Annotated[str, msgspec.Meta(pattern=rf"(?a)\A(?:{pattern})\Z")]
        case Choice(words=words):
            return Literal[words]
        case Whole(least=least, most=most):
            return Annotated[int, msgspec.Meta(ge=least, le=most)]
        case Number():
            return Annotated[float, msgspec.Meta(ge=0, le=1)]
        case Flag():
            return bool
        case _:
            raise TypeError(f"no type for a shape {type(shape).__name__}")


def _ruled(rule: Callable[[Any], str] | None) -> Callable[[Any], None] | None:
    if rule is None:
        return None

    def check(made: Any) -> None:  # Any: the type being made
        if fault := rule(made):
            raise ValueError(fault)

    return check


def _with_parts(known: dict[str, KnownParts], rule: Callable[[Any], None] | None) -> Callable[[Any], None] | None:
    """The rule, after the parts that came as bytes have been checked."""
    if not known:
        return rule

    def check(made: Any) -> None:  # Any: the type being made
        for name, parts in known.items():
            msgspec.structs.force_setattr(made, name, parts.checked(getattr(made, name)))
        if rule is not None:
            rule(made)

    return check


def _in_order(pair: Any) -> None:  # Any: the type being made
    if pair.least > pair.most:
        raise ValueError("has its ends in the wrong order")
