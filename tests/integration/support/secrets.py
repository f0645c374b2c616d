"""The secrets of the clusters, and those that tests plant, to be looked for in what was written; they are never printed themselves."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import yaml

from tests.lab.steps import LabError

from .lab import CONTEXTS, Lab, kubeconfig

_SHORTEST = 12
_PASSWORDS, _TOKENS, _KEYS = ("password",), ("token",), ("tls.key", "keystore", "truststore")


def forms(value: bytes) -> Iterator[str]:
    """A secret as it may be written: as it is, as part of a URL, and in base64, wherever it begins in what was encoded."""
    try:
        text = value.decode()
        yield from (text, quote(text, safe=""), quote_plus(text))
    except UnicodeDecodeError:
        pass  # only encoded can it be in a text
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + value).decode()
        # The first and last characters also hold bits of what stands beside it.
        inner = encoded[(0, 2, 3)[before] : len(encoded) - (0, 3, 2)[(before + len(value)) % 3]]
        yield from (inner, inner.replace("+", "-").replace("/", "_"))


@dataclass
class Secrets:
    """Every secret seen so far in every form, and what it is."""

    values: dict[str, str] = field(default_factory=dict, repr=False)

    def kinds(self) -> set[str]:
        return {what.split()[-1] for what in self.values.values()}

    def plant(self, value: str, what: str) -> str:
        """Remembers a value that a test made up, and gives it back."""
        self._keep(value.encode(), f"planted {what}")
        return value

    def note(self, lab: Lab) -> None:
        """Remembers all that is secret now; a context without anything of ours has none."""
        for user in kubeconfig()["users"]:
            self._keep(base64.b64decode(user["user"]["client-key-data"]), f"{user['name']} key")
        for context in CONTEXTS:
            try:
                for secret in lab.items(context, "secrets"):
                    self._note_secret(context, secret)
            except LabError:
                continue

    def _note_secret(self, context: str, secret: dict[str, Any]) -> None:
        where = f"{context} {secret['metadata']['name']}"
        for name, encoded in (secret.get("data") or {}).items():
            value = base64.b64decode(encoded)
            if name == "kubeconfig":
                self._keep(yaml.safe_load(value)["users"][0]["user"]["token"].encode(), f"{where} token")
            for names, what in ((_PASSWORDS, "password"), (_TOKENS, "token"), (_KEYS, "key")):
                if name in names:
                    self._keep(value, f"{where} {what}")

    def _keep(self, value: bytes, what: str) -> None:
        # Of a key's many lines each is a secret, as a screen shows them one by one.
        lines = [line for line in value.splitlines() if not line.startswith(b"-----")] if value.isascii() else [value]
        for line in lines:
            self.values.update({form: what for form in forms(line) if len(line) >= _SHORTEST and len(form) >= _SHORTEST})

    def in_text(self, text: str) -> list[str]:
        """What of them is in a text, by its name and never by its value."""
        return sorted({what for value, what in self.values.items() if value in text})

    def in_files(self, folder: Path) -> dict[str, list[str]]:
        """What of them is in the files below a folder, whatever these are."""
        # One look for all: a thousand secrets in a hundred megabytes take Python minutes.
        command = ["grep", "--recursive", "--text", "--files-with-matches", "--fixed-strings", "--file=-", str(folder)]
        asked = subprocess.run(
            command, input="\n".join(self.values), capture_output=True, text=True, check=False, timeout=300, env={"LC_ALL": "C"}
        )
        assert asked.returncode in (0, 1), asked.stderr
        return {path: self.in_text(Path(path).read_text(errors="replace")) for path in asked.stdout.splitlines()}
