"""`fleet_inventory` over clusters that are not there: which context is which, what the inventory says, and that nothing is written."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from plugins.module_utils._core.kubeconfig import Access
from plugins.module_utils._core.objects import Ref
from plugins.module_utils._kube import errors
from plugins.module_utils._module.fleet_inventory import FLEET_INVENTORY, read_fleet
from plugins.module_utils._module.run import Call, run
from tests.unit import build
from tests.unit.fakes import FakeApi, jwt
from tests.unit.plugins.module_utils._module.test_client_config_adopted import ACCOUNT, scripted

SPEC = {"cassandra": {"serverVersion": "4.1.8", "datacenters": [{"metadata": {"name": "dc1"}, "k8sContext": "kind-east", "size": 3}]}}
LIVE = {"auth": True, "cassandra": {**SPEC["cassandra"], "serverType": "cassandra"}}
APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
SECRET = "hunter2-hunter2"


def release(values: Mapping[str, Any], revision: int = 1, version: str = "1.26.0") -> dict[str, Any]:
    """What Helm keeps of a release."""
    chart = {"metadata": {"name": "k8ssandra-operator", "version": version}}
    text = json.dumps({"name": "k8ssandra-operator", "version": revision, "chart": chart, "config": values}).encode()
    labels = {"owner": "helm", "name": "k8ssandra-operator", "status": "deployed", "version": str(revision)}
    data = {"release": base64.b64encode(base64.b64encode(gzip.compress(text))).decode()}
    return build.body("Secret", "v1", f"sh.helm.release.v1.k8ssandra-operator.v{revision}", labels=labels, data=data)


def by_helm(deployment: dict[str, Any]) -> dict[str, Any]:
    annotations = {"meta.helm.sh/release-name": "k8ssandra-operator", "meta.helm.sh/release-namespace": build.NAMESPACE}
    return {**deployment, "metadata": {**deployment["metadata"], "annotations": annotations}}


def system(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "kube-system", "uid": f"uid-of-{name}"}}


def account(uid: str) -> dict[str, Any]:
    return build.body("ServiceAccount", "v1", "k8ssandra-operator", metadata={"uid": uid})


def registration(context: str, uid: str, name: str = "", cluster: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    text = scripted(jwt(sub=ACCOUNT, **{"kubernetes.io/serviceaccount/service-account.uid": uid}), context=context, cluster=cluster)
    secret = {"data": {"kubeconfig": base64.b64encode(text.encode()).decode()}}
    config = {"spec": {"contextName": context, "kubeConfigSecret": {"name": f"{context}-config"}}}
    return [
        build.body("Secret", "v1", f"{context}-config", **secret),
        build.body("ClientConfig", "config.k8ssandra.io/v1beta1", name or context, **config),
    ]


def applied(manager: str = "kubectl-client-side-apply", spec: Mapping[str, Any] | None = None, **annotations: str) -> dict[str, Any]:
    """The K8ssandraCluster as `kubectl apply` leaves it, with what the API server filled in."""
    said = {**annotations, APPLIED: json.dumps({"spec": SPEC}), "k8ssandra.io/initial-system-replication": '{"dc1":3}'}
    managed = [{"manager": manager, "operation": "Update", "fieldsV1": {"f:spec": {}}}]
    metadata = {"annotations": said, "managedFields": managed}
    return build.body("K8ssandraCluster", "k8ssandra.io/v1alpha1", "demo", spec=spec or LIVE, metadata=metadata)


class Hand:
    """hub with east, installed by hand; the kubeconfig calls east `admin@east`, the control plane calls it `kind-east`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        helm = [by_helm(build.operator(control_plane=True)), build.operator("cass-operator"), release({})]
        self.hub = FakeApi("hub", [system("hub"), account("uid-hub"), *helm, *registration("kind-east", "uid-east"), applied()])
        helm = [by_helm(build.operator()), build.operator("cass-operator"), release({"controlPlane": False})]
        self.east = FakeApi("admin@east", [system("east"), account("uid-east"), *helm])
        self.west = FakeApi("west", [system("west"), account("uid-west")])
        self.kubeconfig = folder / "kubeconfig"
        self.kubeconfig.write_text(json.dumps({
            "contexts": [{"name": name, "context": {"cluster": name, "user": "admin"}} for name in ("hub", "admin@east", "west")],
            "clusters": [{"name": name, "cluster": {"server": f"https://{name}"}} for name in ("hub", "admin@east", "west")],
            "users": [{"name": "admin", "user": {}}],
        }))  # fmt: skip

    @contextmanager
    def connect(self, access: Access) -> Iterator[FakeApi]:
        yield {api.context: api for api in (self.hub, self.east, self.west)}[access.name]

    def run(self, *, check_mode: bool = False, **options: Any) -> dict[str, Any]:
        defaults = {name: spec.get("default") for name, spec in FLEET_INVENTORY.argument_spec.items()}
        given = {"kubeconfig": str(self.kubeconfig), "context": "hub", "data_planes": ["admin@east"], **options}
        result = run(lambda call: read_fleet(call, self.connect), Call({**defaults, **given}, check_mode))
        assert [call for api in (self.hub, self.east, self.west) for call in api.writes] == []
        return result

    def said(self, **options: Any) -> dict[str, Any]:
        """The variables of each file, as Ansible reads them but for `!unsafe`, which is a text here."""

        class Loader(yaml.SafeLoader):
            pass

        Loader.add_constructor("!unsafe", lambda loader, node: f"unsafe {node.value}")
        result = self.run(**options)
        assert "failed" not in result, result
        return {file["path"]: yaml.load(file["content"], Loader=Loader) for file in result["files"]}


