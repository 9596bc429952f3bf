#!/usr/bin/env python3
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""Prints what is in the program as CycloneDX 1.5: sbom.py PROGRAM VERSION PACKAGE.RESOLVED SWIFT

What was compiled in comes from Package.resolved, with the commit (the two packages that tests alone use stand there, too); the system's libraries from what the loader finds for PROGRAM,
by Debian's packages. SWIFT is the toolchain's version, whose runtime is linked in. It names no time and no machine, so that
the same sources give the same document."""
import json
import re
import subprocess
import sys

program, version, resolved, swift = sys.argv[1:5]


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def swift_packages():
    for pin in sorted(json.load(open(resolved))["pins"], key=lambda pin: pin["identity"]):
        place, state = pin["location"].removesuffix(".git"), pin["state"]
        path = re.sub(r"^https://", "", place)
        yield {
            "type": "library", "bom-ref": f"pkg:swift/{path}@{state['version']}", "name": pin["identity"],
            "version": state["version"], "purl": f"pkg:swift/{path}@{state['version']}",
            "externalReferences": [{"type": "vcs", "url": place, "comment": f"commit {state['revision']}"}],
        }


def debian_packages():
    files = re.findall(r"=> (/\S+)", output("ldd", program))
    packages = set()
    for file in files:
        # A merged /usr: dpkg knows a library by one of its two names.
        for name in (file, file.removeprefix("/usr"), "/usr" + file):
            found = subprocess.run(["dpkg-query", "-S", name], capture_output=True, text=True)
            if found.returncode == 0:
                packages.add(found.stdout.split(": ")[0].split(",")[0])
                break
        else:
            sys.exit(f"sbom: no package has {file}")
    for package in sorted(packages):
        installed, architecture = output("dpkg-query", "-W", "-f", "${Version} ${Architecture}", package).split()
        name = package.split(":")[0]
        purl = f"pkg:deb/debian/{name}@{installed}?arch={architecture}&distro=debian-12"
        yield {"type": "library", "bom-ref": purl, "name": name, "version": installed, "purl": purl}


runtime = {"type": "library", "bom-ref": f"swift-runtime@{swift}", "name": "swift-runtime", "version": swift,
           "licenses": [{"license": {"id": "Apache-2.0"}}]}
components = [*swift_packages(), runtime, *debian_packages()]
whole = {"type": "application", "bom-ref": "hookline", "name": "hookline", "version": version,
         "licenses": [{"license": {"id": "Apache-2.0"}}]}
document = {
    "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "metadata": {"component": whole},
    "components": components,
    "dependencies": [{"ref": "hookline", "dependsOn": [component["bom-ref"] for component in components]}],
}
print(json.dumps(document, indent=2))
