"""Builds the Debian package that `[package.metadata.deb]` in Cargo.toml describes, with dpkg-deb alone.

Reads `cargo metadata` from stdin; takes the program and the directory for the package. The keys are those of cargo-deb,
of which this knows what Cargo.toml uses. The program must be static: it depends on no package.
"""

import glob
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "armhf", "riscv64": "riscv64"}


def main(program, out):
    package = json.load(sys.stdin)["packages"][0]
    deb = package["metadata"]["deb"]
    version = "{}-{}".format(package["version"], deb["revision"])
    architecture = ARCHITECTURES[os.uname().machine]
    with tempfile.TemporaryDirectory() as root:
        os.chmod(root, 0o755)
        files = [file for asset in deb["assets"] for file in lay(root, asset, program)]
        files += lay(root, copyright_of(root, package, deb), program)
        write_control(root, fields(package, deb, version, architecture, root), files)
        name = "{}_{}_{}.deb".format(package["name"], version, architecture)
        command = ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", root, os.path.join(out, name)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def lay(root, asset, program):
    """Copies the files of one asset to their places, and returns these."""
    pattern, target, mode = asset
    sources = [program] if pattern == "target/release/devenv" else sorted(glob.glob(pattern))
    if not sources:
        sys.exit("packaging/deb.py: Cargo.toml names what is not there: " + pattern)
    return [copy(root, source, target, int(mode, 8)) for source in sources]


def copy(root, source, target, mode):
    place = target + os.path.basename(source) if target.endswith("/") else target
    if place.startswith("usr/share/man/"):
        place += ".gz"
    path = os.path.join(root, place)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(source, "rb") as file:
        content = file.read()
    with open(path, "wb") as file:
        file.write(gzip.compress(content, 9, mtime=0) if place.endswith(".gz") else content)
    os.chmod(path, mode)
    return place


def copyright_of(root, package, deb):
    """Returns the licence as an asset, where Debian looks for it."""
    return [deb["license-file"][0], "usr/share/doc/{}/copyright".format(package["name"]), "644"]


def fields(package, deb, version, architecture, root):
    size = sum(os.path.getsize(os.path.join(top, name)) for top, _, names in os.walk(root) for name in names)
    description = [package["description"]]
    for line in deb["extended-description"].strip().splitlines():
        description.append(" " + (line or "."))
    return {
        "Package": package["name"],
        "Version": version,
        "Architecture": architecture,
        "Section": deb["section"],
        "Priority": deb["priority"],
        "Maintainer": deb["maintainer"],
        "Installed-Size": str(size // 1024 + 1),
        "Description": "\n".join(description),
    }


def write_control(root, control, files):
    directory = os.path.join(root, "DEBIAN")
    os.mkdir(directory)
    with open(os.path.join(directory, "control"), "w", encoding="utf-8") as file:
        file.writelines("{}: {}\n".format(name, value) for name, value in control.items())
    with open(os.path.join(directory, "md5sums"), "w", encoding="utf-8") as file:
        file.writelines("{}  {}\n".format(md5(os.path.join(root, name)), name) for name in sorted(files))


def md5(path):
    with open(path, "rb") as file:
        return hashlib.md5(file.read(), usedforsecurity=False).hexdigest()


if __name__ == "__main__":
    main(*sys.argv[1:])