@pytest.fixture
def fleet(tmp_path: Path) -> Hand:
    return Hand(tmp_path)


GROUP = "group_vars/k8ssandra.yml"


def test_what_helm_installed_and_a_script_registered(fleet: Hand) -> None:
    said = fleet.said()
    groups = said["hosts.yml"]["k8ssandra"]["children"]
    assert groups == {"k8ssandra_control_plane": {"hosts": {"hub": {}}}, "k8ssandra_data_planes": {"hosts": {"kind-east": {}}}}
    assert said["host_vars/hub.yml"] == {"k8ssandra_cluster_uid": "uid-of-hub"}
    assert said["host_vars/kind-east.yml"] == {
        "k8ssandra_context": "admin@east",
        "k8ssandra_cluster_uid": "uid-of-east",
        "k8ssandra_credential": "adopted",
        "k8ssandra_server": "https://east.example:6443",
        "k8ssandra_datacenters": [{"metadata": {"name": "dc1"}, "size": 3}],
    }
    group = said[GROUP]
    assert group["k8ssandra_cluster"] == {"name": "demo", "spec": {"cassandra": {"serverVersion": "4.1.8"}}}
    assert {key: value for key, value in group.items() if key.startswith("k8ssandra_") and key != "k8ssandra_cluster"} == {
        "k8ssandra_kubeconfig": str(fleet.kubeconfig),
        "k8ssandra_installer": "helm",
        "k8ssandra_chart": "k8ssandra-operator",
        "k8ssandra_chart_repository": "https://helm.k8ssandra.io/stable",
        "k8ssandra_chart_version": "1.26.0",
        "k8ssandra_release_name": "k8ssandra-operator",
        "k8ssandra_operator_deployment": "release-k8ssandra-operator",
        "k8ssandra_operator_resources": {},
    }


def test_what_kubectl_applied(fleet: Hand) -> None:
    for api, control_plane in ((fleet.hub, True), (fleet.east, False)):
        api.put(build.operator(control_plane=control_plane, watch=""))
    group = fleet.said(kustomize="some/folder")[GROUP]
    expected = {"k8ssandra_kustomize": "some/folder", "k8ssandra_adopted": True, "k8ssandra_cluster_scoped": True}
    assert expected.items() <= group.items()
    assert "k8ssandra_installer" not in group


