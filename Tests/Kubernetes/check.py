#!/usr/bin/env python3
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""Holds deploy/kubernetes/render.py to what it promises: check.py HOOKLINE

The examples and every value at once are rendered and held against golden/, against Kubernetes' own schemas of three versions
(kubernetes-validate, strictly), and against each other: what selects pods finds them, ports have names, what changes rolls what it
should. A table of wrong values is refused, each with its place. RECORD=1 writes golden/ anew and fails where something changed."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import kubernetes_validate
import yaml

HERE = pathlib.Path(__file__).resolve().parent
SHIPPED = HERE.parents[1] / "deploy/kubernetes"
RENDER = SHIPPED / "render.py"
VERSIONS = ["1.33", "1.35", "1.37"]

RULE = """version: 1
source: SOURCE
defaults: {country: IN}
rules:
  - name: RULE
    event: paid
    to: "{{ phone }}"
    send: {text: "Thank you"}
"""


TESTS = """version: 1
source: orders
tests:
  - name: it is sent
    event: {type: paid, body: {phone: "9845061237"}}
    expect: [{to: "919845061237"}, {to: "919845061237"}, {to: "919845061237"}]
"""


def rule(name, source="orders"):
    return RULE.replace("RULE", name).replace("SOURCE", source)


def lay_out(folder):
    """The examples and every value, with the files that they name."""
    files = {
        "rules/razorpay.yaml": rule("paid", "razorpay"),
        "all/hookline.yaml": (HERE / "everything-hookline.yaml").read_text(),
        "all/values.yaml": (HERE / "everything.yaml").read_text(),
        "all/ca.pem": "-----BEGIN CERTIFICATE-----\n", "all/more.yaml": rule("more"),
        "all/rules/a.yaml": rule("a"), "all/rules/deep/b.yml": rule("b"),
        # Neither is a rule file of the service.
        "all/rules/.hidden.yaml": "hidden", "all/rules/a_test.yaml": TESTS, "all/rules/samples/a.json": "{}",
        **{f"all/credentials/{name}": f"not-a-secret-{name}" for name in ("postgres-password", "key", "secret", "orders", ".hidden")},
        **{f"deploy/kubernetes/credentials/{name}": f"not-a-secret-{name}"
           for name in ("partner-api-key", "partner-api-secret", "razorpay-webhook-secret")},
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "all/plans.bin").write_bytes(bytes(range(256)))
    for file in SHIPPED.glob("*.yaml"):
        shutil.copy(file, folder / "deploy/kubernetes")


def render(values, *more, hookline=None, cwd=None):
    environment = {**os.environ, "PATH": "/usr/bin:/bin"}
    arguments = [sys.executable, str(RENDER), str(values), *more, *(["--hookline", hookline] if hookline else [])]
    return subprocess.run(arguments, capture_output=True, text=True, env=environment, cwd=cwd)


def objects(values, **more):
    run = render(values, **more)
    assert run.returncode == 0, run.stderr
    return list(yaml.safe_load_all(run.stdout)), run


def expect(condition, what):
    if not condition:
        sys.exit(f"kubernetes: {what}")


# MARK: What is rendered

EXAMPLES = {"sqlite": "deploy/kubernetes/values-sqlite.yaml", "postgres": "deploy/kubernetes/values-postgres.yaml", "everything": "all/values.yaml"}


def golden(folder, hookline):
    changed = []
    for name, path in EXAMPLES.items():
        found, run = objects(folder / path, hookline=hookline)
        expect("rules are fine" in run.stderr or "rule is fine" in run.stderr, f"{name}: the program did not check the rules: {run.stderr}")
        file = HERE / f"golden/{name}.yaml"
        if not file.exists() or file.read_text() != run.stdout:
            changed.append(name)
            if os.environ.get("RECORD") == "1":
                file.write_text(run.stdout)
        for item in found:
            # The operator's own kind is not Kubernetes'.
            if item["kind"] != "ServiceMonitor":
                for version in VERSIONS:
                    try:
                        kubernetes_validate.validate(item, version, strict=True)
                    except kubernetes_validate.ValidationError as error:
                        sys.exit(f"kubernetes: {name}: {item['kind']} {item['metadata']['name']}: {version}: {error}")
        related(name, found)
        print(f"  {name}: {len(found)} objects, by the schemas of {', '.join(VERSIONS)}")
    expect(not changed, f"not as in golden/ (RECORD=1 writes it): {', '.join(changed)}")


