"""Does every test assert, on every path through it? (Linters know empty asserts, and none follows paths.)

    python tools/asserting.py [files]

A test that loops over nothing, or returns early, passes without having checked anything. This reads the
tests and reports each one that can: a path to its end on which no assertion is sure to run. What counts as
one: `assert`, `with pytest.raises(...)`, `expect(...)` of Playwright, `numpy.testing`, and calls of
functions of the tests that are themselves sure to assert. A loop counts only over something that is written
down and not empty, or over `some(...)` of tests/some.py, which fails where there is nothing. An assertion
that compares a name with itself is reported, too.
"""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Calls that assert, by the name that they are called by, and calls after which a test does not go on.
ASSERTING = {"raises", "warns", "expect", "assert_array_equal", "assert_allclose"}
ENDING = {"fail", "skip", "exit"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def called(call):
    """The last part of the name that is called: `raises` for `pytest.raises(...)`."""
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def certain(node):
    """All expressions that are evaluated whenever `node` is: no lambdas, no loops, no second halves."""
    if isinstance(node, (ast.Lambda, *FUNCTIONS)):
        return
    yield node
    if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
        children = [node.generators[0].iter]
    elif isinstance(node, ast.BoolOp):
        children = node.values[:1]
    elif isinstance(node, ast.IfExp):
        children = [node.test]
    else:
        children = ast.iter_child_nodes(node)
    for child in children:
        yield from certain(child)


class Paths:
    """Follows the paths through one function, given the names of functions that are sure to assert."""

    def __init__(self, asserting, constants):
        self.asserting = set(asserting)
        self.constants = constants
        self.gaps = []

    def asserts(self, node):
        calls = (part for part in certain(node) if isinstance(part, ast.Call))
        return any(called(call) in self.asserting for call in calls)

    def nonempty(self, iterable):
        """Whether a loop over it is sure to run."""
        if isinstance(iterable, ast.Name):
            return iterable.id in self.constants
        if isinstance(iterable, (ast.Tuple, ast.List, ast.Set)):
            return any(not isinstance(item, ast.Starred) for item in iterable.elts)
        if isinstance(iterable, ast.Dict):
            return bool(iterable.keys)
        if isinstance(iterable, ast.Constant):
            return bool(iterable.value)
        if not isinstance(iterable, ast.Call):
            return False
        name, given = called(iterable), iterable.args
        if name == "range" and all(isinstance(one, ast.Constant) for one in given):
            return len(range(*(one.value for one in given))) > 0
        if name == "some":
            return True
        if name in ("enumerate", "sorted", "reversed", "zip", "product"):
            return bool(given) and all(self.nonempty(one) for one in given)
        if name in ("items", "values", "keys") and isinstance(iterable.func, ast.Attribute):
            return self.nonempty(iterable.func.value)
        return False

    def through(self, body, done):
        """Whether an assertion is sure to have run after `body`; None if no path goes on from it."""
        for statement in body:
            done = self.after(statement, done)
            if done is None:
                return None
        return done

    def joined(self, ends):
        going_on = [end for end in ends if end is not None]
        return all(going_on) if going_on else None

    def after(self, node, done):
        if isinstance(node, FUNCTIONS):
            if sure(node, self.asserting, self.constants):
                self.asserting.add(node.name)
            return done
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Return):
            if not (done or (node.value is not None and self.asserts(node.value))):
                self.gaps.append(node.lineno)
            return None
        if isinstance(node, (ast.Raise, ast.Continue, ast.Break)):
            return None
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and called(node.value) in ENDING:
            return None
        if isinstance(node, ast.If):
            done = done or self.asserts(node.test)
            return self.joined([self.through(node.body, done), self.through(node.orelse, done)])
        if isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
            return self.after_loop(node, done)
        if isinstance(node, (ast.With, ast.AsyncWith)):
            done = done or any(self.asserts(item.context_expr) for item in node.items)
            return self.through(node.body, done)
        if isinstance(node, ast.Try):
            tried = self.through([*node.body, *node.orelse], done)
            ends = [tried, *(self.through(handler.body, done) for handler in node.handlers)]
            return self.through(node.finalbody, self.joined(ends))
        return done or self.asserts(node)

    def after_loop(self, node, done):
        head = node.test if isinstance(node, ast.While) else node.iter
        inside = self.through(node.body, done)
        leaves = any(isinstance(part, (ast.Continue, ast.Break)) for part in ast.walk(node))
        runs = not isinstance(node, ast.While) and self.nonempty(head)
        return done or self.asserts(head) or bool(inside and runs and not leaves)


def sure(function, asserting, constants):
    """Whether `function` asserts on every path through it."""
    paths = Paths(asserting, constants)
    return paths.through(function.body, False) is not False and not paths.gaps


def constants(tree):
    """Names of a module that stand for something written down there, and not empty."""
    paths = Paths((), set())
    for node in tree.body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and paths.nonempty(node.value)
        ):
            paths.constants.add(node.targets[0].id)
    return paths.constants


def helpers(trees):
    """Names of functions, in any of the files, all of that name sure to assert."""
    named = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, FUNCTIONS) and not node.name.startswith("test_"):
                named.setdefault(node.name, []).append((node, constants(tree)))
    found = set(ASSERTING)
    while True:
        more = {
            name for name, all_of in named.items() if all(sure(one, found, here) for one, here in all_of)
        }
        if more <= found:
            return found
        found |= more


def same(node):
    """Whether a comparison has the same name, or part of one, on both of its sides."""
    sides = [node.left, *node.comparators]
    named = [side for side in sides if not any(isinstance(part, ast.Call) for part in ast.walk(side))]
    spelled = [ast.dump(side) for side in named if not isinstance(side, ast.Constant)]
    return len(set(spelled)) < len(spelled)


def problems(paths):
    """Lines to be printed, one for each test or assertion that can not fail."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in paths}
    asserting = helpers(trees.values())
    for path, tree in trees.items():
        here = constants(tree)
        for node in ast.walk(tree):
            if (
                isinstance(node, FUNCTIONS)
                and node.name.startswith("test_")
                and not sure(node, asserting, here)
            ):
                yield f"{path}:{node.lineno}: {node.name} can pass without an assertion"
            if isinstance(node, ast.Assert):
                for part in ast.walk(node.test):
                    if isinstance(part, ast.Compare) and same(part):
                        yield f"{path}:{part.lineno}: compares {ast.unparse(part.left)} with itself"


def main(arguments):
    found = list(problems([Path(name) for name in arguments] or sorted((ROOT / "tests").rglob("*.py"))))
    print("\n".join(found) or "Every test asserts on every path through it.")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