def test_what_differs_stands_with_its_host(fleet: Hand) -> None:
    fleet.hub.put(release({"nodeSelector": {"a": "b"}}, 2))
    fleet.east.put(release({"controlPlane": False, "replicaCount": 2}, 3, "1.25.0"))
    said = fleet.said()
    assert said["host_vars/hub.yml"]["k8ssandra_chart_values"] == {"nodeSelector": {"a": "b"}}
    assert said["host_vars/kind-east.yml"]["k8ssandra_chart_values"] == {"replicaCount": 2}
    assert said["host_vars/kind-east.yml"]["k8ssandra_chart_version"] == "1.25.0"
    assert "k8ssandra_chart_version" not in said[GROUP]


@pytest.mark.parametrize("edited", ["kubectl-edit", "kubectl-client-side-apply"])
def test_what_the_annotation_of_kubectl_does_not_say_is_taken_from_the_object(fleet: Hand, edited: str) -> None:
    live = LIVE if edited == "kubectl-edit" else {**LIVE, "cassandra": {**LIVE["cassandra"], "serverVersion": "4.1.9"}}
    fleet.hub.put(applied(edited, live))
    spec = fleet.said()[GROUP]["k8ssandra_cluster"]["spec"]
    assert spec["auth"] is True
    assert spec["cassandra"]["serverVersion"] == live["cassandra"]["serverVersion"]


def test_annotations_of_a_user_and_what_looks_like_a_template(fleet: Hand) -> None:
    fleet.hub.put(applied(**{"k8ssandra.io/autoupdate-spec": "once", "team": "{{ x }}"}))
    assert fleet.said()[GROUP]["k8ssandra_cluster"]["annotations"] == {"team": "unsafe {{ x }}"}


def test_no_secret_is_written(fleet: Hand) -> None:
    proxy = f"http://user:{SECRET}@proxy"
    fleet.hub.put(release({"client": {"proxy": proxy}}, 2))
    spec = {"cassandra": {**SPEC["cassandra"], "config": {"cassandraYaml": {"server_encryption_options": {"keystore_password": SECRET}}}}}
    fleet.hub.put(applied("kubectl-edit", spec))
    result = fleet.run()
    assert SECRET not in json.dumps(result)
    said = fleet.said()
    assert said["host_vars/hub.yml"]["k8ssandra_chart_values"]["client"]["proxy"] == "{{ k8ssandra_secret_hub_values_client_proxy }}"
    missing = [line for line in result["report"] if line.startswith("to be filled in")]
    assert ["hub_values_client_proxy" in missing[0], "keystore_password" in missing[1], len(missing)] == [True, True, 2]


def test_names_prove_nothing(fleet: Hand) -> None:
    """A ClientConfig called west leads to east, since its account is there."""
    for ref in [ref for ref in fleet.hub.objects if ref.kind == "ClientConfig"]:
        fleet.hub.remove(ref)
    for body in registration("west", "uid-east"):
        fleet.hub.put(body)
    fleet.hub.put(applied("kubectl-edit", json.loads(json.dumps(LIVE).replace("kind-east", "west"))))
    said = fleet.said(data_planes=["admin@east"])
    assert said["host_vars/west.yml"]["k8ssandra_cluster_uid"] == "uid-of-east"


def test_a_registration_without_a_service_account_is_known_by_what_it_leads_to(fleet: Hand) -> None:
    text = scripted("", context="kind-east", user={"username": "u", "password": SECRET})
    secret = {"data": {"kubeconfig": base64.b64encode(text.encode()).decode()}}
    fleet.hub.put(build.body("Secret", "v1", "kind-east-config", **secret))
    with_east = fleet.connect

    @contextmanager
    def connect(access: Access) -> Iterator[FakeApi]:
        with with_east(access) if access.name in ("hub", "admin@east") else with_east(Access("admin@east", "", {})) as api:
            yield api

    fleet.connect = connect  # type: ignore[method-assign] # what the registration leads to
    result = fleet.run()
    assert any("by the UID of kube-system, read with its kubeconfig, without a service account" in line for line in result["report"])


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"data_planes": ["west"]}, "lacks the context of datacenter dc1, which the K8ssandraCluster calls kind-east"),
        ({"context": "admin@east", "data_planes": []}, "admin@east runs k8ssandra-operator as a data plane"),
        ({"context": "west", "data_planes": []}, "west runs no k8ssandra-operator"),
        ({"data_planes": ["admin@east", "admin@east"]}, "admin@east is there twice"),
        ({"name": "other"}, "there is no K8ssandraCluster other (found k8ssandra-operator/demo)"),
    ],
)
def test_what_no_inventory_could_say(fleet: Hand, options: dict[str, Any], found: str) -> None:
    assert found in fleet.run(**options)["msg"]


