"""Exercises by hand with numbers drawn from a seed: every reader gets their own, and an answer in words.

    task = draw("codes", seed=17)
    print(task)                    # the question, with numbers small enough for paper
    print(task.fault((2, 3, 5)))   # what is wrong, the known mistake that leads there, the question

What is right is computed in whole numbers and fractions, and so are the values that mistakes lead to. An
instance in which a mistake would give the right value is not used: the next one is drawn.

    python -m superpos_lib.practice 1:30 codes influence

prints a sheet for each seed from 1 to 30, and a key, as Markdown.
"""

import argparse
import math
import random
from dataclasses import dataclass
from fractions import Fraction

from ._arguments import expected, whole
from .topics import TOPICS

__all__ = ["TOPICS", "Task", "draw", "main", "sheets"]

# Instances drawn until one is sound, at most. (Of the seeds 0 to 999 none took more than 110.)
TRIES = 10_000
LETTERS = "abc"


@dataclass(frozen=True)
class Task:
    """A few questions about one small instance. Its text is the question."""

    topic: str
    seed: int
    text: str
    parts: tuple

    def __str__(self):
        asked = (f"({letter}) {part.question}" for letter, part in zip(LETTERS, self.parts, strict=False))
        return "\n".join([self.text, *asked])

    @property
    def answers(self):
        """The right answers, one for each part."""
        return tuple(part.answer for part in self.parts)

    def fault(self, answers):
        """What is wrong with answers, a number for each part, in words; None if nothing is.

        Below it stands the question, so that readers keep it in view, and where no answers are given that
        is all.

        Examples
        --------
        >>> task = draw("codes", seed=17)
        >>> task.fault(task.answers) is None
        True
        >>> task.fault((0, *task.answers[1:])).splitlines()[:2]
        ['(a) is not 0', 'Seed 17 asks:']
        """
        question = f"Seed {self.seed} asks:\n{self}"
        if answers is None:
            return f"no answers. {question}"
        given = _numbers(answers, len(self.parts))
        wrong = []
        for letter, part, value in zip(LETTERS, self.parts, given, strict=False):
            if value != part.answer:
                why = " Or: ".join(said for mistaken, said in part.mistakes if mistaken == value)
                wrong.append(f"({letter}) is not {value}" + (f": {why}" if why else ""))
        return "\n".join([*wrong, question]) if wrong else None


def _numbers(answers, count):
    """A fraction for each answer."""
    wanted = f"{count} numbers, as in ({', '.join(['1', '3/4', '5'][:count])})"
    if not isinstance(answers, (tuple, list)) or len(answers) != count:
        raise expected("answers", wanted, repr(answers))
    for value in answers:
        if isinstance(value, bool) or not isinstance(value, (int, float, Fraction)):
            raise expected("answers", wanted, repr(value))
        if not math.isfinite(value):
            raise expected("answers", wanted, repr(value))
    # 2/3 comes as a float, and stands for the fraction.
    return [Fraction(value).limit_denominator(100_000) for value in answers]


def draw(topic, seed):
    """The task of a topic for a seed, a whole number: the same everywhere.

    Raises
    ------
    ValueError
        An unknown topic, or a seed that is no whole number.

    Examples
    --------
    >>> draw("counting", 1) == draw("counting", 1)
    True
    """
    if topic not in TOPICS:
        raise expected("topic", f"one of {', '.join(TOPICS)}", repr(topic))
    seed = whole("seed", seed, 0)
    rng = random.Random(f"{topic} {seed}")
    for _ in range(TRIES):
        text, *parts = TOPICS[topic](rng)
        if all(part.sound for part in parts):
            return Task(topic, seed, text, tuple(parts))
    raise RuntimeError(f"no sound instance of {topic} for seed {seed} in {TRIES} tries")


def sheets(seeds, topics):
    """Markdown: a sheet of tasks for each seed, and then a key with all answers.

    Raises
    ------
    ValueError
        As `draw`.
    """
    drawn = {seed: [draw(topic, seed) for topic in topics] for seed in seeds}
    parts = []
    for seed, tasks in drawn.items():
        asked = (
            f"{number}. {task.text}\n"
            + "\n".join(
                f"    - ({letter}) {part.question}"
                for letter, part in zip(LETTERS, task.parts, strict=False)
            )
            for number, task in enumerate(tasks, 1)
        )
        parts.append("\n\n".join([f"## Sheet {seed}", *asked]))
    head = " | ".join(["sheet", *(f"{number}. {topic}" for number, topic in enumerate(topics, 1))])
    key = [f"| {head} |", "|" + "---|" * (len(topics) + 1)]
    for seed, tasks in drawn.items():
        cells = (", ".join(map(str, task.answers)) for task in tasks)
        key.append(f"| {seed} | {' | '.join(cells)} |")
    return "\n\n".join([*parts, "## Key", "\n".join(key)]) + "\n"


def _seeds(text):
    """Whole numbers from "3", "1,4,9" or "1:30", both ends included."""
    try:
        if ":" in text:
            first, last = map(int, text.split(":"))
            return list(range(first, last + 1))
        return [int(one) for one in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected 3, 1,4,9 or 1:30; got {text}") from None


def main(arguments=None):
    """Print sheets and their key."""
    parser = argparse.ArgumentParser(
        prog="python -m superpos_lib.practice", description="Exercises with a key."
    )
    parser.add_argument("seeds", type=_seeds, help="a number for each sheet: 3, or 1,4,9, or 1:30")
    parser.add_argument("topics", nargs="*", default=[*TOPICS], metavar="topic", help=", ".join(TOPICS))
    chosen = parser.parse_args(arguments)
    try:
        print(sheets(chosen.seeds, chosen.topics), end="")
    except ValueError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
