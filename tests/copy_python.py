"""Copies the interpreter that runs this, with its standard library and nothing that was installed into it:
copy_python.py DIRECTORY. The copy finds its library beside itself."""

import os
import shutil
import sys

PASSED_OVER = ["__pycache__", "site-packages", "dist-packages", "test", "tests", "idlelib", "EXTERNALLY-MANAGED"]


def main():
    target, version = sys.argv[1], "python%d.%d" % sys.version_info[:2]
    library = os.path.dirname(os.__file__)
    os.makedirs(os.path.join(target, "bin"))
    shutil.copytree(
        library,
        os.path.join(target, "lib", version),
        symlinks=False,
        ignore=lambda directory, names: [n for n in names if n in PASSED_OVER or n.startswith("config-")],
        ignore_dangling_symlinks=True,
    )
    os.makedirs(os.path.join(target, "lib", version, "site-packages"))
    executable = os.path.join(target, "bin", version)
    shutil.copy(os.path.realpath(sys.executable), executable)
    shared = [n for n in os.listdir(os.path.dirname(library)) if n.startswith("libpython") and ".so" in n]
    for name in shared:
        shutil.copy(os.path.join(os.path.dirname(library), name), os.path.join(target, "lib", name))
    for name in ("python", "python3"):
        os.symlink(version, os.path.join(target, "bin", name))


main()
