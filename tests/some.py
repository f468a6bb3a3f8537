"""A loop in a test checks something only if there is something to loop over."""


def some(items):
    """The items as a list, of which there must be one at least."""
    items = list(items)
    assert items, "there is nothing to loop over"
    return items
