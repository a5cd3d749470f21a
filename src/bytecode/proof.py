"""Tells whether bytecode is what compiling its source gives. Started as `python -I -S -B proof.py`: it reads from stdin
the path of a source, that of its bytecode, and the level of optimisation, each ended by NUL, and answers each three with
a line. It executes nothing that it compiles or reads."""

import importlib.util
import marshal
import os
import sys

HEADER = 16

# No module is larger: what is, is not read.
LARGEST = 64 << 20

# What is damaged can ask for any amount of memory, and gets no more than code could need.
try:
    import resource

    MOST = 4 << 30
    resource.setrlimit(resource.RLIMIT_AS, (MOST, MOST))
except (ImportError, OSError, ValueError):
    pass


def lines(code):
    return getattr(code, "co_linetable", None) or code.co_lnotab


def nested(code):
    return [const for const in code.co_consts if isinstance(const, type(code))]


def same(old, new):
    # Code objects compare by structure and by the types of their constants, but not by their files, nor, before 3.12,
    # by the lines that a traceback would name.
    return old == new and lines(old) == lines(new) and all(map(same, nested(old), nested(new)))


def prove(source, cache, optimize):
    if max(os.stat(cache).st_size, os.stat(source).st_size) > LARGEST:
        return b"unreachable"
    with open(cache, "rb") as file:
        data = file.read()
    if data[:4] != importlib.util.MAGIC_NUMBER:
        return b"foreign"
    with open(source, "rb") as file:
        text = file.read()
    try:
        old = marshal.loads(data[HEADER:])
    except (EOFError, ValueError, TypeError, MemoryError):
        return b"unreadable"
    if not isinstance(old, type(prove.__code__)):
        return b"unreadable"
    try:
        new = compile(text, os.fsdecode(source), "exec", dont_inherit=True, optimize=int(optimize))
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
        return b"other"
    # Through the same form, which shares and interns what is equal.
    return b"same" if same(old, marshal.loads(marshal.dumps(new))) else b"other"


def main():
    fields = sys.stdin.buffer.read().split(b"\0")[:-1]
    for source, cache, optimize in zip(fields[::3], fields[1::3], fields[2::3]):
        try:
            answer = prove(source, cache, optimize)
        except OSError:
            answer = b"unreachable"
        sys.stdout.buffer.write(answer + b"\n")
        sys.stdout.buffer.flush()


main()
