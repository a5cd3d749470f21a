"""Compiles sources to bytecode that is checked by content. Started as `python -I -S -B compile.py`: it reads pairs of
paths from stdin, each path ended by NUL, and answers each pair with a line. It executes nothing that it compiles."""

import importlib.util
import marshal
import os
import sys

OPTIMIZE, IN_PREFIX = int(sys.argv[1]), sys.argv[2] == "prefix"
TEMPORARY = ".%d.pydevenv-tmp" % os.getpid()
FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


def bytecode(data, path):
    # The hash and the code come from the same bytes: an edit meanwhile can only make them not match.
    code = compile(data, os.fsdecode(path), "exec", dont_inherit=True, optimize=OPTIMIZE)
    header = importlib.util.MAGIC_NUMBER + (3).to_bytes(4, "little") + importlib.util.source_hash(data)
    return header + marshal.dumps(code)


def make_parent(cache):
    # Never a package's directory: one that is gone must not come back as an empty namespace package.
    parent = os.path.dirname(cache)
    try:
        (os.makedirs if IN_PREFIX else os.mkdir)(parent)
    except FileExistsError:
        pass
    if os.path.islink(parent):
        raise OSError("a link may lead anywhere")


def put(cache, data, mode):
    temporary = cache + os.fsencode(TEMPORARY)
    descriptor = os.open(temporary, FLAGS, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.replace(temporary, cache)
    except BaseException:
        os.unlink(temporary)
        raise


def take_back(cache):
    os.unlink(cache)
    try:
        os.rmdir(os.path.dirname(cache))
    except OSError:
        pass


def fill(source, cache):
    with open(source, "rb") as file:
        mode = (os.fstat(file.fileno()).st_mode | 0o200) & 0o666
        data = file.read()
    made = bytecode(data, source)
    make_parent(cache)
    put(cache, made, mode)
    if not os.path.exists(source):
        take_back(cache)


def main():
    paths = sys.stdin.buffer.read().split(b"\0")[:-1]
    for source, cache in zip(paths[::2], paths[1::2]):
        try:
            fill(source, cache)
            answer = b"filled\n"
        except OSError:
            answer = b"unreachable\n"
        except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
            # The source is at fault: a null byte, too deep a nesting. Not ours to report.
            answer = b"uncompilable\n"
        sys.stdout.buffer.write(answer)
        sys.stdout.buffer.flush()


main()
