"""Compiles sources to bytecode. Started as `python -I -S -B compile.py tree|prefix timestamp|checked|unchecked LEVEL`, or
as `... tree|prefix pytest VERSION SITE-PACKAGES...` for tests as that pytest rewrites them: it reads from stdin
the path of a source, that of a directory, the device and the number that this had when it was looked at, and the way
from there to the bytecode, each ended by NUL, and answers each four with a line. It executes nothing that it compiles,
follows no link below that directory, and writes below no other that has its name by now."""

import ast
import importlib.util
import marshal
import os
import stat
import sys

IN_PREFIX, MODE, WHICH = sys.argv[1] == "prefix", sys.argv[2], sys.argv[3]
TEMPORARY = ".%d.pydevenv-tmp" % os.getpid()
FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
DIRECTORY = os.O_RDONLY | os.O_DIRECTORY

# No module is larger.
LARGEST = 64 << 20


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


def enter(above, name, may_make):
    try:
        return os.open(name, DIRECTORY | os.O_NOFOLLOW, dir_fd=above)
    except FileNotFoundError:
        if not may_make:
            raise
    try:
        os.mkdir(name, dir_fd=above)
    except FileExistsError:
        pass
    return os.open(name, DIRECTORY | os.O_NOFOLLOW, dir_fd=above)


def open_root(root, identity):
    descriptor = os.open(root, DIRECTORY)
    now = os.fstat(descriptor)
    # A prefix that is made for this was not there to be looked at.
    is_new = IN_PREFIX and not identity
    if is_new or identity == b"%d:%d" % (now.st_dev & 0xFFFFFFFFFFFFFFFF, now.st_ino):
        return descriptor
    os.close(descriptor)
    raise OSError("another directory is in its place")


def open_parents(root, identity, parents):
    # Held open from here on: whoever swaps a directory for a link meanwhile leads nobody elsewhere.
    if IN_PREFIX:
        os.makedirs(root, exist_ok=True)
    held = [open_root(root, identity)]
    try:
        for name in parents:
            # Never a package's directory: one that is gone must not come back as an empty namespace package.
            held.append(enter(held[-1], name, IN_PREFIX or len(held) == len(parents)))
    except BaseException:
        close(held)
        raise
    return held


def close(held):
    for descriptor in held:
        os.close(descriptor)


def put(directory, name, data, mode):
    temporary = name + os.fsencode(TEMPORARY)
    descriptor = os.open(temporary, FLAGS, mode, dir_fd=directory)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.replace(temporary, name, src_dir_fd=directory, dst_dir_fd=directory)
    except BaseException:
        os.unlink(temporary, dir_fd=directory)
        raise


def take_back(held, parents, name):
    os.unlink(name, dir_fd=held[-1])
    try:
        os.rmdir(parents[-1], dir_fd=held[-2])
    except OSError:
        pass


def read(source):
    # A pipe is not waited for, and what no module is as large as is not compiled.
    with os.fdopen(os.open(source, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        before = os.fstat(file.fileno())
        if not stat.S_ISREG(before.st_mode):
            raise OSError("no file")
        if before.st_size > LARGEST:
            raise ValueError("too large")
        return file.read(LARGEST), before


def fill(source, root, identity, below):
    data, before = read(source)
    made = bytecode(data, source, before)
    *parents, name = below.split(b"/")
    held = open_parents(root, identity, parents)
    try:
        # As importlib gives it, but that others never write it: they would decide what runs.
        put(held[-1], name, made, (before.st_mode | 0o200) & 0o644)
        if not os.path.exists(source) or not is_unchanged(source, before):
            take_back(held, parents, name)
            raise OSError("the source changed meanwhile")
    finally:
        close(held)


def main():
    paths = sys.stdin.buffer.read().split(b"\0")[:-1]
    for question in zip(paths[::4], paths[1::4], paths[2::4], paths[3::4]):
        try:
            fill(*question)
            answer = b"filled\n"
        except OSError:
            answer = b"unreachable\n"
        except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
            # The source is at fault: a null byte, too deep a nesting. Not ours to report.
            answer = b"uncompilable\n"
        sys.stdout.buffer.write(answer)
        sys.stdout.buffer.flush()


main()
