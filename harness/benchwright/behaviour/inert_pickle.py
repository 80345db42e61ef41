"""The bytes of a released suite's dill pickle, read as data: the only code that parses pickle, and it calls nothing.

Opcodes of protocols 2 and 3 are interpreted here, without the standard library's modules for it. A global becomes a
`Placeholder`, which is a name; objects of CheckList's four classes become an `Instance` of their fields; functions, code objects
and cells become placeholders whose parts are dropped; arrays are read from their dtype and bytes. A call that the pickle asks
for and that is not in the table of `inert_values` is refused by name, as is every global outside of ``GLOBALS``.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from benchwright.behaviour.inert_values import (
    GLOBALS,
    Placeholder,
    RefusedPickle,
    check_key,
    check_shape,
    stand_for_call,
    stand_for_object,
    take_state,
)
from benchwright.errors import DataError

MOST_BYTES = 256 * 1024 * 1024
"""Largest pickle that is read."""
_MOST_OPCODES = 20_000_000
_LONGEST_NAME = 200
_LONGEST_TEXT = 1024 * 1024
_LONGEST_BYTES = 32 * 1024 * 1024
_LONGEST_INTEGER = 16
_PROTOCOLS = (2, 3)
_EXPECTED = "a suite as CheckList released it: one dill pickle, protocol 3"
_HINT = "take the archive from marcotcr/checklist, release_suites/; docs/checklist.md says what is read of one"


def read_pickle(content: bytes, name: str) -> Any:
    """The value that a pickle describes: `Instance`, `Placeholder`, `Array`, dicts, lists, tuples, texts and numbers.

    Args:
        content: The pickle's bytes.
        name: What the messages call the file.

    Raises:
        DataError: A global, call or opcode is not one of the released suites', a limit is passed, a value holds itself, or
            the bytes are damaged; byte and reason are named.
    """
    if len(content) > MOST_BYTES:
        raise too_large(name)
    machine = _Machine(content)
    try:
        machine.run()
        value = machine.result()
        check_shape(value)
    except RefusedPickle as error:
        place = "" if error.whole else f", byte {machine.began}"
        raise DataError(f"{name}{place}: {error.why}", expected=error.expected or _EXPECTED, hint=_HINT) from error
    return value


def too_large(name: str) -> DataError:
    """The error of a file that is larger than any released suite."""
    return DataError(
        f"{name} holds more than {MOST_BYTES // 1024**2} MiB",
        expected="a released suite of CheckList, which is far smaller",
        hint=_HINT,
    )


class _Machine:
    """Stack, marks and memo of a pickle that is being read."""

    __slots__ = ("at", "began", "content", "marks", "memo", "stack", "stopped")

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.at = self.began = 0
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}
        self.stopped = False

    def run(self) -> None:
        """Interpret opcodes until the one that stops.

        Raises:
            RefusedPickle: What cannot be read, at ``began``.
        """
        content, left = self.content, _MOST_OPCODES
        if content[:1] != b"\x80":
            raise RefusedPickle("no pickle of protocol 2 or later begins like this")
        while not self.stopped:
            self.began = self.at
            if self.at >= len(content):
                raise RefusedPickle("the file ends in the middle of the pickle")
            handler = _HANDLERS.get(content[self.at])
            if handler is None:
                raise _foreign_opcode(content[self.at])
            left -= 1
            if left < 0:
                raise RefusedPickle(f"more than {_MOST_OPCODES:,} opcodes")
            self.at += 1
            handler(self)
        if self.at != len(content):
            raise RefusedPickle(f"{len(content) - self.at:,} bytes follow the end of the pickle")

    def result(self) -> Any:
        """The one value that is left."""
        if len(self.stack) != 1 or self.marks:
            raise RefusedPickle("the pickle does not end with one value")
        return self.stack[0]

    def take(self, length: int) -> bytes:
        """The next bytes."""
        end = self.at + length
        if end > len(self.content):
            raise RefusedPickle("the file ends in the middle of a value")
        found = self.content[self.at : end]
        self.at = end
        return found

    def number(self, form: struct.Struct) -> Any:
        """The next number of a form."""
        return form.unpack(self.take(form.size))[0]

    def line(self) -> str:
        """The next line, which is part of a global's name."""
        end = self.content.find(b"\n", self.at, self.at + _LONGEST_NAME + 1)
        if end < 0:
            raise RefusedPickle(
                f"a line of more than {_LONGEST_NAME} bytes", expected="the name of a global in each line"
            )
        found = self.content[self.at : end]
        self.at = end + 1
        return _text(found)

    def pop(self) -> Any:
        """Take the last value, which stands above the last mark."""
        if len(self.stack) <= (self.marks[-1] if self.marks else 0):
            raise RefusedPickle("a value is used that is not there")
        return self.stack.pop()

    def last(self) -> Any:
        """The last value, left where it is."""
        value = self.pop()
        self.stack.append(value)
        return value

    def pop_marked(self) -> list[Any]:
        """Take the last mark and all values above it."""
        if not self.marks:
            raise RefusedPickle("a mark is used that is not there")
        start = self.marks.pop()
        found = self.stack[start:]
        del self.stack[start:]
        return found


