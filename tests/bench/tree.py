"""Writes a project with so many modules: tree.py DIRECTORY COUNT [heavy]"""

import os
import sys

LIGHT = "VALUE = {number}\n\ndef f(a):\n    return a + {number}\n"
HEAVY = LIGHT + "\n".join(
    "class C%d:\n    '''A class.'''\n    def m(self, x=%d, *rest, **options):\n        return [x + y for y in rest if y]\n"
    % (i, i)
    for i in range(20)
)


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def main():
    root, count, text = sys.argv[1], int(sys.argv[2]), HEAVY if "heavy" in sys.argv else LIGHT
    write(f"{root}/devenv.toml", "")
    write(f"{root}/pyproject.toml", "[project]\nname = 'bench'\nversion = '1'\n")
    names = []
    for package in range((count + 9) // 10):
        write(f"{root}/src/p{package}/__init__.py", "")
        for number in range(min(9, count)):
            names.append(f"p{package}.m{number}")
            write(f"{root}/src/p{package}/m{number}.py", text.replace("{number}", str(number)))
    write(f"{root}/src/everything.py", "".join(f"import {name}\n" for name in names))


main()
