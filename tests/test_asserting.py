"""The check of the tests themselves finds what cannot fail, and nothing else."""

import asserting
import pytest

SURE = [
    "def test_a():\n    assert f()",
    "def test_a():\n    for x in (1, 2):\n        assert f(x)",
    "def test_a():\n    for x in some(g()):\n        assert f(x)",
    "def test_a():\n    with pytest.raises(ValueError):\n        f()",
    "def test_a():\n    if x:\n        assert f()\n    else:\n        assert g()",
    "def test_a():\n    if x:\n        pytest.skip('no')\n    assert f()",
    "ALL = [1, 2]\ndef test_a():\n    for x in ALL:\n        assert f(x)",
    "def check(x):\n    assert x\ndef test_a():\n    check(1)",
    "def test_a():\n    @given(x)\n    def holds(x):\n        assert x\n    holds()",
    "def test_a():\n    try:\n        f()\n    finally:\n        assert g()",
    "def test_a():\n    assert f(1) == f(1)",
]
NOT_SURE = [
    "def test_a():\n    f()",
    "def test_a():\n    for x in g():\n        assert f(x)",
    "def test_a():\n    for x in ():\n        assert f(x)",
    "def test_a():\n    for x in range(0):\n        assert f(x)",
    "def test_a():\n    for x in (1, 2):\n        if x > 2:\n            assert f(x)",
    "def test_a():\n    for x in (1, 2):\n        if x:\n            continue\n        assert f(x)",
    "def test_a():\n    if x:\n        return\n    assert f()",
    "def test_a():\n    while x:\n        assert f()",
    "def test_a():\n    if x:\n        assert f()",
    "def test_a():\n    x and check(1)\ndef check(x):\n    assert x",
    "def check(x):\n    if x:\n        assert x\ndef test_a():\n    check(1)",
    "def test_a():\n    [check(x) for x in g()]\ndef check(x):\n    assert x",
    "def test_a():\n    def holds(x):\n        assert x",
    "def test_a():\n    x = 1\n    assert x == x",
    "def test_a():\n    assert a.b[0] <= c < a.b[0]",
]


def said(tmp_path, source):
    path = tmp_path / "test_it.py"
    path.write_text(source)
    return list(asserting.problems([path]))


@pytest.mark.parametrize("source", SURE)
def test_what_is_sure_to_assert_is_left_alone(tmp_path, source):
    assert said(tmp_path, source) == []


@pytest.mark.parametrize("source", NOT_SURE)
def test_what_can_pass_without_an_assertion_is_reported(tmp_path, source):
    (line,) = said(tmp_path, source)
    assert line.startswith(f"{tmp_path / 'test_it.py'}:")


def test_the_command_fails_where_there_is_something_to_say(tmp_path, capsys):
    path = tmp_path / "test_it.py"
    path.write_text(NOT_SURE[0])
    assert asserting.main([str(path)]) and "test_a can pass" in capsys.readouterr().out
    path.write_text(SURE[0])
    assert not asserting.main([str(path)])
