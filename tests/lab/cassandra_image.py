"""The images of Cassandra's pods: a real Cassandra from Maven on a small Debian, with our management API in front.

Layers: the system, Java, Cassandra, our program. The configuration builder and the logger need only the first and the last.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from .images import write_archive
from .steps import LabError, run

VERSION = "5.0.5"
_SOURCE = Path(__file__).parent / "cassandra"
_PACKAGES = "python3-minimal,libpython3-stdlib,python3-yaml,openjdk-17-jre-headless,curl"
_SUITE = "bookworm"
_DEBIAN = "making Debian with Java for Cassandra's image"
# What no program in these images reads.
_NEEDLESS = (
    "var/lib/apt/lists var/cache/apt var/cache/debconf var/log/* usr/share/doc usr/share/man usr/share/info usr/share/locale"
    " usr/share/i18n usr/share/fonts usr/share/perl usr/lib/*/perl usr/lib/*/gconv usr/lib/jvm/*/lib/server/classes_nocoops.jsa"
)
_JAVA = "./usr/lib/jvm/"
_FOREIGN_JARS = ("osx", "windows", "riscv64")
_PROGRAM = "/opt/lab/cassandra_node"
_ENTRY = ["/usr/bin/python3", "-m", "cassandra_node"]
_NODETOOL = """#!/bin/sh
exec java $(grep -- ^--add /config/jvm-server.options) -Xmx64m -Dlogback.configurationFile=none \\
  -cp "/opt/cassandra/lib/*" org.apache.cassandra.tools.NodeTool "$@"
"""
_MERGE = "the only thing that the operator asks of yq: `yq ea EXPRESSION -i TARGET SOURCE` merges SOURCE into TARGET"
_YQ = f"""#!/usr/bin/python3
# {_MERGE}
import sys, yaml
sys.path.insert(0, "/opt/lab")
from cassandra_node.configuration import merge
target, source = sys.argv[-2:]
with open(target) as old, open(source) as new:
    merged = merge(yaml.safe_load(old) or {{}}, yaml.safe_load(new) or {{}})
with open(target, "w") as out:
    yaml.safe_dump(merged, out)
"""
# A shell, as the first process of a container does not die of a signal that it does not expect.
_LOGGER = ["/bin/sh", "-c", "trap 'exit 0' TERM; tail -n +1 -F /var/log/cassandra/system.log & wait"]


def build_images(cache: Path, say: Callable[[str], None]) -> list[Path]:
    """The archives of all images that pods of Cassandra ask for, built if missing. Raises LabError."""
    base = _made(cache, "cassandra-base", [f"{_PACKAGES} {_SUITE} {_NEEDLESS}"], _write_base, _DEBIAN, say)
    sources = [path for path in sorted(_SOURCE.rglob("*")) if path.is_file() and path.suffix in (".java", ".xml")]
    keys = [VERSION, *(path.read_text() for path in sources if path.parent == _SOURCE)]
    libraries = _made(cache, f"cassandra-{VERSION}", keys, _write_libraries, f"fetching Cassandra {VERSION} from Maven", say)
    program = [path.read_text() for path in sorted(_SOURCE.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
    here = [Path(__file__).read_text(), Path(__file__).with_name("images.py").read_text()]

    def write(target: Path) -> None:
        _write_archives(target, base, libraries)

    keys = [*program, *here, base.name, libraries.name]
    images = _made(cache, "cassandra-images", keys, write, "writing the images of Cassandra's pods", say)
    return sorted(images.glob("*.tar"))


def _made(cache: Path, name: str, keys: list[str], make: Callable[[Path], None], doing: str, say: Callable[[str], None]) -> Path:
    """The folder of that name and content, made in a temporary place if it is missing."""
    target = cache / f"{name}-{hashlib.sha256(chr(0).join(keys).encode()).hexdigest()[:12]}"
    if not target.exists():
        unfinished = target.with_name(f"{target.name}.part")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        say(f"{doing} ...")
        began = time.monotonic()
        make(unfinished)
        say(f"{doing}: {time.monotonic() - began:.1f} s")
        unfinished.rename(target)
    return target


def _write_base(target: Path) -> None:
    """Debian by mmdebstrap, which reads apt's own sources; then Java apart from the rest, as only one image needs it."""
    whole = target / "whole.tar"
    clean = "; ".join(f'rm -rf "$1"/{each}' for each in _NEEDLESS.split())
    command = ["mmdebstrap", "--quiet", "--variant=apt", f"--include={_PACKAGES}", f"--customize-hook={clean}", _SUITE, str(whole)]
    run(command, doing=_DEBIAN)
    with tarfile.open(whole) as source, tarfile.open(target / "system.tar", "w") as system, tarfile.open(target / "java.tar", "w") as java:
        for member in source:
            if not member.isdev():
                layer = java if member.name.startswith(_JAVA) else system
                layer.addfile(member, source.extractfile(member) if member.isreg() else None)
    whole.unlink()


