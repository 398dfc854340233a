"""docs/control.md: the node's control contract as a page, from the contract and its comments.

    control_docs.py          writes it
    control_docs.py --check  fails if it is not what would be written
"""

import pathlib
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2

TOP = pathlib.Path(__file__).resolve().parents[2]
PAGE = TOP / "docs" / "control.md"
CONTRACT = "holon/node/v1/node.proto"
SERVICE = "Control"
INTRODUCTION = """# The control API

What a node can be asked: `contracts/holon/node/v1/node.proto`, served by gRPC on the Unix socket `.holon/run/node.sock` beside
`holon.yaml`. The command line and the [dashboard](dashboard.md) know nothing but by it, and any gRPC client may ask the same:

```
$ holon describe --address unix:$PWD/.holon/run/node.sock holon.node.v1.Control
$ holon call --address unix:$PWD/.holon/run/node.sock holon.node.v1.Control/List '{}'
```

The socket lies in a folder of this user's alone: who may open it may do all of this. This page is written from the contract by
`tests/control/control_docs.py`; a test checks that it is current.
"""
SCALARS = {field.number: name[5:].lower() for name, field in descriptor_pb2.FieldDescriptorProto.Type.DESCRIPTOR.values_by_name.items()}


def described():
    """The files of the contract's package that it needs, its own last, with the places and comments of their sources."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "contract"
        subprocess.run(["protoc", f"-I{TOP / 'contracts'}", f"--descriptor_set_out={out}", "--include_source_info", "--include_imports",
                        CONTRACT], check=True)
        files = descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes()).file
        return [file for file in files if file.package == files[-1].package]


def comments_of(file):
    """By the path of what they are about."""
    return {tuple(place.path): " ".join((place.leading_comments or place.trailing_comments).split())
            for place in file.source_code_info.location}


class Page:
    def __init__(self, files):
        own = files[-1]
        self.package = f".{own.package}."
        self.messages = {message.name: (comments_of(file), index, message)
                         for file in files for index, message in enumerate(file.message_type)}
        self.comments = comments_of(own)
        self.service = next((index, service) for index, service in enumerate(own.service) if service.name == SERVICE)
        self.shown = []

    def name(self, type_name):
        return type_name.removeprefix(self.package)

    def reference(self, type_name, stream=False):
        name = self.name(type_name)
        self.want(name)
        return f"{'stream of ' if stream else ''}[{name}](#{name.lower()})"

    def want(self, name):
        if name not in self.shown:
            self.shown.append(name)

    def type_of(self, message, field):
        entry = next((nested for nested in message.nested_type
                      if nested.options.map_entry and field.type_name.endswith(f".{nested.name}")), None)
        if entry is not None:
            key, value = entry.field
            return f"map of {SCALARS[key.type]} to {self.type_of(entry, value)}"
        word = self.reference(field.type_name) if field.type_name else SCALARS[field.type]
        return f"list of {word}" if field.label == field.LABEL_REPEATED else word

    def methods(self):
        index, service = self.service
        yield "\n## Methods\n\n| method | takes | gives | |\n|---|---|---|---|\n"
        for number, method in enumerate(service.method):
            yield (f"| `{method.name}` | {self.reference(method.input_type)} "
                   f"| {self.reference(method.output_type, method.server_streaming)} | {self.comments.get((6, index, 2, number), '')} |\n")

    def message(self, name):
        comments, index, message = self.messages[name]
        yield f"\n### {name}\n\n"
        if comment := comments.get((4, index), ""):
            yield f"{comment}\n\n"
        if not message.field:
            yield "Nothing.\n"
            return
        yield "| field | type | |\n|---|---|---|\n"
        for number, field in enumerate(message.field):
            yield f"| `{field.name}` | {self.type_of(message, field)} | {comments.get((4, index, 2, number), '')} |\n"

    def text(self):
        parts = [INTRODUCTION, *self.methods(), "\n## Messages\n"]
        for name in self.shown:  # grows while messages name others
            parts.extend(self.message(name))
        return "".join(parts)


def main():
    text = Page(described()).text()
    if sys.argv[1:] != ["--check"]:
        PAGE.write_text(text, encoding="utf-8")
    elif PAGE.read_text(encoding="utf-8") != text:
        sys.exit("docs/control.md is not what the contract says now; run tests/control/control_docs.py")


if __name__ == "__main__":
    main()
