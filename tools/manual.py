"""Prints kac's manual page, made of what its parser says of itself: python tools/manual.py .build/release/kac > kac.1"""

import datetime
import json
import os
import re
import subprocess
import sys
import textwrap

ENVIRONMENT = [
    ("KAC_DATA", "The folder with the shipped experiments, a clone of the project or PREFIX/share/kac, for kac examples."),
    ("KAC_PYTHON", "The Python that draws the pages of kac report; it needs h5py, numpy and matplotlib."),
    ("SOURCE_DATE_EPOCH", "The date of run files, in seconds since 1970: equal runs then make equal files."),
]

EXIT_CODES = [
    (0, "The command did what was asked."),
    (64, "The command line is wrong."),
    (65, "A value or the content of a file is wrong."),
    (66, "An input is missing or cannot be read."),
    (69, "A program that is needed is missing."),
    (70, "A solver stopped; what it solved is kept."),
    (73, "The output exists, or cannot be made."),
    (74, "Input or output failed, or the disk is full."),
    (75, "Interrupted; a checkpoint is kept, and the same command goes on with --resume."),
]


def escaped(text):
    """A text that roff takes as it is."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    text = "".join(c if ord(c) < 128 else f"\\[u{ord(c):04X}]" for c in text)
    return "\\&" + text if text.startswith((".", "'")) else text


def prose(text):
    """Lines of mdoc: each sentence begins one, as roff wants it, and none is long."""
    for sentence in re.split(r"(?<=[.:;!?)]) +", " ".join(text.split())):
        yield from map(escaped, textwrap.wrap(sentence, 70, break_long_words=False, break_on_hyphens=False))


def paragraphs(text):
    """Lines of mdoc: indented lines are examples, kept as they are."""
    for block in (text or "").strip("\n").split("\n\n"):
        lines = block.split("\n")
        if not block.strip():
            continue
        if lines[0].startswith("  "):
            yield from (".Bd -literal -offset indent", *(escaped(line.strip()) for line in lines), ".Ed")
        else:
            yield from (".Pp", *prose(block))


def flag(name):
    return escaped(("-" if name["kind"] == "short" or name["kind"] == "longWithSingleDash" else "--") + name["name"])


def is_own(argument):
    """Whether an argument is shown, and is not the help that every command has."""
    return argument["shouldDisplay"] and argument["valueName"] not in ("help", "version")


def synopsis(path, command):
    """The usage as mdoc."""
    yield f".Nm {escaped(' '.join(path))}".rstrip()
    for argument in command.get("arguments", []):
        if not is_own(argument):
            continue
        value = f"\\fI{escaped(argument['valueName'])}\\fR"
        if argument["kind"] == "positional":
            text = value
        else:
            text = f"\\fB{flag(argument['preferredName'])}\\fR" + ("" if argument["kind"] == "flag" else f" {value}")
        text += " ..." if argument["isRepeating"] else ""
        yield f".Op {text}" if argument["isOptional"] else text


def options(command):
    """The arguments of a command with what they mean."""
    shown = [argument for argument in command.get("arguments", []) if is_own(argument)]
    if not shown:
        return
    yield ".Bl -tag -width indent"
    for argument in shown:
        value = f"\\fI{escaped(argument['valueName'])}\\fR"
        if argument["kind"] == "positional":
            yield f".It {value}"
        else:
            names = ", ".join(f"\\fB{flag(name)}\\fR" for name in argument["names"])
            yield f".It {names}" + ("" if argument["kind"] == "flag" else f" {value}")
        abstract = " ".join(argument.get("abstract", "").split())
        if "defaultValue" in argument and "(default" not in abstract:
            abstract += f" (default: {argument['defaultValue']})"
        yield from prose(abstract)
    yield ".El"


def page(root):
    moment = os.environ.get("SOURCE_DATE_EPOCH")
    day = datetime.datetime.fromtimestamp(int(moment), datetime.timezone.utc) if moment else datetime.datetime.now()
    commands = [command for command in root["subcommands"] if command["shouldDisplay"] and command["commandName"] != "help"]
    yield f".Dd {day.strftime('%B')} {day.day}, {day.year}"
    yield from (".Dt KAC 1", ".Os", ".Sh NAME", ".Nm kac", f".Nd {escaped(root['abstract'].rstrip('.'))}", ".Sh SYNOPSIS")
    for command in commands:
        yield from synopsis(["kac", command["commandName"]], command)
    yield ".Sh DESCRIPTION"
    # The exit codes have a section of their own.
    discussion = list(paragraphs(root["discussion"].split("\n\nExit codes")[0]))
    yield from discussion[1:]
    yield ".Sh COMMANDS"
    for command in commands:
        yield f".Ss {escaped('kac ' + command['commandName'])}"
        yield from prose(command["abstract"])
        yield from paragraphs(command.get("discussion"))
        yield from options(command)
    yield from (".Sh ENVIRONMENT", ".Bl -tag -width indent")
    for name, meaning in ENVIRONMENT:
        yield from (f".It Ev {name}", *prose(meaning))
    yield from (".El", ".Sh EXIT STATUS", ".Bl -tag -width indent")
    for code, meaning in EXIT_CODES:
        yield from (f".It {code}", *prose(meaning))
    yield from (".El", ".Sh SEE ALSO", ".Rs", ".%A Melchor Hernandez", ".%A Pastorello", ".%A De Palma")
    yield ".%T Mean\\-field limit from general mixtures of experts to quantum neural networks"
    yield from (".%J Letters in Mathematical Physics", ".%V 116", ".%D 2026", ".%O arXiv 2501.14660", ".Re")


if __name__ == "__main__":
    described = json.loads(subprocess.run([sys.argv[1], "--experimental-dump-help"], check=True, capture_output=True).stdout)
    print("\n".join(page(described["command"])))
