"""What is listed of rights: accounts that have it, accounts that lack one rule each, and stories that used no more."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from .audit import Audit
from .forged import DAY, certificate, user_of
from .lab import CONTEXTS, NAMESPACE, Lab, kubeconfig
from .uses import uses_in
from .watch import Story

_LIST = "k8ssandra.operator.list_rights"
ACCOUNT = "k8ssandra-ansible"
OPTIONAL = f"{ACCOUNT}-optional"
_ROLES = ("Role", "ClusterRole")
# A pod was wanted in a namespace that has just been made: no refusal of a right.
_NO_ACCOUNT_YET = "error looking up service account"
_RBAC = "rbac.authorization.k8s.io"


@dataclass(frozen=True)
class Rule:
    """One rule of the roles that were listed for a context.

    Args:
        name: what the role that holds it alone is called, and after `without-` the account that lacks it.
        namespace: the role's; empty for all namespaces.
        rule: as the role has it.
    """

    name: str
    namespace: str
    rule: dict[str, list[str]]

    @property
    def kinds(self) -> set[str]:
        """What it is about, as preflight calls it."""
        return {f"{resource}.{self.rule['apiGroups'][0]}".rstrip(".") for resource in self.rule["resources"]}

    def grants(self, use: Mapping[str, str]) -> bool:
        """Whether a use, as `uses_in` has it, needs no rule but this."""
        named = {"apiGroups": use["group"], "resources": use["resource"], "verbs": use["verb"]}
        return self.namespace in ("", use["namespace"]) and all(value in self.rule[key] for key, value in named.items())

    def objects(self, users: Iterable[str]) -> list[dict[str, Any]]:
        """A role with this rule alone, bound to some users."""
        kind = "Role" if self.namespace else "ClusterRole"
        metadata = {"name": self.name, **({"namespace": self.namespace} if self.namespace else {})}
        reference = {"apiGroup": _RBAC, "kind": kind, "name": self.name}
        subjects = [{"apiGroup": _RBAC, "kind": "User", "name": user} for user in users]
        common = {"apiVersion": f"{_RBAC}/v1", "metadata": metadata}
        return [{**common, "kind": kind, "rules": [self.rule]},
                {**common, "kind": f"{kind}Binding", "roleRef": reference, "subjects": subjects}]  # fmt: skip


def rules_in(manifest: Path, name: str = ACCOUNT) -> list[Rule]:
    """The rules of a listed manifest that a run cannot do without, or those of roles with another name."""
    roles = [body for body in yaml.safe_load_all(manifest.read_text()) if body["kind"] in _ROLES and body["metadata"]["name"] == name]
    found = [(role["metadata"].get("namespace", ""), rule) for role in roles for rule in role["rules"]]
    return [Rule(f"rule-{number}", namespace, rule) for number, (namespace, rule) in enumerate(found)]


def apply(lab: Lab, context: str, text: str) -> None:
    """What a platform team does with a manifest: each object says its own namespace."""
    replace(lab.cluster(context), namespace="").kubectl("apply", "--server-side", "--filename", "-", stdin=text)


def remove(lab: Lab, context: str, text: str, *words: str) -> None:
    """Takes it away again, namespaces and all."""
    cluster = replace(lab.cluster(context), namespace="")
    cluster.kubectl("delete", "--ignore-not-found", "--timeout=60s", *words, "--filename", "-", stdin=text)


def kubeconfig_of_account(lab: Lab, path: Path) -> Path:
    """A kubeconfig in which every context logs in with a token of the account."""
    tokens = {one: lab.cluster(one).kubectl("create", "token", ACCOUNT, "--duration=2h").strip() for one in CONTEXTS}
    return _write(path, {f"lab-admin@{context}": {"token": token} for context, token in tokens.items()})


def kubeconfig_of_user(path: Path, name: str) -> Path:
    """A kubeconfig in which hub and east know a user by a certificate."""
    users = {one: user_of(*certificate(one, name, began=DAY, ends=DAY)) for one in ("hub", "east")}
    return _write(path, {f"lab-admin@{context}": user for context, user in users.items()})


def _write(path: Path, users: dict[str, dict[str, str]]) -> Path:
    content = {**kubeconfig(), "users": [{"name": name, "user": user} for name, user in users.items()]}
    content["contexts"] = [each for each in content["contexts"] if each["context"]["user"] in users]
    path.touch(mode=0o600)
    path.write_text(json.dumps(content))
    return path


def refused(audit: Audit, user: str) -> Iterator[str]:
    """The requests of a user that an API server answered with 403, whatever sent them."""
    for context in CONTEXTS:
        for event in audit.all_events(context):
            answer = event.get("responseStatus", {})
            if event["user"]["username"] == user and answer.get("code") == 403 and _NO_ACCOUNT_YET not in answer.get("message", ""):
                yield f"{context}: {event['verb']} {event['requestURI']} by {event.get('userAgent', '')}"


SUBJECT = f"system:serviceaccount:{NAMESPACE}:{ACCOUNT}"


def demand_listed(story: Story, *telling: str, both: bool = False) -> None:
    """Insists that since the story began our modules used no right that is not listed for its inventory as it is now.

    Args:
        telling: what the story is told for, as verb and resource: without these uses it would show nothing.
        both: whether the operator and the collection both took part. Else the rights of a move do not count.
    """
    rules = _listed(story, ("operator", "ansible") if both else ("ansible",), moves=both)
    runs = [(story.began, Audit.from_now())]
    uses = [(context, f"{use['verb']} {use['resource']}", use) for context in CONTEXTS for use in uses_in(context, runs)]
    silent = set(telling) - {used for _context, used, _use in uses}
    assert not silent, f"nobody used {', '.join(sorted(silent))}, which the story is told for"
    more = [(context, used, use) for context, used, use in uses if not any(rule.grants(use) for rule in rules[context])]
    named = [f"{context}: {used}.{use['group']} in {use['namespace'] or 'all namespaces'}" for context, used, use in more]
    assert not named, "not listed: " + "; ".join(named)


def _listed(story: Story, ways: Iterable[str], *, moves: bool) -> dict[str, list[Rule]]:
    """What `list_rights` lists for each context. A list that may be left out counts: whoever is refused it does without."""
    found: dict[str, list[Rule]] = {context: [] for context in CONTEXTS}
    for way in ways:
        folder = story.player.outputs / f"rights-{way}"
        said = ("-e", f"k8ssandra_rights_folder={folder}", "-e", f"k8ssandra_control_plane={way}")
        story.player.play(_LIST, story.inventory.path, *said, timeout=60).demand()
        for context in CONTEXTS:
            spared = rules_in(folder / f"{context}.yml", OPTIONAL)
            found[context] += rules_in(folder / f"{context}.yml")
            found[context] += [rule for rule in spared if moves or rule.rule["verbs"] == ["list"]]
    return found
