"""Exercises by hand with numbers drawn from a seed: every reader gets their own, and an answer in words.

    task = draw("codes", seed=17)
    print(task)                    # the question, with numbers small enough for paper
    print(task.fault((2, 3, 5)))   # what is wrong, the known mistake that leads there, the question

What is right is computed in whole numbers and fractions, and so are the values that mistakes lead to. An
instance in which a mistake would give the right value is not used: the next one is drawn.

    python -m superpos_lib.practice 1:30 codes influence

prints a sheet for each seed from 1 to 30, and a key that names mistakes, as Markdown.
"""

import argparse
import functools
import math
import random
from dataclasses import dataclass
from fractions import Fraction

from ._arguments import expected, whole
from .topics import DENOMINATOR, TOPICS

__all__ = ["TOPICS", "Task", "draw", "key", "main", "sheets"]

# Instances drawn until one is sound and new, at most. (Of the seeds 0 to 999 none took more than 557.)
TRIES = 10_000
# So many seeds in a row, from a multiple of it, have tasks that all differ.
HUNDRED = 100
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
    return [Fraction(value).limit_denominator(DENOMINATOR) for value in answers]


def draw(topic, seed):
    """The task of a topic for a seed, a whole number: the same everywhere.

    The hundred seeds from a multiple of a hundred have a hundred different tasks.

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
    return _hundred(topic, seed // HUNDRED)[seed % HUNDRED]


@functools.lru_cache(maxsize=len(TOPICS))
def _hundred(topic, block):
    """The tasks of a topic for a hundred seeds."""
    tasks, texts = [], set()
    for seed in range(block * HUNDRED, (block + 1) * HUNDRED):
        tasks.append(_drawn(topic, seed, texts))
        texts.add(str(tasks[-1]))
    return tasks


def _drawn(topic, seed, texts):
    """The first sound task of a seed that asks none of these texts."""
    rng = random.Random(f"{topic} {seed}")
    for _ in range(TRIES):
        text, *parts = TOPICS[topic](rng)
        task = Task(topic, seed, text, tuple(parts))
        if all(part.sound for part in parts) and str(task) not in texts:
            return task
    raise RuntimeError(f"no sound and new instance of {topic} for seed {seed} in {TRIES} tries")


def sheets(seeds, topics):
    """Markdown: a sheet of tasks for each seed.

    Raises
    ------
    ValueError
        As `draw`.
    """
    parts = []
    for seed in seeds:
        tasks = enumerate((draw(topic, seed) for topic in topics), 1)
        asked = (
            "\n".join(
                [
                    f"{number}. {task.text}",
                    *(f"    - ({letter}) {part.question}" for letter, part in _lettered(task)),
                ]
            )
            for number, task in tasks
        )
        parts.append("\n\n".join([f"## Sheet {seed}", *asked]))
    return "\n\n".join(parts) + "\n"


def key(seeds, topics):
    """Markdown: the answers to every sheet, and what values show that known mistakes lead to.

    Raises
    ------
    ValueError
        As `draw`.
    """
    parts = ["## Key"]
    for seed in seeds:
        lines = [f"### Sheet {seed}", ""]
        for number, topic in enumerate(topics, 1):
            for letter, part in _lettered(draw(topic, seed)):
                mistakes = "; ".join(f"{value}: {said}" for value, said in part.mistakes)
                lines.append(f"- {number}. ({letter}) **{part.answer}**. Not {mistakes}.")
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _lettered(task):
    return zip(LETTERS, task.parts, strict=False)


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
    """Print sheets, their key, or both."""
    parser = argparse.ArgumentParser(
        prog="python -m superpos_lib.practice", description="Exercises with a key."
    )
    parser.add_argument("seeds", type=_seeds, help="a number for each sheet: 3, or 1,4,9, or 1:30")
    parser.add_argument("topics", nargs="*", default=[*TOPICS], metavar="topic", help=", ".join(TOPICS))
    parser.add_argument("--only", choices=("sheets", "key"), help="one of the two alone")
    chosen = parser.parse_args(arguments)
    printed = [one for one in (sheets, key) if chosen.only in (None, one.__name__)]
    try:
        print("\n".join(one(chosen.seeds, chosen.topics) for one in printed), end="")
    except ValueError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