def related(name, found):
    """What names something finds it."""
    by = {(item["kind"], item["metadata"]["name"]): item for item in found}
    pods = next(item for item in found if item["kind"] == "Deployment")["spec"]["template"]
    labels, spec = pods["metadata"]["labels"], pods["spec"]
    ports = {port["name"]: port["containerPort"] for port in spec["containers"][0]["ports"]}
    selects = lambda selector: selector.items() <= labels.items()
    for item in found:
        kind, what = item["kind"], f"{name}: {item['kind']} {item['metadata']['name']}"
        if kind == "Service":
            expect(selects(item["spec"]["selector"]) and all(port["targetPort"] in ports for port in item["spec"]["ports"]), f"{what} leads to no port of the pods")
        elif kind in ("Deployment", "PodDisruptionBudget"):
            expect(selects(item["spec"]["selector"]["matchLabels"]), f"{what} selects no pod")
        elif kind == "NetworkPolicy":
            expect(selects(item["spec"]["podSelector"]["matchLabels"]), f"{what} selects no pod")
            expect({port["port"] for rule in item["spec"]["ingress"] for port in rule["ports"]} <= set(ports), f"{what} names no port of the pods")
        elif kind == "ServiceMonitor":
            service = next(item for item in found if item["kind"] == "Service" and item["metadata"]["name"].endswith("-admin"))
            expect(item["spec"]["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items(), f"{what} selects no Service")
        elif kind == "Job":
            expect(not selects(item["spec"]["template"]["metadata"]["labels"]) and
                   item["spec"]["template"]["metadata"]["labels"] != labels, f"{what} would be sent requests")
    for volume in spec["volumes"]:
        for source in volume.get("projected", {}).get("sources", []):
            there = by[("ConfigMap", source["configMap"]["name"])]
            expect({item["key"] for item in source["configMap"].get("items", [])} <= set(there["data"]), f"{name}: {volume['name']} names a key that is not there")
    expect({mount["name"] for mount in spec["containers"][0]["volumeMounts"]} == {volume["name"] for volume in spec["volumes"]}, f"{name}: volumes and mounts differ")


def changes(folder):
    """What a change of one thing makes anew, and what it leaves alone."""
    def look():
        found, _ = objects(folder / "all/values.yaml")
        deployment = next(item for item in found if item["kind"] == "Deployment")["spec"]["template"]
        return yaml.dump(deployment), next(item for item in found if item["kind"] == "Job")["metadata"]["name"]

    def after(path, old, new):
        text = (folder / path).read_text()
        assert old in text, f"{path} has no {old}"
        (folder / path).write_text(text.replace(old, new))
        seen = look()
        (folder / path).write_text(text)
        return seen

    pods, job = look()
    expect(after("all/rules/a.yaml", "Thank you", "Thanks") == (pods, job), "changed rules begin pods anew; running pods read them")
    for path, old, new in [("all/hookline.yaml", "90s", "90000ms"), ("all/credentials/key", "not", "no"), ("all/ca.pem", "CERT", "CERTS")]:
        new_pods, new_job = after(path, old, new)
        expect(new_pods != pods, f"a change of {path} leaves pods as they are")
        expect(new_job != job, f"a change of {path} leaves the migration as it is")
    expect(after("all/values.yaml", "cdef\n", "cdee\n")[1] != job, "another image has the migration of the one before")
    expect("terminationGracePeriodSeconds: 161" in pods, "the pods' grace is not shutdown_delay, drain and ten seconds")


def in_files(folder):
    """A folder is written in the order of a roll-out, for its owner alone; what is not needed any more goes."""
    out = folder / "out"
    for values, expected in [("all/values.yaml", ["1-configuration.yaml", "2-migration.yaml", "3-service.yaml"]),
                             (EXAMPLES["sqlite"], ["1-configuration.yaml", "3-service.yaml"])]:
        run = render(folder / values, "--output", str(out))
        expect(run.returncode == 0 and sorted(os.listdir(out)) == expected, f"--output writes {sorted(os.listdir(out))}: {run.stderr}")
        whole = "---\n".join((out / name).read_text() for name in expected)
        expect(whole == render(folder / values).stdout, "--output writes something else than is printed")
        expect(all((out / name).stat().st_mode & 0o777 == 0o600 for name in expected), "others may read what was written")
    bare = render(folder / EXAMPLES["sqlite"])
    expect("did not check" in bare.stderr, f"nothing says that the program did not check the rules: {bare.stderr}")


# MARK: What is refused: the file that is changed, what is replaced by what, and what is said of it

WRONG = [
    ("values.yaml", "replicas: 5", "replicas: 1", "values.yaml:13:1: replicas: found 1; expected a whole number from 2 to 64"),
    ("values.yaml", "replicas: 5", 'replicas: "5"', 'values.yaml:13:1: replicas: found "5"; expected a whole number'),
    ("values.yaml", "replicas: 5", "replica: 5", "values.yaml:13:1: the values: there is no key 'replica'; did you mean 'replicas'?"),
    ("values.yaml", "replicas: 5", "replicas: 5\nreplicas: 6", "values.yaml:14:1: 'replicas' stands here twice"),
    ("values.yaml", "replicas: 5", "volume: {size: 1Gi}", "values.yaml:13:1: volume: found {\"size\": \"1Gi\"}; a store on PostgreSQL has no volume: expected no such key here"),
    ("values.yaml", "store: postgres", "store: sqlite", "values.yaml:13:1: replicas: found 5; a store in a file has one pod: expected no such key here"),
    ("values.yaml", "store: postgres", "store: mysql", 'values.yaml:4:1: store: found "mysql"; expected sqlite or postgres'),
    ("values.yaml", "store: postgres", "stores: postgres", "values.yaml:2:1: the values: 'store' is missing; expected sqlite or postgres"),
    ("values.yaml", "name: shop\n", "name: Shop\n", 'values.yaml:2:1: name: found "Shop"; expected the name of every object, or its beginning, in small letters, such as hookline'),
    ("values.yaml", "namespace: messages", "namespace: a.b", 'values.yaml:3:1: namespace: found "a.b"; expected the namespace of the objects, such as shop'),
    ("values.yaml", "image: registry", "image: hookline:latest #", 'values.yaml:5:1: image: found "hookline:latest"; expected the image, with a tag'),
    ("values.yaml", "image: registry", "image: hookline #", 'values.yaml:5:1: image: found "hookline"; expected the image, with a tag'),
    ("values.yaml", "Always", "Sometimes", 'values.yaml:6:1: image_pull_policy: found "Sometimes"; expected IfNotPresent or Always or Never'),
    ("values.yaml", "[registry]", "registry", 'values.yaml:7:1: image_pull_secrets: found "registry"; expected a list'),
    ("values.yaml", "credentials: credentials", "credentials: credentials\ncredentials_secret: other", "values.yaml:12:1: credentials_secret: found \"other\"; 'credentials' makes a Secret already: expected no such key here"),
    ("values.yaml", "credentials: credentials", "credentials: nowhere", "values.yaml:11:1: credentials: found 'nowhere', which is none; expected a folder with a file for each secret"),
    ("values.yaml", "TZ: Asia", "9Z: Asia", 'values.yaml:12:60: environment: found "9Z"; expected what matches'),
    ("values.yaml", "TZ: Asia/Kolkata", "TZ: 5", "values.yaml:12:60: environment.TZ: found 5; expected a text"),
    ("values.yaml", 'cpu: "2"', "cpu: 2", "values.yaml:14:13: resources.cpu: found 2; expected a text, such as 100m"),
    ("values.yaml", "memory: 1Gi", "memory: 1GB", 'values.yaml:14:23: resources.memory: found "1GB"; expected the memory that is kept for it, with its unit, such as 128Mi'),
    ("values.yaml", "port: 8443", "port: 84430", "values.yaml:15:31: service.port: found 84430; expected a whole number from 1 to 65535"),
    ("values.yaml", 'internal: "true"', "internal: true", "values.yaml:15:57: service.annotations.example.com/internal: found true; expected a text"),
    ("values.yaml", "host: hooks.example.com", "host: https://hooks.example.com", 'values.yaml:16:11: ingress.host: found "https://hooks.example.com"; expected the name that senders post to, such as hooks.example.com'),
    ("values.yaml", "tls_secret: tls, ", "", "values.yaml:16:1: ingress: 'tls_secret' is missing; expected the Secret with its certificate"),
    ("values.yaml", "interval: 15s", "interval: 15", 'values.yaml:17:11: monitor.interval: found 15; expected a text, such as 30s'),
    ("values.yaml", "inner_from: []", "inner_from: [a, a]", 'values.yaml:18:18: network_policy.inner_from: found ["a", "a"]; expected each once'),
    ("values.yaml", "rules: [rules, more.yaml]", "rules: []", "values.yaml:10:1: rules: found []; expected one at least"),
    ("values.yaml", "rules: [rules, more.yaml]", "rules: [rules/samples]", "values.yaml:10:9: rules.0: found no rule file in 'rules/samples'; expected files *.yaml or *.yml"),
    ("values.yaml", "rules: [rules, more.yaml]", "rules: [rules, rules/a.yaml]", "values.yaml:10:16: rules.1: found 'a.yaml' twice; expected files of different names"),
    ("values.yaml", "configuration: hookline.yaml", "configuration: none.yaml", "values.yaml:8:1: configuration: found 'none.yaml' (No such file or directory); expected a file that can be read"),
    ("values.yaml", "replicas: 5", "replicas: [", "values.yaml:15:1: expected ',' or ']', but got"),
    ("hookline.yaml", 'listen: ":9000"', "listen: 127.0.0.1:9000", 'hookline.yaml:1:1: listen: found "127.0.0.1:9000"; expected an address of the pod with a port above 1023, such as 0.0.0.0:8080'),
    ("hookline.yaml", '"[::]:9001"', '":80"', 'hookline.yaml:2:9: admin.listen: found ":80"; expected an address of the pod with a port above 1023, such as 0.0.0.0:8081'),
    ("hookline.yaml", 'admin: {listen: "[::]:9001"}', "", "hookline.yaml:1:1: admin.listen: found nothing; expected an address of the pod"),
    ("hookline.yaml", "store: postgres", "store: sqlite:x #", "hookline.yaml:3:1: store: found a store of the kind sqlite; expected postgres, as the values say"),
    ("hookline.yaml", "hookline@${", "hookline:pass@${", "hookline.yaml:3:1: store: found a password in the address; expected postgres.password: credential:NAME"),
    ("hookline.yaml", "${DATABASE}", "${DB}", "hookline.yaml:3:1: store: the pod has no variable DB; expected credential:NAME for a secret, or a value at 'environment'"),
    ("hookline.yaml", "/etc/hookline/made/rules", "/srv/rules", "hookline.yaml:5:1: rules: found '/srv/rules'; expected a folder beside the configuration, such as rules/"),
    ("hookline.yaml", "rules: /etc/hookline/made/rules", "rules: [rules]", 'hookline.yaml:5:1: rules: found ["rules"]; expected a text'),
    ("hookline.yaml", "ca_file: ca.pem", "ca_file: other.pem", "hookline.yaml:6:13: transport.ca_file: found 'other.pem'; expected a file of 'files', which stand beside the configuration"),
    ("hookline.yaml", "credential:orders", "credential:order", "hookline.yaml:10:22: sources.orders.secrets.0: found 'credential:order'; expected one of key, orders, postgres-password, secret"),
    ("hookline.yaml", "credential:orders", "file:orders", "hookline.yaml:10:22: sources.orders.secrets.0: found 'file:orders'; expected credential:orders: the pod has no such file"),
    ("hookline.yaml", "drain: 90s", "drain: 90", 'hookline.yaml:12:1: drain: found "90"; expected a time span, such as 10s'),
    ("hookline.yaml", "drain: 90s", "drain: 90s\ndrian: 9s", "hookline.yaml:13:1: error: "),
    ("rules/a.yaml", "event: paid", "evnt: paid", "rules/a.yaml:6:5: error: "),
    ("rules/a.yaml", "Thank you", "Thank you" * 120_000, "values.yaml:10:1: rules: found 1080"),
    ("credentials/key", "not-a-secret-key", " \n", "values.yaml:11:1: credentials: found nothing in 'key'; expected a secret"),
]


def refused(folder, hookline):
    failures = []
    for file, old, new, expected in WRONG:
        path = folder / "all" / file
        text = path.read_text()
        assert old in text, f"{file} has no {old}"
        path.write_text(text.replace(old, new, 1))
        run = render("values.yaml", hookline=hookline, cwd=folder / "all")
        path.write_text(text)
        if run.returncode != 1 or run.stdout or not any(line.startswith(expected) for line in run.stderr.splitlines()):
            failures.append(f"{file} with {new[:60]!r}: expected\n  {expected}\nfound\n  {run.stderr[:1000]}")
    expect(not failures, "\n".join(failures))
    print(f"  {len(WRONG)} mistakes, each refused with its place")


def main():
    hookline = os.path.realpath(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        lay_out(folder)
        golden(folder, hookline)
        changes(folder)
        in_files(folder)
        refused(folder, hookline)


if __name__ == "__main__":
    main()
