"""Builds the library's documentation: python3 tools/documentation.py FOLDER

Takes the modules that `swift build` left in .build/release, extracts their symbols, refuses public ones without a word of
documentation, and has DocC make one archive of all modules with the articles of docs/Kac.docc, every warning being an error.
FOLDER can be served as it is: `python3 -m http.server -d FOLDER`.
"""

import json
import pathlib
import shlex
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILT = ROOT / ".build/release/Modules"
LIBRARY = "Kac"


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout


def tool(name):
    """A program of the toolchain."""
    return shutil.which(name) or output("xcrun", "--find", name).strip()


def modules():
    """The modules of the library, those that others import first."""
    described = json.loads(output("swift", "package", "describe", "--type", "json"))
    (product,) = [product for product in described["products"] if product["name"] == LIBRARY]
    return product["targets"]


def extract(module, folder):
    """Writes the graph of a module's public symbols."""
    target = json.loads(output("swift", "-print-target-info"))["target"]["unversionedTriple"]
    # The modules of C that ours import: given ones, and those that the build made for targets of C.
    patterns = ("Sources/*/module.modulemap", ".build/checkouts/*/Sources/**/module.modulemap", ".build/release/C*.build/module.modulemap")
    maps = [path.parent for pattern in patterns for path in ROOT.glob(pattern)]
    flags = []
    for library in ("fftw3", "hdf5-serial", "hdf5"):
        found = subprocess.run(["pkg-config", "--cflags-only-I", library], capture_output=True, text=True)
        flags += [word for flag in shlex.split(found.stdout) for word in ("-Xcc", flag)]
    includes = [word for path in [BUILT, *maps] for word in ("-I", str(path))]
    subprocess.run(
        [tool("swift"), "symbolgraph-extract", "-module-name", module, "-minimum-access-level", "public", "-skip-synthesized-members"]
        + ["-target", target, "-output-dir", str(folder)] + includes + flags,
        check=True, cwd=ROOT,
    )


def undocumented(folder):
    """The public symbols without a word, with their places."""
    for file in sorted(folder.glob("*.symbols.json")):
        graph = json.loads(file.read_text())
        # Members that a protocol of another module documents carry its words.
        inherited = {edge["source"] for edge in graph["relationships"] if "sourceOrigin" in edge}
        for symbol in graph["symbols"]:
            precise = symbol["identifier"]["precise"]
            if "docComment" not in symbol and "::SYNTHESIZED::" not in precise and precise not in inherited:
                place = symbol.get("location", {"uri": "file://?", "position": {"line": -1}})
                line = place["position"]["line"] + 1
                yield f"{place['uri'].removeprefix('file://')}:{line}: {'.'.join(symbol['pathComponents'])} has no documentation"


def main():
    destination = pathlib.Path(sys.argv[1]).resolve()
    graphs = ROOT / ".build/symbol-graphs"
    shutil.rmtree(graphs, ignore_errors=True)
    graphs.mkdir(parents=True)
    names = modules()
    for module in names:
        extract(module, graphs)
    silent = list(undocumented(graphs))
    if silent:
        sys.exit("\n".join(silent))
    shutil.rmtree(destination, ignore_errors=True)
    destination.parent.mkdir(parents=True, exist_ok=True)
    # A list of parameters names those that the signature does not explain.
    subprocess.run(
        [tool("docc"), "convert", "docs/Kac.docc", "--additional-symbol-graph-dir", str(graphs), "--output-path", str(destination)]
        + ["--fallback-bundle-identifier", "kac", "--fallback-display-name", "kac", "--warnings-as-errors"]
        + ["--disable-parameters-and-returns-validation"],
        check=True, cwd=ROOT,
    )
    count = sum(len(json.loads(file.read_text())["symbols"]) for file in graphs.glob("*.symbols.json"))
    print(f"{count} public symbols of {len(names)} modules, and the articles of docs/Kac.docc, in {destination}")


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        # The program has said what is wrong.
        sys.exit(error.returncode)