def _text(found: bytes) -> str:
    try:
        return found.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise RefusedPickle("a text is not UTF-8") from error


def _foreign_opcode(code: int) -> RefusedPickle:
    name = _OTHER_OPCODES.get(code)
    return RefusedPickle(
        f"the opcode {name}, which the released suites do not hold" if name else f"0x{code:02x} is no opcode"
    )


_OTHER_OPCODES = {
    code: name
    for codes, names in (
        (b"ILFSTUVgpio", "INT LONG FLOAT STRING BINSTRING SHORT_BINSTRING UNICODE GET PUT INST OBJ"),
        (b"PQ\x82\x83\x84\x8b", "PERSID BINPERSID EXT1 EXT2 EXT4 LONG4"),
        (b"\x8c\x8d\x8e\x8f\x90", "SHORT_BINUNICODE BINUNICODE8 BINBYTES8 EMPTY_SET ADDITEMS"),
        (b"\x91\x92\x93\x94\x95", "FROZENSET NEWOBJ_EX STACK_GLOBAL MEMOIZE FRAME"),
        (b"\x96\x97\x98", "BYTEARRAY8 NEXT_BUFFER READONLY_BUFFER"),
    )
    for code, name in zip(codes, names.split(), strict=True)
}

_BYTE, _TWO, _INTEGER, _LENGTH, _DOUBLE = (struct.Struct(form) for form in ("<B", "<H", "<i", "<I", ">d"))


def _proto(machine: _Machine) -> None:
    number = machine.number(_BYTE)
    if machine.began:
        raise RefusedPickle("a second beginning of a pickle")
    if number not in _PROTOCOLS:
        raise RefusedPickle(f"pickle protocol {number}")


def _stop(machine: _Machine) -> None:
    machine.stopped = True


def _mark(machine: _Machine) -> None:
    machine.marks.append(len(machine.stack))


def _pop_mark(machine: _Machine) -> None:
    machine.pop_marked()


def _pop(machine: _Machine) -> None:
    machine.pop()


def _repeat(machine: _Machine) -> None:
    machine.stack.append(machine.last())


def _constant(value: object) -> Callable[[_Machine], None]:
    return lambda machine: machine.stack.append(value)


def _numeric(form: struct.Struct) -> Callable[[_Machine], None]:
    return lambda machine: machine.stack.append(machine.number(form))


def _long(machine: _Machine) -> None:
    length = machine.number(_BYTE)
    if length > _LONGEST_INTEGER:
        raise RefusedPickle(f"an integer of {length} bytes")
    machine.stack.append(int.from_bytes(machine.take(length), "little", signed=True))


def _unicode(machine: _Machine) -> None:
    length = machine.number(_LENGTH)
    if length > _LONGEST_TEXT:
        raise RefusedPickle(f"a text of {length:,} bytes", expected=f"texts of at most {_LONGEST_TEXT:,} bytes")
    machine.stack.append(_text(machine.take(length)))


def _bytes(form: struct.Struct) -> Callable[[_Machine], None]:
    def read(machine: _Machine) -> None:
        length = machine.number(form)
        if length > _LONGEST_BYTES:
            raise RefusedPickle(f"a value of {length:,} bytes", expected=f"at most {_LONGEST_BYTES:,}")
        machine.stack.append(machine.take(length))

    return read


