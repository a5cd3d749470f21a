"""What the interpreter itself says of imports.

imports.py find NAME...: which file each name would be imported from. Every finder is asked, one level of the name after
another, and nothing that they find is executed. Only modules that no tree can hide are used, because the tree that is
asked about has a `types.py` and a `json.py` of its own.

imports.py pack DIRECTORY NUMBER NAME...: so many zip files that hold modules of these names, each its own way, and a
file of valid bytecode, `empty.pyc`."""

import sys

KINDS = {
    "SourceFileLoader": "source",
    "ExtensionFileLoader": "extension",
    "SourcelessFileLoader": "bytecode",
    "NamespaceLoader": "namespace",
    "NoneType": "namespace",
    "zipimporter": "zip",
    "FrozenImporter": "frozen",
    "BuiltinImporter": "builtin",
}


def first(name, path):
    for finder in sys.meta_path:
        spec = finder.find_spec(name, path)
        if spec is not None:
            return spec


def described(spec):
    """Returns the kind, the file, and of a namespace package the directories."""
    if spec is None:
        return ["none", ""]
    kind = type(spec.loader).__name__
    kind = KINDS[spec.loader.__name__ if kind == "type" else kind]
    portions = list(spec.submodule_search_locations or []) if kind == "namespace" else []
    return [kind, spec.origin if kind in ("source", "extension", "bytecode", "zip") else "", *portions]


def find(name):
    """Says what `import` would load, with parents that stand in `sys.modules` as if they were imported."""
    parts, path, kept = name.split("."), None, {}
    try:
        for end in range(1, len(parts) + 1):
            whole = ".".join(parts[:end])
            spec = first(whole, path)
            if spec is None or end == len(parts):
                return described(spec)
            path = spec.submodule_search_locations
            if path is None:
                return described(None)
            kept[whole] = sys.modules.get(whole)
            sys.modules[whole] = type(sys)(whole)
            sys.modules[whole].__path__ = path
    finally:
        for whole, module in kept.items():
            if module is None:
                del sys.modules[whole]
            else:
                sys.modules[whole] = module


def answer(names):
    for name in names:
        for asked in (name, name + ".__main__"):
            line = "\0".join([asked, *find(asked)]) + "\n"
            sys.stdout.buffer.write(line.encode("utf-8", "surrogateescape"))


def pack(directory, number, names):
    import importlib.util, marshal, os, random, zipfile

    body = marshal.dumps(compile("", "m.py", "exec"))

    def bytecode(seconds=0, flags=0):
        header = b"".join(n.to_bytes(4, "little") for n in (flags, seconds, 0))
        return importlib.util.MAGIC_NUMBER + header + body

    def entry(name, dice):
        # Two seconds are all that a zip file can tell apart.
        info = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 2 * dice.randrange(2)))
        info.compress_type = dice.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
        return info

    def plant(archive, prefix, depth, dice):
        for name in dice.sample(names, 3):
            path = prefix + name
            for kind in dice.sample(("py", "pyc", "both", "package", "bare", "listed", "foreign"), dice.randrange(1, 3)):
                if kind in ("py", "both"):
                    archive.writestr(entry(path + ".py", dice), "")
                if kind in ("pyc", "both"):
                    time = 1577836800 + dice.choice((0, 1, 2, 3, 4, 40))
                    archive.writestr(entry(path + ".pyc", dice), bytecode(time))
                if kind == "foreign":
                    archive.writestr(entry(path + ".pyc", dice), dice.choice((b"", b"\0" * 30, bytecode(0, 8))))
                if kind == "package":
                    ending, text = dice.choice(((".py", ""), (".pyc", bytecode())))
                    archive.writestr(entry(path + "/__init__" + ending, dice), text)
                if kind == "listed":
                    archive.writestr(entry(path + "/", dice), "")
                if kind in ("package", "bare", "listed") and depth < 2:
                    plant(archive, path + "/", depth + 1, dice)

    os.environ["TZ"] = "UTC"
    for n in range(number):
        dice = random.Random(n)
        with zipfile.ZipFile(os.path.join(directory, "z%d.zip" % n), "w") as archive:
            plant(archive, "", 0, dice)
            if dice.random() < 0.2:
                archive.comment = b"a comment PK\5\6"
        if dice.random() < 0.2:
            with open(os.path.join(directory, "z%d.zip" % n), "r+b") as file:
                text = file.read()
                file.seek(0)
                file.write(b"#!/usr/bin/env python3\n" + text)
    with open(os.path.join(directory, "empty.pyc"), "wb") as file:
        file.write(bytecode())


if sys.argv[1] == "find":
    answer(sys.argv[2:])
else:
    pack(sys.argv[2], int(sys.argv[3]), sys.argv[4:])
