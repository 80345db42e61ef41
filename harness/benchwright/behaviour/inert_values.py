"""What a released suite's pickle may hold, as data: records, names that are never called, arrays read from their bytes."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from math import prod
from typing import Any

_DEEPEST = 40
_MOST_VALUES = 50_000_000
_MOST_IN_ARRAY = 5_000_000

SUITE_CLASSES = frozenset(
    {
        "checklist.test_suite.TestSuite",
        "checklist.test_types.MFT",
        "checklist.test_types.INV",
        "checklist.test_types.DIR",
    }
)
"""Classes whose objects are read as an `Instance`."""

_NUMPY = tuple(f"numpy.{core}.{name}" for core in ("core", "_core") for name in ("multiarray", "_multiarray_umath"))
_RECONSTRUCT = tuple(f"{module}._reconstruct" for module in _NUMPY)
_SCALAR = tuple(f"{module}.scalar" for module in _NUMPY)
_DILL = tuple(
    f"dill._dill.{name}" for name in ("_create_function", "_load_type", "_import_module", "_get_attr", "_create_cell")
)
GLOBALS = frozenset(
    {
        *SUITE_CLASSES,
        *_RECONSTRUCT,
        *_SCALAR,
        *_DILL,
        "checklist.expect.Expect",
        "checklist.expect.iter_with_optional",
        "collections.OrderedDict",
        "collections.defaultdict",
        "munch.Munch",
        "numpy.dtype",
        "numpy.ndarray",
    }
)
"""Every global that the three released suites name; each is read as its name alone."""


class RefusedPickle(Exception):
    """What cannot be read, and what would have been right; ``whole``: it is said of the value, not of a byte."""

    def __init__(self, why: str, *, expected: str = "", whole: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.expected = expected
        self.whole = whole


class Placeholder:
    """A global, type, module, attribute, function, code object or cell: its name, and nothing that could be called."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"<{self.name}>"


