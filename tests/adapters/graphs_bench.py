"""What tests of the adapters `onnx` and `openvino` share: references, sessions, graphs made once, and files of ONNX by hand."""

from dataclasses import replace

import transformers_bench as bench

from benchwright import labels as naming
from benchwright import registry
from benchwright.types import LabelMap, ModelRef, TaggingTask


def ask(name, folder, task, examples, context, **options):
    """Predictions of a fresh session, which is closed."""
    session = open_session(name, folder, task, context, **options)
    try:
        return session.predict(examples)
    finally:
        session.close()


def open_session(name, folder, task, context, **options):
    """A session of an adapter on a folder, with tags tied by name."""
    adapter, model = registry.get("adapters", name), ModelRef(name="m", adapter=name, path=str(folder), options=options)
    facts = adapter.inspect(model, task, context)
    tied = naming.align(task, facts.labels) if isinstance(task, TaggingTask) else None
    count = 0 if facts.labels is None else len(facts.labels)
    labels = tied or LabelMap(to_task=tuple(range(count)), origin="names" if count else "task")
    return adapter.open(model, task, replace(context, labels=labels))


def inspect(name, folder, task, context, **options):
    """Facts by an adapter."""
    model = ModelRef(name="m", adapter=name, path=str(folder), options=options)
    return registry.get("adapters", name).inspect(model, task, context)


def store(folder, **settings):
    """A context whose graphs are kept between tests."""
    return bench.make_context(folder / "work", models=folder / "models", **settings)


# --- files of ONNX, byte by byte: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto ------------------------------------


def varint(number):
    found = b""
    while number > 0x7F:
        found += bytes([number & 0x7F | 0x80])
        number >>= 7
    return found + bytes([number])


def message(number, content):
    """A field that holds a text or a message."""
    content = content.encode() if isinstance(content, str) else content
    return varint(number << 3 | 2) + varint(len(content)) + content


def whole(number, value):
    """A field that holds a whole number."""
    return varint(number << 3) + varint(value)


def port(name, dtype=7, axes=2):
    shape = b"".join(message(1, message(2, f"d{at}")) for at in range(axes))
    return message(1, name) + message(2, message(1, whole(1, dtype) + message(2, shape)))


def tensor(name, *sizes, dtype=1, location=None):
    beside = b"" if location is None else message(13, message(1, "location") + message(2, location)) + whole(14, 1)
    return b"".join(whole(1, size) for size in sizes) + whole(2, dtype) + message(8, name) + beside


def node(operator, domain=""):
    return message(4, operator) + (message(7, domain) if domain else b"")


def model(*, nodes=(), tensors=(), inputs=("input_ids",), outputs=("logits",), more=b""):
    graph = b"".join(message(1, one) for one in nodes) + b"".join(message(5, one) for one in tensors)
    graph += b"".join(message(11, port(name)) for name in inputs)
    graph += b"".join(message(12, port(name, dtype=1)) for name in outputs) + more
    return whole(1, 8) + message(8, whole(2, 18)) + message(7, graph)
