"""Times commands that take turns, and prints their medians and ratios. Each round runs every command once, so that a
machine that becomes slower becomes slower for all of them.

turns.py [OPTION VALUE]... [--floor COMMAND] --unit COMMAND COMMAND... [--unit COMMAND COMMAND...]...

The ratio of a command is its median, less that of the floor, over the median of the unit before it. A second unit and
its commands do the same elsewhere: each has its ratio to what stands in its place after the unit before, too.

An option is for the commands after it:

--in DIRECTORY     where they run
--before COMMAND   what runs before each of them, every time, and is not timed
--files NUMBER     how many files they are about, which says how many that is in a second"""

import os
import shlex
import statistics
import sys
import time

# A preparation can take longer than what is timed: there are a few rounds even so.
ROUNDS, FEWEST, LONGEST = 200, 5, 20.0

QUIET = [(os.POSIX_SPAWN_OPEN, fd, "/dev/null", os.O_RDWR, 0) for fd in (0, 1, 2)]


class Command:
    def __init__(self, text, options):
        self.text, self.words, self.times = text, shlex.split(text), []
        self.directory = os.path.abspath(options["--in"])
        self.before = shlex.split(options["--before"])
        self.files = int(options["--files"])

    def once(self):
        os.chdir(self.directory)
        if self.before:
            spawn(self.before)
        start = time.perf_counter()
        spawn(self.words)
        return time.perf_counter() - start

    def median(self):
        return statistics.median(self.times)

    def line(self, unit, floor, counterpart):
        ratio = (self.median() - (floor.median() if floor and self is not unit else 0)) / unit.median()
        above = " above the floor" if floor and self not in (floor, unit) else ""
        rate = f"  {self.files / self.median():8.0f} files/s" if self.files else ""
        before = f"  {self.median() / counterpart.median():6.2f} x before" if counterpart else ""
        return f"{self.median() * 1e6:10.0f} us  {ratio:7.2f} x{above}{rate}{before}  {self.text}"


def spawn(words):
    pid = os.posix_spawnp(words[0], words, os.environ, file_actions=QUIET)
    _, status = os.waitpid(pid, 0)
    assert status == 0, (words, status)


def parse(arguments):
    options, floor, series = {"--in": ".", "--before": "", "--files": "0"}, None, []
    while arguments:
        word = arguments.pop(0)
        if word in options:
            options[word] = arguments.pop(0)
        elif word == "--floor":
            floor = Command(arguments.pop(0), options)
        elif word == "--unit":
            series.append([Command(arguments.pop(0), options)])
        else:
            series[-1].append(Command(word, options))
    return floor, series


def take_turns(commands):
    for command in commands:
        command.once()
    start = time.perf_counter()
    for turn in range(ROUNDS):
        if turn >= FEWEST and time.perf_counter() - start >= LONGEST:
            break
        for command in commands:
            command.times.append(command.once())


def main():
    floor, series = parse(sys.argv[1:])
    take_turns([floor] * bool(floor) + sum(series, []))
    for number, (unit, *others) in enumerate(series):
        where = f", in {os.path.basename(unit.directory)}" if len(series) > 1 else ""
        print(f"{len(unit.times)} rounds; the unit is: {unit.text}{where}")
        if floor:
            print(floor.line(unit, floor, None))
        counterparts = series[number - 1] if number else []
        for place, command in enumerate([unit, *others]):
            print(command.line(unit, floor, counterparts[place] if place < len(counterparts) else None))


main()
