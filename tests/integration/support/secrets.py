"""The secrets of the clusters, and those that tests plant, to be looked for in what was written; they are never printed themselves."""

from __future__ import annotations

import base64
import copy
import secrets as dice
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import yaml

from tests.lab.layout import CACHE
from tests.lab.steps import LabError

from .lab import CONTEXTS, STATE, Lab, kubeconfig

_SHORTEST = 12
_PLANTED = "planted"
_PASSWORDS, _TOKENS, _KEYS = ("password",), ("token",), ("tls.key", "keystore", "truststore")
# Kernel and hardware, the disks of clusters, which hold their secrets, and what others installed, which is long to look through.
_NO_FILES = ("/proc", "/sys", "/dev/fd", "*/.cache/lab", str(CACHE), "*/site-packages", "*/go/pkg", "*/go-build", "*/.git")


def forms(value: bytes) -> Iterator[str]:
    """A secret as it may be written: as it is, as part of a URL, and in base64, wherever it begins in what was encoded."""
    try:
        text = value.decode()
        yield from (text, quote(text), quote(text, safe=""), quote_plus(text))
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
        self._keep(value.encode(), f"{_PLANTED} {what}")
        return value

    def make_up(self, what: str) -> str:
        """Plants a value that has to be written otherwise in a URL and in base64."""
        return self.plant(f"hidden/{dice.token_hex(8)}+{dice.token_hex(4)}=", what)

    def planted(self) -> Secrets:
        """Those alone that tests made up, which nothing but a test's own files has reason to hold."""
        return Secrets({value: what for value, what in self.values.items() if what.startswith(_PLANTED)})

    def note(self, lab: Lab) -> None:
        """Remembers all that is secret now; a context without anything of ours has none."""
        self.note_kubeconfig("the lab's", kubeconfig())
        for context in CONTEXTS:
            try:
                for secret in lab.items(context, "secrets"):
                    self._note_secret(context, secret)
            except LabError:
                continue

    def note_kubeconfig(self, whose: str, content: Mapping[str, Any]) -> None:
        """Remembers what a kubeconfig's users log in with."""
        for user in content["users"]:
            where, said = f"{whose} {user['name']}", user["user"]
            for name in ("token", "password"):
                self._keep(str(said.get(name, "")).encode(), f"{where} {name}")
            # As it is in the kubeconfig, too, which may be encoded as a whole.
            self._keep(said.get("client-key-data", "").encode(), f"{where} kubeconfig")
            self._keep(base64.b64decode(said.get("client-key-data", "")), f"{where} key")

    def _note_secret(self, context: str, secret: dict[str, Any]) -> None:
        where = f"{context} {secret['metadata']['name']}"
        for name, encoded in (secret.get("data") or {}).items():
            value = base64.b64decode(encoded)
            if name == "kubeconfig":
                self.note_kubeconfig(where, yaml.safe_load(value))
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

    def in_files(self, *places: Path) -> dict[str, list[str]]:
        """What of them is in files, and in those below folders, whatever these are."""
        # One look for all: a thousand secrets in a hundred megabytes take Python minutes.
        command = ["grep", "--recursive", "--text", "--no-messages", "--files-with-matches", "--fixed-strings", "--file=-", "--"]
        asked = subprocess.run(
            [*command, *map(str, places)],
            input="\n".join(self.values),
            capture_output=True,
            text=True,
            timeout=300,
            env={"LC_ALL": "C"},
            check=False,
        )
        return {path: self.in_text(Path(path).read_text(errors="replace")) for path in asked.stdout.splitlines()}

    def elsewhere(self, mark: Path, *known: Path) -> dict[str, list[str]]:
        """What of them is in any file of this machine that is younger than a mark, but below the folders that are known to hold them."""
        kept = [word for place in (*_NO_FILES, *map(str, known)) for word in ("-o", "-path", place)][1:]
        wanted = ["-type", "f", "-newer", str(mark), "-size", "-200M", "-print"]
        command = ["find", "/", "(", *kept, ")", "-prune", "-o", *wanted]
        asked = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        young = [Path(line) for line in asked.stdout.splitlines()]
        assert young, "no file is younger than the mark, not even what the test itself writes"
        audited = [STATE / context / "audit.log" for context in CONTEXTS]
        return self.in_files(*audited, *young)


def with_passwords(cluster: Mapping[str, Any], planted: Secrets) -> dict[str, Any]:
    """A cluster's definition with passwords wherever one can be."""
    found = copy.deepcopy(dict(cluster))
    config = found["spec"]["cassandra"]["config"]
    config["cassandraYaml"] = {"client_encryption_options": {"enabled": False, "keystore_password": planted.make_up("password")}}
    config["jvmOptions"]["additionalOptions"] = [f"-Djavax.net.ssl.keyStorePassword={planted.make_up('password')}"]
    return found
