# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""The objects of Kubernetes that a service consists of, made of checked values and the files that they name."""
import base64
import hashlib
import json

# Where things are in a pod; the image has the configuration's path in its command.
CONFIGURATION, CREDENTIALS, STATE = "/etc/hookline", "/run/credentials/hookline", "/var/lib/hookline"
USER = 10001


def digest(value):
    """A checksum that changes when any part of a value does."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


class Objects:
    """All objects of one service."""

    def __init__(self, values, files):
        self.values, self.files, self.name = values, files, values["name"]
        self.is_shared = values["store"] == "postgres"
        self.selector = {"app.kubernetes.io/name": "hookline", "app.kubernetes.io/instance": self.name}

    # MARK: What a roll-out consists of, in its order

    def before(self):
        """What pods mount: it comes before them, and before the migration."""
        return [item for item in [self.configuration(), self.rules(), self.secret(), self.claim()] if item]

    def migration(self):
        """What brings a shared database up to date before the pods change: pods of the version before work on meanwhile."""
        if not self.is_shared:
            return []
        spec = self.pod(["store", "migrate", "--config", f"{CONFIGURATION}/hookline.yaml"])
        spec["restartPolicy"] = "Never"
        template = {"metadata": {"labels": {**self.values.get("labels", {}), **self.selector, "app.kubernetes.io/component": "migration"}}, "spec": spec}
        # A Job cannot be changed: another image or configuration is another Job.
        name = f"{self.name}-migrate-{digest([template, self.checksums()])[:10]}"
        job = {"backoffLimit": 4, "activeDeadlineSeconds": 3600, "ttlSecondsAfterFinished": 86400, "template": template}
        return [self.make("batch/v1", "Job", name, spec=job)]

    def service(self):
        """The pods and what leads to them."""
        found = [self.deployment(), self.outer_service(), self.inner_service()]
        if self.is_shared:
            found.append(self.budget())
        for key, make in [("ingress", self.ingress), ("monitor", self.monitor), ("network_policy", self.policy)]:
            if key in self.values:
                found.append(make(self.values[key]))
        return found

    # MARK: Files

    def configuration(self):
        texts, binaries = {}, {}
        for name, content in self.files.configuration.items():
            try:
                texts[name] = content.decode()
            except UnicodeDecodeError:
                binaries[name] = base64.b64encode(content).decode()
        parts = {"data": texts, **({"binaryData": binaries} if binaries else {})}
        return self.make("v1", "ConfigMap", f"{self.name}-configuration", **parts)

    def rules(self):
        texts = {key: content.decode() for key, (_, content) in self.files.rules.items()}
        return self.make("v1", "ConfigMap", f"{self.name}-rules", data=texts)

    def secret(self):
        if not self.files.credentials:
            return None
        data = {name: base64.b64encode(content).decode() for name, content in self.files.credentials.items()}
        return self.make("v1", "Secret", f"{self.name}-credentials", type="Opaque", data=data)

    def claim(self):
        volume = self.values.get("volume", {})
        if self.is_shared or "claim" in volume:
            return None
        spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": volume.get("size", "10Gi")}}}
        if "class" in volume:
            spec["storageClassName"] = volume["class"]
        return self.make("v1", "PersistentVolumeClaim", self.name, spec=spec)

    def checksums(self):
        """What makes pods start anew when it changes; rules do not, running pods read them."""
        configuration = {name: digest(content.decode("latin-1")) for name, content in self.files.configuration.items()}
        found = {"checksum/configuration": digest(configuration)}
        if self.files.credentials:
            found["checksum/credentials"] = digest({name: digest(content.decode("latin-1")) for name, content in self.files.credentials.items()})
        return found

    # MARK: Pods

    def deployment(self):
        # The old pod has to let go of a file before the new one can own it; on PostgreSQL old and new work side by side.
        strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}} if self.is_shared else {"type": "Recreate"}
        spec = self.pod()
        container = spec["containers"][0]
        container["ports"] = [{"name": "hooks", "containerPort": self.files.ports[0]}, {"name": "admin", "containerPort": self.files.ports[1]}]
        container.update(self.probes())
        annotations = {**self.values.get("pod_annotations", {}), **self.checksums()}
        labels = {**self.values.get("labels", {}), **self.selector, "app.kubernetes.io/component": "service"}
        return self.make("apps/v1", "Deployment", self.name, spec={
            "replicas": self.values["replicas"] if self.is_shared else 1,
            "strategy": strategy,
            "selector": {"matchLabels": {**self.selector, "app.kubernetes.io/component": "service"}},
            "template": {"metadata": {"labels": labels, "annotations": annotations}, "spec": spec},
        })

    def probes(self):
        healthy = {"httpGet": {"path": "/healthz", "port": "admin"}}
        return {
            # Opening a large store of an older version takes its time.
            "startupProbe": {**healthy, "periodSeconds": 5, "timeoutSeconds": 5, "failureThreshold": 120},
            "livenessProbe": {**healthy, "periodSeconds": 15, "timeoutSeconds": 5, "failureThreshold": 3},
            "readinessProbe": {"httpGet": {"path": "/readyz", "port": "admin"}, "periodSeconds": 5, "timeoutSeconds": 5},
        }

    def pod(self, arguments=None):
        """A pod of the image, that serves unless it is told something else."""
        spec = {
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "terminationGracePeriodSeconds": self.files.grace,
            "securityContext": {
                "runAsNonRoot": True, "runAsUser": USER, "runAsGroup": USER, "fsGroup": USER,
                "fsGroupChangePolicy": "OnRootMismatch", "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [self.container(arguments)],
            "volumes": self.volumes(),
        }
        if "node_selector" in self.values:
            spec["nodeSelector"] = self.values["node_selector"]
        if "image_pull_secrets" in self.values:
            spec["imagePullSecrets"] = [{"name": name} for name in self.values["image_pull_secrets"]]
        if self.is_shared and arguments is None:
            spec["topologySpreadConstraints"] = [self.spread("kubernetes.io/hostname"), self.spread("topology.kubernetes.io/zone")]
        return spec

    def spread(self, key):
        selector = {"matchLabels": {**self.selector, "app.kubernetes.io/component": "service"}}
        return {"maxSkew": 1, "topologyKey": key, "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": selector}

    def container(self, arguments):
        resources = {"cpu": "100m", "memory": "128Mi", "memory_limit": "512Mi", **self.values.get("resources", {})}
        variables = {**self.values.get("environment", {}), "CREDENTIALS_DIRECTORY": CREDENTIALS, "STATE_DIRECTORY": STATE}
        return {
            "name": "hookline",
            "image": self.values["image"],
            "imagePullPolicy": self.values["image_pull_policy"],
            **({"args": arguments} if arguments else {}),
            "env": [{"name": name, "value": value} for name, value in variables.items()],
            "securityContext": {
                "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
            },
            "resources": {
                "requests": {"cpu": resources["cpu"], "memory": resources["memory"]}, "limits": {"memory": resources["memory_limit"]},
            },
            "volumeMounts": [
                {"name": "configuration", "mountPath": CONFIGURATION, "readOnly": True},
                *([{"name": "credentials", "mountPath": CREDENTIALS, "readOnly": True}] if self.credentials_name else []),
                {"name": "state", "mountPath": STATE},
                {"name": "tmp", "mountPath": "/tmp"},
            ],
        }

    @property
    def credentials_name(self):
        return self.values.get("credentials_secret") or (f"{self.name}-credentials" if self.files.credentials else None)

    def volumes(self):
        # One volume of both, so that `rules: rules/` beside the configuration is what it is everywhere.
        sources = [
            {"configMap": {"name": f"{self.name}-configuration"}},
            {"configMap": {
                "name": f"{self.name}-rules",
                "items": [{"key": key, "path": f"{self.files.rules_path}/{path}"} for key, (path, _) in self.files.rules.items()],
            }},
        ]
        volumes = [{"name": "configuration", "projected": {"defaultMode": 0o440, "sources": sources}}]
        if self.credentials_name:
            volumes.append({"name": "credentials", "secret": {"secretName": self.credentials_name, "defaultMode": 0o440}})
        claim = self.values.get("volume", {}).get("claim", self.name)
        # With PostgreSQL nothing stays but a copy of the partner's templates, which a pod may lose.
        state = {"emptyDir": {}} if self.is_shared else {"persistentVolumeClaim": {"claimName": claim}}
        return volumes + [{"name": "state", **state}, {"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}}]

    # MARK: Ways to the pods

    def outer_service(self):
        service = {"type": "ClusterIP", "port": 80, **self.values.get("service", {})}
        return self.make("v1", "Service", self.name, annotations=service.get("annotations"), spec={
            "type": service["type"],
            "selector": {**self.selector, "app.kubernetes.io/component": "service"},
            "ports": [{"name": "hooks", "port": service["port"], "targetPort": "hooks"}],
        })

    def inner_service(self):
        port = self.files.ports[1]
        scraped = None if "monitor" in self.values else {"prometheus.io/scrape": "true", "prometheus.io/port": str(port)}
        return self.make("v1", "Service", f"{self.name}-admin", annotations=scraped, component="admin", spec={
            "type": "ClusterIP",
            "selector": {**self.selector, "app.kubernetes.io/component": "service"},
            "ports": [{"name": "admin", "port": port, "targetPort": "admin"}],
        })

    def budget(self):
        selector = {"matchLabels": {**self.selector, "app.kubernetes.io/component": "service"}}
        return self.make("policy/v1", "PodDisruptionBudget", self.name, spec={"maxUnavailable": 1, "selector": selector})

    def ingress(self, value):
        port = {"type": "ClusterIP", "port": 80, **self.values.get("service", {})}["port"]
        path = {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": self.name, "port": {"number": port}}}}
        return self.make("networking.k8s.io/v1", "Ingress", self.name, annotations=value.get("annotations"), spec={
            **({"ingressClassName": value["class"]} if "class" in value else {}),
            "tls": [{"hosts": [value["host"]], "secretName": value["tls_secret"]}],
            "rules": [{"host": value["host"], "http": {"paths": [path]}}],
        })

    def monitor(self, value):
        labels = {**self.selector, "app.kubernetes.io/component": "admin"}
        endpoint = {"port": "admin", "path": "/metrics", "interval": value.get("interval", "30s")}
        return self.make("monitoring.coreos.com/v1", "ServiceMonitor", self.name, labels=value.get("labels"),
                         spec={"selector": {"matchLabels": labels}, "endpoints": [endpoint]})

    def policy(self, value):
        outer, inner = ({"protocol": "TCP", "port": port} for port in ("hooks", "admin"))
        rules = [{"ports": [outer]}]
        if value["inner_from"]:
            names = {"key": "kubernetes.io/metadata.name", "operator": "In", "values": value["inner_from"]}
            rules.append({"from": [{"namespaceSelector": {"matchExpressions": [names]}}], "ports": [inner]})
        selector = {"matchLabels": {**self.selector, "app.kubernetes.io/component": "service"}}
        return self.make("networking.k8s.io/v1", "NetworkPolicy", self.name,
                         spec={"podSelector": selector, "policyTypes": ["Ingress"], "ingress": rules})

    def make(self, version, kind, name, annotations=None, labels=None, component=None, **parts):
        metadata = {"name": name}
        if "namespace" in self.values:
            metadata["namespace"] = self.values["namespace"]
        metadata["labels"] = {**self.values.get("labels", {}), **(labels or {}), **self.selector,
                              **({"app.kubernetes.io/component": component} if component else {})}
        if annotations:
            metadata["annotations"] = annotations
        return {"apiVersion": version, "kind": kind, "metadata": metadata, **parts}
