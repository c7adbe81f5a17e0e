"""Runs the Python code of documents, from the root of the project: check_snippets.py README.md …"""

import pathlib
import re
import sys

import matplotlib

matplotlib.use("Agg")

found = 0
for name in sys.argv[1:]:
    text = pathlib.Path(name).read_text()
    for code in re.findall(r"(?ms)^```python\n(.*?)^```", text):
        found += 1
        names = {}
        exec(compile(code, name, "exec"), names)
        # The table of the demo's run, as the documents read it.
        if "table" in names:
            assert {"w2", "coupling"} <= set(names["table"].columns), names["table"].columns
if not found:
    sys.exit("no Python in " + ", ".join(sys.argv[1:]))
print(f"{found} blocks of Python in {', '.join(sys.argv[1:])} run")