def test_two_contexts_of_one_cluster(fleet: Hand) -> None:
    fleet.west.put(system("east"))
    assert "are the same cluster (UID uid-of-east)" in fleet.run(data_planes=["admin@east", "west"])["msg"]


@pytest.mark.parametrize("name", ["../../etc", "a b", "/x", "a[1:3]", "-x"])
def test_a_name_that_no_file_may_have(fleet: Hand, name: str) -> None:
    for body in registration(name, "uid-east", "odd"):
        fleet.hub.put(body)
    fleet.hub.remove(Ref("config.k8ssandra.io/v1beta1", "ClientConfig", build.NAMESPACE, "kind-east"))
    fleet.hub.remove(Ref("k8ssandra.io/v1alpha1", "K8ssandraCluster", build.NAMESPACE, "demo"))
    assert "cannot be the name of a host" in fleet.run()["msg"]


def test_several_clusters_need_a_name(fleet: Hand) -> None:
    fleet.hub.put(build.cluster(build.template("dc9", "kind-east"), metadata={"name": "second"}))
    assert "is needed" in fleet.run()["msg"]
    lines = fleet.run(name="demo")["report"]
    assert any("K8ssandraCluster k8ssandra-operator/second is another one" in line for line in lines)


def test_what_leads_nowhere_is_reported_and_left_alone(fleet: Hand) -> None:
    for body in registration("north", "uid-north"):
        fleet.hub.put(body)
    assert any("ClientConfig north (context north): it leads to none of the contexts given" in line for line in fleet.run()["report"])


def test_a_context_that_does_not_answer_ends_it(fleet: Hand) -> None:
    fleet.east.fail("*")
    assert "context admin@east" in fleet.run()["msg"]


def test_a_release_that_is_not_there(fleet: Hand) -> None:
    fleet.hub.remove(Ref("v1", "Secret", build.NAMESPACE, "sh.helm.release.v1.k8ssandra-operator.v1"))
    result = fleet.run()
    assert "no revision of it is deployed" in result["msg"]
    assert result["error"]["reason"] == errors.Absent.reason


def test_files_are_written_once_and_never_over_others(fleet: Hand, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "fleet"
    assert fleet.run(folder=str(folder), check_mode=True)["changed"]
    assert not folder.exists()
    first = fleet.run(folder=str(folder))
    assert first["changed"]
    assert [diff["after_header"] for diff in first["diff"]] == [file["path"] for file in first["files"]]
    assert {path.stat().st_mode & 0o777 for path in folder.rglob("*.yml")} == {0o600}
    assert not fleet.run(folder=str(folder))["changed"]
    (folder / GROUP).write_text("mine: true\n")
    (folder / "hosts.yml").unlink()
    refused = fleet.run(folder=str(folder))
    assert GROUP in refused["msg"]
    assert not (folder / "hosts.yml").exists()
    assert fleet.run(folder=str(folder), overwrite=True)["changed"]
    assert "mine" not in (folder / GROUP).read_text()


THEIRS = {
    "a password": ("mine: true\nour_password: planted\n", "mine: true\nour_password: (masked)\n"),
    "a key of several lines": ("private_key: |\n  planted\n  planted too\n", "private_key: |\n  (masked)\n  (masked)\n"),
    "what is written in another way": ('our_password: "plan\\ted"\n', "(masked)"),
    "what is no YAML": ("our_password: planted: {\n", "(masked)"),
}


@pytest.mark.parametrize("name", THEIRS)
def test_a_diff_shows_what_somebody_wrote_without_its_secrets(fleet: Hand, tmp_path: Path, name: str) -> None:
    text, shown = THEIRS[name]
    (tmp_path / GROUP).parent.mkdir()
    (tmp_path / GROUP).write_text(text)
    result = fleet.run(folder=str(tmp_path), overwrite=True, check_mode=True)
    assert [diff["before"] for diff in result["diff"] if diff["before"]] == [shown]