def _empty_list(machine: _Machine) -> None:
    machine.stack.append([])


def _empty_dict(machine: _Machine) -> None:
    machine.stack.append({})


def _append(machine: _Machine) -> None:
    value = machine.pop()
    _extend(machine, [value])


def _appends(machine: _Machine) -> None:
    _extend(machine, machine.pop_marked())


def _extend(machine: _Machine, values: list[Any]) -> None:
    held = machine.last()
    if not isinstance(held, list):
        raise RefusedPickle("values are added to something that is no list")
    held.extend(values)


def _set_item(machine: _Machine) -> None:
    value, key = machine.pop(), machine.pop()
    _update(machine, [key, value])


def _set_items(machine: _Machine) -> None:
    _update(machine, machine.pop_marked())


def _update(machine: _Machine, flat: list[Any]) -> None:
    held = machine.last()
    if not isinstance(held, dict) or len(flat) % 2:
        raise RefusedPickle("keys are set in something that is no mapping")
    for key, value in zip(flat[::2], flat[1::2], strict=True):
        check_key(key)
        held[key] = value


def _tuple(machine: _Machine) -> None:
    machine.stack.append(tuple(machine.pop_marked()))


def _tuple_of(length: int) -> Callable[[_Machine], None]:
    def read(machine: _Machine) -> None:
        machine.stack.append(tuple([machine.pop() for _ in range(length)][::-1]))

    return read


def _put(form: struct.Struct) -> Callable[[_Machine], None]:
    def read(machine: _Machine) -> None:
        machine.memo[machine.number(form)] = machine.last()

    return read


def _get(form: struct.Struct) -> Callable[[_Machine], None]:
    def read(machine: _Machine) -> None:
        index = machine.number(form)
        if index not in machine.memo:
            raise RefusedPickle(f"the value {index} is used before it is remembered")
        machine.stack.append(machine.memo[index])

    return read


def _global(machine: _Machine) -> None:
    module = machine.line()
    name = f"{module}.{machine.line()}"
    if name not in GLOBALS:
        raise RefusedPickle(f"it names the global {name}", expected=_GLOBALS)
    machine.stack.append(Placeholder(name))


_GLOBALS = "globals of CheckList's released suites alone: its tests, dicts, Munch, NumPy's arrays, dill's functions"


def _reduce(machine: _Machine) -> None:
    given, called = machine.pop(), machine.pop()
    machine.stack.append(stand_for_call(called, given))


def _new_object(machine: _Machine) -> None:
    given, of_class = machine.pop(), machine.pop()
    machine.stack.append(stand_for_object(of_class, given))


def _build(machine: _Machine) -> None:
    state = machine.pop()
    take_state(machine.last(), state)


_HANDLERS: dict[int, Callable[[_Machine], None]] = {
    0x80: _proto,
    ord("."): _stop,
    ord("("): _mark,
    ord("0"): _pop,
    ord("1"): _pop_mark,
    ord("2"): _repeat,
    ord("N"): _constant(None),
    0x88: _constant(value=True),
    0x89: _constant(value=False),
    ord("J"): _numeric(_INTEGER),
    ord("K"): _numeric(_BYTE),
    ord("M"): _numeric(_TWO),
    ord("G"): _numeric(_DOUBLE),
    0x8A: _long,
    ord("X"): _unicode,
    ord("B"): _bytes(_LENGTH),
    ord("C"): _bytes(_BYTE),
    ord("]"): _empty_list,
    ord("a"): _append,
    ord("e"): _appends,
    ord(")"): _constant(()),
    ord("t"): _tuple,
    0x85: _tuple_of(1),
    0x86: _tuple_of(2),
    0x87: _tuple_of(3),
    ord("}"): _empty_dict,
    ord("s"): _set_item,
    ord("u"): _set_items,
    ord("h"): _get(_BYTE),
    ord("j"): _get(_LENGTH),
    ord("q"): _put(_BYTE),
    ord("r"): _put(_LENGTH),
    ord("c"): _global,
    ord("R"): _reduce,
    0x81: _new_object,
    ord("b"): _build,
}
"""Opcode -> what it does, as `pickletools` of the standard library documents them."""