class Instance:
    """The fields of an object of one of CheckList's classes."""

    __slots__ = ("fields", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.fields: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"<{self.name}: {', '.join(self.fields)}>"


class Dtype:
    """What stands in an array: a kind of number, text or object, the bytes of one, their order."""

    __slots__ = ("kind", "order", "size")

    def __init__(self, code: Any) -> None:
        if (
            not isinstance(code, str)
            or code[:1] not in "biufUSO"
            or not code[1:].isdigit()
            or len(code) > _LONGEST_CODE
        ):
            raise RefusedPickle(f"an array of {_shown(code)}", expected="numbers, texts or objects in arrays")
        self.kind, self.size, self.order = code[0], int(code[1:]) * (_WIDE if code[0] == "U" else 1), "<"
        if self.kind in "biuf" and self.kind + str(self.size) not in _FORMS:
            raise RefusedPickle(f"an array of {_shown(code)}", expected=f"one of: {', '.join(_FORMS)}")

    def set_state(self, state: Any) -> None:
        """Take the order of bytes, and the size of a text, from the state that NumPy writes."""
        if not isinstance(state, tuple) or len(state) < _SIZE_AT + 1 or state[1] not in ("<", ">", "|", "="):
            raise RefusedPickle("the state of a dtype is not NumPy's")
        self.order = ">" if state[1] == ">" else "<"
        size = state[_SIZE_AT]
        if self.kind in "US" and isinstance(size, int) and size > 0:
            self.size = size

    def read(self, content: Any, count: int) -> list[Any]:
        """The values that the bytes (or, of objects, the list) of an array hold."""
        if self.kind == "O":
            if not isinstance(content, list) or len(content) != count:
                raise RefusedPickle(f"an array of {count:,} objects does not hold as many")
            return content
        if not isinstance(content, bytes) or len(content) != count * self.size:
            raise RefusedPickle(f"an array of {count:,} values does not hold as many")
        if self.kind in "US":
            starts = range(0, len(content), self.size) if self.size else ()
            return [self._text(content[at : at + self.size]) for at in starts]
        form = struct.Struct(self.order + _FORMS[self.kind + str(self.size)])
        return [value for (value,) in form.iter_unpack(content)]

    def _text(self, found: bytes) -> str:
        form = ("utf-32-le" if self.order == "<" else "utf-32-be") if self.kind == "U" else "latin-1"
        try:
            return found.decode(form, "surrogatepass").rstrip("\0")
        except UnicodeDecodeError as error:
            raise RefusedPickle("a text in an array is not Unicode") from error


_LONGEST_CODE = 8
_WIDE = 4  # bytes of a character, which texts are counted in
_SIZE_AT = 5
_FORMS = {
    "b1": "?",
    **{f"i{size}": form for size, form in zip((1, 2, 4, 8), "bhiq", strict=True)},
    **{f"u{size}": form for size, form in zip((1, 2, 4, 8), "BHIQ", strict=True)},
    **{f"f{size}": form for size, form in zip((2, 4, 8), "efd", strict=True)},
}


class Array:
    """An array: its values as lists in lists, once its state was read."""

    __slots__ = ("values",)

    def __init__(self) -> None:
        self.values: list[Any] = []

    def set_state(self, state: Any) -> None:
        """Read (version, shape, dtype, in Fortran's order, content), as NumPy writes it."""
        if not isinstance(state, tuple) or len(state) != _STATE or not isinstance(state[2], Dtype):
            raise RefusedPickle("the state of an array is not NumPy's")
        shape = state[1]
        if not isinstance(shape, tuple) or not all(type(size) is int and size >= 0 for size in shape):
            raise RefusedPickle("the shape of an array is not of whole numbers")
        written = prod(max(size, 1) for size in shape)  # an empty axis does not excuse a long one
        if len(shape) > _MOST_AXES or written > _MOST_IN_ARRAY or (state[3] is True and len(shape) > 1):
            raise RefusedPickle(
                f"an array of the shape {_shown(shape)}", expected="a list or table of predictions or labels"
            )
        values = state[2].read(state[4], prod(shape))
        for size in reversed(shape[1:]):
            values = (
                [values[at : at + size] for at in range(0, len(values), size)]
                if size
                else [[] for _ in range(shape[0])]
            )
        self.values = values


_STATE = 5
_MOST_AXES = 3


def _shown(value: object) -> str:
    return repr(value)[:60] if isinstance(value, str | tuple | int) else f"a {type(value).__name__}"


def _named(prefix: str) -> Callable[[tuple[Any, ...]], Placeholder]:
    def read(given: tuple[Any, ...]) -> Placeholder:
        if len(given) != 1 or not isinstance(given[0], str):
            raise RefusedPickle(f"a {prefix} without its name")
        return Placeholder(f"{prefix} {given[0]}")

    return read


def _attribute(given: tuple[Any, ...]) -> Placeholder:
    if len(given) != _PAIR or not isinstance(given[1], str):
        raise RefusedPickle("an attribute without its name")
    holder = given[0].name.removeprefix("module ") if isinstance(given[0], Placeholder) else given[0]
    if not isinstance(holder, str):
        raise RefusedPickle("an attribute of something that is no module")
    return Placeholder(f"{holder}.{given[1]}")


_PAIR = 2


def _opaque(name: str) -> Callable[[tuple[Any, ...]], Placeholder]:
    found = Placeholder(name)
    return lambda _given: found


def _scalar(given: tuple[Any, ...]) -> Any:
    if len(given) != _PAIR or not isinstance(given[0], Dtype) or given[0].kind == "O":
        raise RefusedPickle("a number of NumPy is not written as NumPy writes it")
    return given[0].read(given[1], 1)[0]


def _dtype(given: tuple[Any, ...]) -> Dtype:
    return Dtype(given[0] if given else None)


_CALLS: dict[str, Callable[[tuple[Any, ...]], Any]] = {
    "collections.OrderedDict": lambda _given: {},
    "collections.defaultdict": lambda _given: {},
    "dill._dill._load_type": _named("type"),
    "dill._dill._import_module": _named("module"),
    "dill._dill._get_attr": _attribute,
    "dill._dill._create_function": _opaque("a function"),
    "dill._dill._create_cell": _opaque("a cell"),
    "type CodeType": _opaque("a code object"),
    "numpy.dtype": _dtype,
    **dict.fromkeys(_RECONSTRUCT, lambda _given: Array()),
    **dict.fromkeys(_SCALAR, _scalar),
}


def stand_for_call(called: Any, given: Any) -> Any:
    """What a call in the pickle stands for here; nothing is called but the readers of this table.

    Raises:
        RefusedPickle: The pickle asks for a call that is not in the table; it is named.
    """
    if not isinstance(called, Placeholder) or not isinstance(given, tuple):
        raise RefusedPickle("something is called that is no function")
    reader = _CALLS.get(called.name)
    if reader is None:
        raise RefusedPickle(f"it asks to call {called.name}", expected="data alone: nothing of a suite is called")
    return reader(given)


def stand_for_object(of_class: Any, given: Any) -> Any:
    """An empty object of a class of the released suites.

    Raises:
        RefusedPickle: It is of another class.
    """
    if not isinstance(of_class, Placeholder) or given != ():
        raise RefusedPickle("an object is made that is none of CheckList's")
    if of_class.name in SUITE_CLASSES:
        return Instance(of_class.name)
    if of_class.name in ("munch.Munch", "collections.OrderedDict"):
        return {}
    raise RefusedPickle(f"it asks for an object of {of_class.name}", expected="CheckList's suite and tests, and Munch")


def take_state(value: Any, state: Any) -> None:
    """Give an object the state that the pickle holds for it: fields of a record or Munch, bytes of an array.

    Raises:
        RefusedPickle: It is not the state of such an object.
    """
    if isinstance(value, Array | Dtype):
        value.set_state(state)
    elif isinstance(value, Placeholder):
        return
    elif isinstance(value, Instance) and isinstance(state, dict) and all(isinstance(key, str) for key in state):
        value.fields.update(state)
    elif isinstance(value, dict) and isinstance(state, dict):
        value.update(state)
    else:
        raise RefusedPickle("the state of an object is not a mapping of fields")


def check_key(key: Any) -> None:
    """Raise where a key could not be hashed, or only by going down an endless nest: keys are texts, numbers, flat tuples."""
    parts = key if isinstance(key, tuple) else (key,)
    if not all(part is None or isinstance(part, str | int | float | bytes) for part in parts):
        raise RefusedPickle("a key of a mapping is neither a text nor a number")


def check_shape(value: Any) -> None:
    """Raise where a value holds itself, is nested too deeply, or is too large once shared parts are written out.

    Raises:
        RefusedPickle: As said.
    """
    sizes: dict[int, tuple[int, int]] = {}
    entered: set[int] = set()
    waiting: list[tuple[Any, bool]] = [(value, False)]
    while waiting:
        one, done = waiting.pop()
        key = id(one)
        if done:
            entered.discard(key)
            sizes[key] = _measured(parts_of(one), sizes)
            continue
        if key in sizes:
            continue
        if key in entered:
            raise RefusedPickle("a value holds itself (recursion)", expected="lists in lists that end", whole=True)
        entered.add(key)
        if len(entered) > _DEEPEST:
            raise RefusedPickle(
                f"values nested deeper than {_DEEPEST}", expected="a list of tests of cases", whole=True
            )
        waiting.append((one, True))
        waiting += [(part, False) for part in parts_of(one) if _holds(part) and id(part) not in sizes]


def _measured(parts: Iterable[Any], sizes: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """Number of values within, and depth."""
    total, deepest = 1, 0
    for part in parts:
        size, depth = sizes.get(id(part), (1, 0)) if _holds(part) else (1, 0)
        total += size
        deepest = max(deepest, depth)
    if total > _MOST_VALUES or deepest >= _DEEPEST:
        raise RefusedPickle(f"more than {_MOST_VALUES:,} values once shared ones are written out", whole=True)
    return total, deepest + 1


def _holds(value: Any) -> bool:
    """Whether a value holds others; an empty one is none that could hold itself."""
    return isinstance(value, Instance | Array) or (isinstance(value, list | tuple | dict) and bool(value))


def parts_of(value: Any) -> Iterable[Any]:
    """What a value holds."""
    if isinstance(value, Instance):
        return value.fields.values()
    if isinstance(value, Array):
        return value.values
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list | tuple) else ()
