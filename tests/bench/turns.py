"""Times commands that take turns, and prints their medians and ratios. Each round runs every command once, so that a
machine that becomes slower becomes slower for all of them.

turns.py [--floor COMMAND] --unit COMMAND COMMAND...

The ratio of a command is its median, less that of the floor, over the median of the unit."""

import os
import shlex
import statistics
import sys
import time

ROUNDS, LONGEST = 200, 20.0


def once(words):
    start = time.perf_counter()
    pid = os.posix_spawnp(words[0], words, os.environ, file_actions=QUIET)
    _, status = os.waitpid(pid, 0)
    assert status == 0, (words, status)
    return time.perf_counter() - start


QUIET = [(os.POSIX_SPAWN_OPEN, fd, "/dev/null", os.O_RDWR, 0) for fd in (0, 1, 2)]


def main():
    arguments, floor, unit, commands = sys.argv[1:], None, None, []
    while arguments:
        word = arguments.pop(0)
        if word == "--floor":
            floor = arguments.pop(0)
        elif word == "--unit":
            unit = arguments.pop(0)
        else:
            commands.append(word)
    everything = [command for command in [floor, unit, *commands] if command]
    words = {command: shlex.split(command) for command in everything}
    times = {command: [] for command in everything}
    for command in everything:
        once(words[command])
    start = time.perf_counter()
    while len(times[everything[0]]) < ROUNDS and time.perf_counter() - start < LONGEST:
        for command in everything:
            times[command].append(once(words[command]))
    medians = {command: statistics.median(values) for command, values in times.items()}
    print(f"{len(times[everything[0]])} rounds; the unit is: {unit}")
    for command in everything:
        ratio = (medians[command] - (medians[floor] if floor and command != unit else 0)) / medians[unit]
        above = " above the floor" if floor and command not in (floor, unit) else ""
        print(f"{medians[command] * 1e6:10.0f} us  {ratio:7.2f} x{above}  {command}")


main()