def _write_libraries(target: Path) -> None:
    """Cassandra's jars, and the two agents that run inside it."""
    for tool in ("mvn", "javac"):
        if not shutil.which(tool):
            raise LabError(f"fetching Cassandra: {tool} is missing on this machine: install Debian's maven and openjdk-17-jdk-headless")
    jars, agents, classes = (target / name for name in ("lib", "agents", "classes"))
    agents.mkdir()
    copy = ["dependency:copy-dependencies", f"-Dcassandra.version={VERSION}", f"-DoutputDirectory={jars}"]
    run(["mvn", "--quiet", "--batch-mode", "--file", str(_SOURCE / "pom.xml"), *copy], doing="fetching Cassandra from Maven")
    next(jars.glob("jolokia-agent-jvm-*.jar")).rename(agents / "jolokia.jar")
    for jar in list(jars.iterdir()):
        if any(word in jar.name for word in _FOREIGN_JARS):
            jar.unlink()
    compiling = ["javac", "--release", "11", "-cp", f"{jars}/*", "-d", str(classes), str(_SOURCE / "LabAgent.java")]
    run(compiling, doing="compiling the agent for Cassandra")
    with zipfile.ZipFile(agents / "lab.jar", "w") as jar_file:
        jar_file.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\nPremain-Class: lab.LabAgent\n")
        for compiled in sorted(classes.rglob("*.class")):
            jar_file.write(compiled, str(compiled.relative_to(classes)))
    shutil.rmtree(classes)


def _write_archives(target: Path, base: Path, libraries: Path) -> None:
    cassandra, program = target / "cassandra.layer", target / "program.layer"
    with tarfile.open(cassandra, "w") as layer:
        for folder in ("lib", "agents"):
            layer.add(libraries / folder, f"opt/cassandra/{folder}", filter=_readable)
    with tarfile.open(program, "w") as layer:
        for source in sorted(_SOURCE.glob("*.py")):
            layer.add(source, f"{_PROGRAM.lstrip('/')}/{source.name}", filter=_readable)
        for source in sorted((_SOURCE / "conf").iterdir()):
            layer.add(source, f"etc/cassandra/{source.name}", filter=_readable)
        for name, text in (("nodetool", _NODETOOL), ("yq", _YQ)):
            member = tarfile.TarInfo(f"usr/local/bin/{name}")
            member.mode, member.size = 0o755, len(text)
            layer.addfile(member, io.BytesIO(text.encode()))
    system, java = base / "system.tar", base / "java.tar"
    variables = {"PYTHONPATH": "/opt/lab", "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1", "CASSANDRA_VERSION": VERSION}
    for name, layers, entry in (
        (f"docker.io/k8ssandra/cass-management-api:{VERSION}-ubi", [system, java, cassandra, program], _ENTRY),
        ("docker.io/k8ssandra/k8ssandra-client:v0.8.3", [system, program], _ENTRY),
        ("docker.io/k8ssandra/k8ssandra-client:v0.8.1", [system, program], _ENTRY),  # for settings per node
        ("docker.io/k8ssandra/system-logger:v1.28.0", [system], _LOGGER),
    ):
        archive = target / f"{name.rsplit('/', 1)[-1].replace(':', '-')}.tar"
        write_archive(archive, name, layers, entrypoint=entry, user="999:999", environment=variables)
    cassandra.unlink()
    program.unlink()


def _readable(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """The same bytes for every builder: no owner, no time, no private mode."""
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    member.mode = 0o755 if member.isdir() else 0o644
    return member
