"""The real secrets of the clusters, to be looked for in what was printed; they are never printed themselves."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

import yaml

from tests.lab.steps import LabError

from .lab import CONTEXTS, Lab, kubeconfig

_SHORTEST = 12
_PASSWORDS, _TOKENS, _KEYS = ("password",), ("token",), ("tls.key", "keystore", "truststore")


@dataclass
class Secrets:
    """Every secret seen so far, and what it is."""

    values: dict[str, str] = field(default_factory=dict, repr=False)

    def kinds(self) -> set[str]:
        return {what.split()[-1] for what in self.values.values()}

    def note(self, lab: Lab) -> None:
        """Remembers all that is secret now; a context without anything of ours has none."""
        for user in kubeconfig()["users"]:
            self._keep(base64.b64decode(user["user"]["client-key-data"]).decode(), f"{user['name']} key")
        for context in CONTEXTS:
            try:
                for secret in lab.items(context, "secrets"):
                    self._note_secret(context, secret)
            except LabError:
                continue

    def _note_secret(self, context: str, secret: dict[str, Any]) -> None:
        where = f"{context} {secret['metadata']['name']}"
        for name, encoded in (secret.get("data") or {}).items():
            value = base64.b64decode(encoded).decode(errors="replace")
            if name == "kubeconfig":
                self._keep(yaml.safe_load(value)["users"][0]["user"]["token"], f"{where} token")
            for names, what in ((_PASSWORDS, "password"), (_TOKENS, "token"), (_KEYS, "key")):
                if name in names:
                    self._keep(value, f"{where} {what}")

    def _keep(self, value: str, what: str) -> None:
        # Of a key's many lines each is a secret, as a screen shows them one by one.
        lines = [line for line in value.splitlines() if len(line) >= _SHORTEST and not line.startswith("-----")]
        for line in lines:
            self.values[line] = what
        if lines:
            self.values[base64.b64encode(value.encode()).decode()] = what

    def in_text(self, text: str) -> list[str]:
        """What of them is in a text, by its name and never by its value."""
        return sorted({what for value, what in self.values.items() if value in text})
