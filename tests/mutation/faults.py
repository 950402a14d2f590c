"""Faults that the program once had: patches that put them back."""

import os
import pathlib
import re
import subprocess
from typing import NamedTuple

FOLDER = pathlib.Path(__file__).resolve().parent / "faults"


class Fault(NamedTuple):
    """A patch behind a line that says what is wrong with it."""
    patch: pathlib.Path

    @property
    def files(self):
        return re.findall(r"^\+\+\+ b/(.+)$", self.patch.read_text(), re.M)

    def make(self, source):
        self.git_apply(source)

    def does_not_apply(self, source):
        """What git says of it; empty: it applies."""
        try:
            self.git_apply(source, "--check")
        except subprocess.CalledProcessError as error:
            return error.stderr
        return ""

    def git_apply(self, source, *options):
        """As if the folder were in no repository: in one, git skips what lies elsewhere."""
        alone = {**os.environ, "GIT_CEILING_DIRECTORIES": str(source.parent)}
        subprocess.run(["git", "apply", *options, str(self.patch)], cwd=source, env=alone,
                       check=True, stderr=subprocess.PIPE, text=True)

    def says(self):
        return self.patch.read_text().splitlines()[0]

    def __str__(self):
        return self.patch.stem


def all_faults(glob):
    return [Fault(patch) for patch in sorted(FOLDER.glob(glob + ".patch"))]
