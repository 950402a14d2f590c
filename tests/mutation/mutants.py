"""One-token mutants of C++ sources that are formatted by the project's .clang-format."""

import re
from typing import NamedTuple

TOKEN = re.compile(
    r"""(?P<skipped>//[^\n]*|/\*.*?\*/|^[ ]*\#[^\n]*|^[ ]*(?:using|static_assert)\b[^;]*;)
      | (?P<text>R"(?P<mark>\w*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
      | (?P<number>\d(?:[eE][+-]|[\w'.])*)
      | (?P<name>[A-Za-z_]\w*)
      | (?P<sign><=>|[-+*/<>=!]=|&&|\|\||\+\+|--|->|::|<<|>>|[^\s\w])""",
    re.X | re.S | re.M)
ENUM = re.compile(r"enum class (\w+)[^{;]*\{([^}]*)\}")

# Between two operands, which is where the format has spaces on both sides.
BETWEEN = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "&&": "||",
           "||": "&&", "+": "-", "-": "+", "*": "/", "/": "*", "+=": "-=", "-=": "+="}
ANYWHERE = {"++": "--", "--": "++", "true": "false", "false": "true"}
OF_A_LIBRARY = {"min": "max", "max": "min", "min_element": "max_element",
                "max_element": "min_element", "any_of": "all_of", "all_of": "any_of"}


class Mutant(NamedTuple):
    """`text` between `begin` and `end` of the file becomes `other`."""
    file: str
    line: int
    column: int
    begin: int
    end: int
    text: str
    other: str

    @property
    def files(self):
        return [self.file]

    def make(self, source):
        """`&&` beside `||` is no reason not to compile."""
        path = source / self.file
        text = path.read_text()
        path.write_text('#pragma GCC diagnostic ignored "-Wparentheses"\n#line 1\n' +
                        text[:self.begin] + self.other + text[self.end:])

    def __str__(self):
        what = f"{self.text} -> {self.other or 'nothing'}"
        if self.other == f"!({self.text})":
            what = "negated: " + " ".join(self.text.split())
        return f"{self.file}:{self.line}:{self.column}: {what}"


def enumerators(headers):
    """The enumerators of each scoped enumeration, by its name."""
    found = {}
    for header in headers:
        for name, body in ENUM.findall(re.sub(r"//[^\n]*", "", header)):
            found[name] = re.findall(r"(\w+)\s*(?:=[^,]*)?(?:,|$)", body.strip())
    return found


def condition_after(tokens, at):
    """Begin and end of what `if` or `while` at this token asks; None if that is a declaration or
    another mutant negates all of it."""
    depth = 0
    begin = None
    asks = []
    for token in tokens[at + 1:]:
        if token.group() == "(":
            depth += 1
            if depth == 1:
                begin = token.end()
                continue
        elif depth == 0:
            return None  # if constexpr
        elif token.group() == ")":
            depth -= 1
            if depth == 0:
                whole = any(sign in asks for sign in ("&&", "||"))
                plain = not any(sign in asks for sign in ("==", "!=", "!"))
                return (begin, token.start()) if "=" not in asks and (whole or plain) else None
        elif token.group() == ";":
            begin, asks = token.end() + 1, []
            continue
        if depth == 1:
            asks.append(token.group())
    return None


def next_number(text):
    """The number that follows, with the same suffix; None if it is not a plain decimal."""
    parts = re.fullmatch(r"(\d[\d']*)(\.\d+)?([uUlL]*)", text)
    if not parts:
        return None
    return str(int(parts[1].replace("'", "")) + 1) + (parts[2] or "") + parts[3]


def mutants_of(file, source, enumerations):
    """All mutants of a source file, in the order of their places."""
    tokens = [t for t in TOKEN.finditer(source) if not t["skipped"]]
    found = []

    def add(begin, end, other):
        line = source.count("\n", 0, begin) + 1
        column = begin - source.rfind("\n", 0, begin)
        found.append(Mutant(file, line, column, begin, end, source[begin:end], other))

    for at, token in enumerate(tokens):
        text, begin, end = token.group(), token.start(), token.end()
        before = source[max(begin - 12, 0):begin]
        if token["number"]:
            if other := next_number(text):
                add(begin, end, other)
        elif text in BETWEEN:
            if source[begin - 1].isspace() and source[end].isspace():
                add(begin, end, BETWEEN[text])
        elif text in ANYWHERE:
            add(begin, end, ANYWHERE[text])
        elif text == "!":
            add(begin, end, "")
        elif text in OF_A_LIBRARY and before.endswith(("std::", "ranges::")):
            add(begin, end, OF_A_LIBRARY[text])
        elif text in ("if", "while"):
            if condition := condition_after(tokens, at):
                add(*condition, f"!({source[slice(*condition)]})")
        elif text == "return" and at + 4 < len(tokens) and tokens[at + 2].group() == "::":
            known = enumerations.get(tokens[at + 1].group(), [])
            returned = tokens[at + 3]
            if returned.group() in known and tokens[at + 4].group() == ";" and len(known) > 1:
                following = known[(known.index(returned.group()) + 1) % len(known)]
                add(returned.start(), returned.end(), following)
    return found
