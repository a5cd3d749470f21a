"""Compiles sources to bytecode. Started as `python -I -S -B compile.py tree|prefix timestamp|checked|unchecked LEVEL`, or
as `... tree|prefix pytest VERSION SITE-PACKAGES...` for tests as that pytest rewrites them: it reads pairs of paths from
stdin, each path ended by NUL, and answers each pair with a line. It executes nothing that it compiles."""

import ast
import importlib.util
import marshal
import os
import sys

IN_PREFIX, MODE, WHICH = sys.argv[1] == "prefix", sys.argv[2], sys.argv[3]
TEMPORARY = ".%d.pydevenv-tmp" % os.getpid()
FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


def rewriter():
    sys.path += sys.argv[4:]
    try:
        from _pytest.assertion import rewrite
    except Exception:  # Whatever is wrong with it, pytest itself will say so.
        return None
    tag = "%s-pytest-%s" % (sys.implementation.cache_tag, WHICH)
    return rewrite.rewrite_asserts if rewrite.PYTEST_TAG == tag else None


REWRITE = rewriter() if MODE == "pytest" else None


def low(number):
    return (int(number) & 0xFFFFFFFF).to_bytes(4, "little")


def header(data, before):
    # What says whose bytecode it is comes from the bytes that are compiled, or from before they were read: an edit
    # meanwhile can only make it not match.
    if MODE == "timestamp":
        return low(0) + low(before.st_mtime) + low(before.st_size)
    return low(1 if MODE == "unchecked" else 3) + importlib.util.source_hash(data)


def code_of(data, name):
    if MODE != "pytest":
        return compile(data, name, "exec", dont_inherit=True, optimize=int(WHICH))
    tree = ast.parse(data, filename=name)
    try:
        REWRITE(tree, data, name)
    except Exception as error:
        raise ValueError("pytest can't rewrite it") from error
    return compile(tree, name, "exec", dont_inherit=True)


def bytecode(data, path, before):
    code = code_of(data, os.fsdecode(path))
    return importlib.util.MAGIC_NUMBER + header(data, before) + marshal.dumps(code)


def state(of):
    return of.st_ino, of.st_size, of.st_mtime_ns, of.st_ctime_ns


def is_unchanged(source, before):
    try:
        return MODE in ("checked", "pytest") or state(os.stat(source)) == state(before)
    except FileNotFoundError:
        return False


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
        before = os.fstat(file.fileno())
        data = file.read()
    made = bytecode(data, source, before)
    make_parent(cache)
    put(cache, made, (before.st_mode | 0o200) & 0o666)
    if not os.path.exists(source) or not is_unchanged(source, before):
        take_back(cache)
        raise OSError("the source changed meanwhile")


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
