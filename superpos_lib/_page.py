"""An explorer as HTML for the static page, which `book/_static/explore.js` brings to life.

What is here shows without a script: the first frame, and a sentence in place of the controls.
"""

import hashlib
import html
import json

# Chapters stand one folder below the site's root.
FRAMES_URL = "../_explore/"
LAYOUTS = ("wide", "narrow")
# Up to so many values are buttons side by side: all of them are seen, and one click from each other.
FEW = 3
# Shown until the script is there, which takes no time as a rule, and for good where it never comes.
MISSING = (
    "This picture cannot be moved: the script of this page has not arrived, or this browser runs none. "
    "Loading the page again may help."
)


def readable(value):
    """A value as a text for readers: thousands are told apart from 10,000 on."""
    long = isinstance(value, int) and abs(value) >= 10_000
    return f"{value:,}" if long else str(value)


def page(explorer, folder):
    """Write every frame to `folder`; return the HTML that shows the first and knows the others."""
    folder.mkdir(parents=True, exist_ok=True)
    frames = []
    for layouts in explorer.frames():
        entry = {"alt": layouts["wide"].alt}
        for layout, frame in layouts.items():
            name = hashlib.sha256(frame.svg).hexdigest()[:20] + ".svg"
            (folder / name).write_bytes(frame.svg)
            entry[layout] = [name, frame.width, frame.height]
        frames.append(entry)
    return markup(explorer.name, explorer.controls, frames)


def markup(explorer, controls, frames):
    """The HTML of an explorer of that name: its `Choice` by name, and of each frame alt text and files."""
    declared = {name: [str(value) for value in control.values] for name, control in controls.items()}
    wide = {name: control.reach for name, control in controls.items() if control.reach}
    data = json.dumps({"controls": declared, "wide": wide, "frames": frames}).replace("<", "\\u003c")
    first = frames[0]
    (picture, width, height), (narrow, narrow_width, narrow_height) = first["wide"], first["narrow"]
    fields = "".join(field(explorer, name, control) for name, control in controls.items())
    return f"""<figure class="explore" id="{explorer}" data-explore>
<div class="explore-bar">
<fieldset class="explore-controls" disabled><legend>Move it</legend>{fields}</fieldset>
<p class="explore-missing">{MISSING}</p></div>
<div class="explore-picture" style="{room(frames)}">
<picture>
<source media="(max-width: 600px)" srcset="{FRAMES_URL}{narrow}"
width="{narrow_width}" height="{narrow_height}">
<img src="{FRAMES_URL}{picture}" width="{width}" height="{height}" alt="{html.escape(first["alt"])}">
</picture>
</div>
<p class="explore-status" role="status"></p>
<script type="application/json" class="explore-frames">{data}</script>
</figure>"""


def room(frames):
    """Style properties for the height of the tallest frame, so that nothing below moves with a control.

    A picture that is wider than its place shrinks, so the largest ratio of height to width counts, too.
    """
    sizes = {layout: [frame[layout][1:] for frame in frames] for layout in LAYOUTS}
    properties = []
    for layout, drawn in sizes.items():
        tallest = max(height for _, height in drawn)
        steepest = max(height / width for width, height in drawn)
        properties.append(f"--{layout}-height:{tallest}px;--{layout}-ratio:{steepest:.4f}")
    return ";".join(properties)


def field(explorer, name, control):
    """A labelled control for the values that the book has pictures of: buttons, a slider or a menu."""
    identity = f"{explorer}-{name}"
    said = f'class="explore-label" id="{identity}-label">{html.escape(control.label or name)}'
    one = f'<label for="{identity}" {said}</label>'
    hidden = ""
    if control.on_demand_only:
        hidden, made = " hidden", f"<span {said}</span>"
    elif len(control.values) <= FEW:
        made = f"<span {said}</span>{_buttons(identity, control)}"
    elif control.numeric:
        first, last = html.escape(readable(control.values[0])), len(control.values) - 1
        made = (
            f'{one}<input type="range" id="{identity}" name="{name}" min="0" max="{last}" step="1" '
            f'value="0" aria-valuetext="{first}" autocomplete="off">'
            f'<output for="{identity}">{first}</output>'
        )
    else:
        options = "".join(f"<option>{html.escape(value)}</option>" for value in control.values)
        made = f'{one}<select id="{identity}" name="{name}" autocomplete="off">{options}</select>'
    return f'<div class="explore-control" data-control="{name}"{hidden}>{made}</div>'


def _buttons(identity, control):
    """Radio buttons, named by the explorer, too: those of one name in a page are one group."""
    made = []
    for number, value in enumerate(control.values):
        checked = " checked" if number == 0 else ""
        made.append(
            f'<label><input type="radio" name="{identity}" value="{html.escape(str(value))}"{checked} '
            f'autocomplete="off"><span>{html.escape(readable(value))}</span></label>'
        )
    group = f'class="explore-buttons" role="radiogroup" aria-labelledby="{identity}-label"'
    return f"<div {group}>{''.join(made)}</div>"
