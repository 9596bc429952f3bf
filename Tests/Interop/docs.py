#!/usr/bin/env python3
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""Runs what the documentation shows: docs.py HOOKLINE [PAGE …]

Every `sh` block of the README and of docs/ runs as it is printed, in the order of its page, in a folder that begins with the README's
first rule, where a service, a sandbox and a message are; every `yaml` block is a part of a configuration that is read, every `nginx`
block is read by nginx, every `json` block is JSON. What runs otherwise is told: blocks that other tests run (ELSEWHERE), and commands that
would change the machine or another one (`apt`, `systemctl`, `kubectl`, `make`: the verb must be there). A block of a
language that nobody knows here is a failure.

The ports are the documentation's own, so all of it runs in a network of its own where the machine allows that. Needs curl, jq,
nginx and sqlite3, and Python's PyYAML and jsonschema.
"""
import ctypes, fcntl, json, os, pathlib, re, shutil, signal, socket, struct, subprocess, sys, tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
README = "README.md"

# Blocks that another test runs: page, language, test.
ELSEWHERE = {
    ("docs/admin-api.md", "sh"): "Tests/Interop/admin_api.sh",
    ("docs/diagnostics.md", "sh"): "Tests/DiagnosticsPage",
    ("docs/diagnostics.md", "yaml"): "Tests/DiagnosticsPage",
    ("docs/enrichment.md", "yaml"): "EnrichmentTests.DocumentationTests",
    ("docs/rules.md", "yaml"): "RulesTests.DocumentationTests",
    ("docs/liquid.md", "liquid"): "LiquidTests.DocumentationTests",
    ("docs/patterns.md", "pattern"): "EventPatternsTests.DocumentationTests",
    ("docs/patterns.md", "mistake"): "EventPatternsTests.DocumentationTests",
    ("docs/message-states.md", "mermaid"): "MessagesTests.MessageStateMachineTests",
}
# What nobody can run.
PROSE = {"text", ""}

# Secrets of a shape: by the variable that the documentation takes them from.
def public_key():
    key = subprocess.run(["openssl", "genrsa", "2048"], check=True, capture_output=True).stdout
    return subprocess.run(["openssl", "rsa", "-pubout"], input=key, check=True, capture_output=True).stdout.decode()


SECRETS = {
    "ADOBE_COMMERCE_SECRET": public_key,
    "ADYEN_SECRET": lambda: "44782DEF" * 8,
    "ADYEN_PLATFORM_SECRET": lambda: "44782DEF" * 8,
    "PAYTM_SECRET": lambda: "kbzk1DSbJiV_O3p5",
    "STANDARD_WEBHOOKS_SECRET": lambda: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
}

# What stands there before a page begins, beside the README's folder; and what must be true when its last block has run.
BEFORE = {
    "README.md": f"cp {ROOT}/deploy/demo-carousel.json carousel.json",
    "docs/configuration.md": """
        mkdir -p etc/hookline/credentials && cp hookline.yaml etc/hookline/ && cp -r rules etc/hookline/
        printf sk_sandbox_not_a_secret >etc/hookline/credentials/partner-api-secret
        sed -i 's/sk_sandbox_not_a_secret/credential:partner-api-secret/' etc/hookline/hookline.yaml
        ln -s "$PWD/hookline.db" etc/hookline/hookline.db
    """,
    "docs/consent.md": """
        printf 'phone,category,reason\\n9845061239,all,asked at the counter\\n' >list.csv
    """,
    "docs/containers.md": f"ln -s {ROOT}/deploy deploy",
    "docs/durable-front.md": "end; rm -rf hookline.yaml rules hookline.db*",
    "docs/operations.md": "mkdir -p etc/letsencrypt/live etc/letsencrypt/archive/hooks.example.com; "
    "touch etc/letsencrypt/archive/hooks.example.com/privkey1.pem; mkdir -p var/lib/hookline var/backups; for f in hookline.db*; do ln -s $PWD/$f var/lib/hookline/$f; done",
    "docs/rules.md": "cp -r rules new-rules",
    "docs/sources.md": f"""
        printf whsec_documentation >stripe.secret; export SECRET=documentation
        sed -i 's#^sources:#sources:\\n  stripe: {{preset: stripe, secrets: [file:stripe.secret]}}\\n  code: {{preset: github, path: /in/code, secrets: [documentation]}}#' hookline.yaml
        cp {ROOT}/rules/samples/stripe/checkout.session.completed.json checkout.json
        echo '{{"ref": "refs/heads/main", "repository": {{"full_name": "shop/site"}}}}' >push.json
        end; hookline sandbox; hookline serve
    """,
}
AFTER = {
    "docs/containers.md": """
        [ "$(ls objects)" = "$(printf '1-configuration.yaml\\n3-service.yaml')" ] && grep -q 'kind: Secret' objects/1-configuration.yaml
    """,
    "docs/operations.md": """
        [ "$(sqlite3 var/backups/hookline.db 'PRAGMA integrity_check')" = ok ]
        mkdir restored && cp var/backups/hookline.db restored/ && sed 's/^store:.*//' hookline.yaml >restored/hookline.yaml && cp -r rules restored/
        (cd restored && hookline messages list --json | jq -e '.. | objects | select(.state? == "accepted")' >/dev/null)
    """,
}

PRELUDE = r"""
set -euo pipefail
declare -A running=()
# Commands that serve go on beside the others once they listen; a second one takes the place of the first.
hookline() {
    case "$1" in
    sandbox | serve | dev)
        local role=$1 said
        case "$role" in
        dev) end; said='senders post to' ;;
        serve) end serve dev; said='admin: listening on' ;;
        sandbox) end sandbox dev; said='sandbox: listening on' ;;
        esac
        : >"$SCRATCH/$role.log"
        "$HOOKLINE" "$@" >"$SCRATCH/$role.log" 2>&1 &
        running[$role]=$!
        # Until it says so, or ends.
        timeout 60 tail -n +1 -f --pid=$! "$SCRATCH/$role.log" | sed -n "/$said/q" || true
        grep -q "$said" "$SCRATCH/$role.log" || { cat "$SCRATCH/$role.log" >&2; return 1; } ;;
    *) "$HOOKLINE" "$@" ;;
    esac
}
end() { # [ROLE]
    local role
    for role in ${*:-${!running[*]}}; do
        [ -n "${running[$role]:-}" ] || continue
        kill "${running[$role]}" 2>/dev/null || true
        wait "${running[$role]}" 2>/dev/null || true
        unset "running[$role]"
    done
}
told() { printf '    not run: %s\n' "$*" >&3; }
make() { grep -q "^$1:" "$ROOT/Makefile" || { echo "there is no verb $1" >&2; return 1; }; told make "$@"; }
systemctl() { told systemctl "$@"; }
apt() { told apt "$@"; }
apt-get() { told apt-get "$@"; }
certbot() { told certbot "$@"; }
# There is no group of the package's where nothing is installed.
chgrp() { told chgrp "$@"; }
kubectl() { told kubectl "$@"; }
podman() { told podman "$@"; }
docker() { told docker "$@"; }
sudo() { "$@"; }
# Ids and keys that the documentation cuts short stand for the newest of their kind.
newest() {
    case "$1" in
    msg) "$HOOKLINE" messages list --json | jq -r '[.. | .id? // empty | select(startswith("msg_"))][0]' ;;
    evt) "$HOOKLINE" events list --json | jq -r '[.. | .id? // empty | select(startswith("evt_"))][0]' ;;
    pk) "$HOOKLINE" keys list --json | jq -r '[.. | .id? // empty][0]' ;;
    tok) "$HOOKLINE" tokens list --json | jq -r '[.. | .id? // empty][0]' ;;
    job) "$HOOKLINE" jobs list --json | jq -r '[.. | .id? // empty | select(startswith("job_"))][0]' ;;
    esac
}
trap end EXIT
"""


class Block:
    def __init__(self, page, line, language, text):
        self.page, self.line, self.language, self.text = page, line, language, text

    def __str__(self):
        return f"{self.page}:{self.line}"


def blocks(page):
    """The fenced blocks of a page, by the number of their first line."""
    found, inside = [], None
    for number, line in enumerate((ROOT / page).read_text().splitlines(), 1):
        fence = re.match(r"^ *```(.*)$", line)
        if inside and fence and not fence[1]:
            found.append(Block(page, inside[0], inside[1], "\n".join(inside[2]) + "\n"))
            inside = None
        elif inside:
            inside[2].append(line)
        elif fence:
            inside = (number + 1, fence[1].split(" ")[0], [])
    if inside:
        sys.exit(f"{page}:{inside[0]}: a block that does not end")
    return found


def network():
    """Moves this process into a network of its own, or says that there is none to be had."""
    libc, new_net, new_user = ctypes.CDLL(None, use_errno=True), 0x40000000, 0x10000000
    if libc.unshare(new_net if os.geteuid() == 0 else new_net | new_user) != 0:
        print("    no network of its own here: the ports 8080, 8081 and 9090 of this machine are used")
        return
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as lo:
        request = struct.pack("16sh", b"lo", 0x1 | 0x40)  # IFF_UP | IFF_RUNNING
        fcntl.ioctl(lo, 0x8914, request)  # SIOCSIFFLAGS


def shell(hookline, folder, scratch, pieces):
    """Runs pieces of shell one after the other in one bash: (what it is called, text). Ends the program where one fails."""
    script = [PRELUDE]
    for name, text in pieces:
        # `command &` and what waits for it are one here: the functions go on once it listens.
        text = re.sub(r"^(hookline (?:serve|sandbox|dev)\b.*?) &$", r"\1", text, flags=re.M)
        text = re.sub(r"(?<![\w.$/])/(etc/hookline|etc/letsencrypt|var/lib/hookline|var/backups)", f"{folder}/\\1", text)
        text = re.sub(r"\b(msg|evt|job|dig)_[0-9A-Z]+…", r'"$(newest \1)"', text)
        text = re.sub(r"\b(revoke) (pk|tok)_…", r'\1 "$(newest \2)"', text)
        script.append(f"at={name!r}; cd {folder}; echo \"$at\" >{scratch}/at\n{text}")
    environment = dict(os.environ, HOOKLINE=hookline, SCRATCH=scratch, ROOT=str(ROOT), PATH=f"{scratch}/bin:{os.environ['PATH']}")
    process = subprocess.Popen(
        ["bash", "-c", "exec 3>&1 >>\"$SCRATCH/out\" 2>&1\n" + "\n".join(script)], env=environment, cwd=folder, start_new_session=True
    )
    try:
        status = process.wait(timeout=300)
    except subprocess.TimeoutExpired:
        status = "nothing, for five minutes"
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    if status != 0:
        at = pathlib.Path(scratch, "at").read_text().strip() if pathlib.Path(scratch, "at").exists() else "the beginning"
        sys.exit(f"docs: {at} ended with {status}:\n{tail(scratch)}")


def tail(scratch):
    return "\n".join(pathlib.Path(scratch, "out").read_text(errors="replace").splitlines()[-30:])


def configuration(hookline, block, _):
    """Reads a part of a configuration, completed by what every configuration needs, with the files and variables that it names."""
    with tempfile.TemporaryDirectory() as folder:
        text, environment = block.text, dict(os.environ)
        if re.match(r"^\s*#.*\s*$", text) and len(text.splitlines()) == 1:
            return
        keys = set(re.findall(r"^(\w+):", text, re.M))
        if not keys:
            sys.exit(f"docs: {block}: no key of a configuration at the beginning of a line")
        # A part of an account or a store is shown without the rest of it.
        if "accounts" in keys and "base_url" not in text:
            text = re.sub(r"^(accounts:\n  \w+:)\n", r"\1\n    base_url: http://127.0.0.1:9/api\n    api_key: k\n    api_secret: s\n", text, flags=re.M)
        text = text.replace('"https://…"', '"https://partner.invalid/api"')
        if "accounts" not in keys:
            text += 'accounts:\n  main: {base_url: "http://127.0.0.1:9/api", api_key: k, api_secret: s}\n'
        if "sources" not in keys:
            text += "sources: {}\n"
        for name in re.findall(r"\$\{(\w+)\}", text):
            environment[name] = SECRETS.get(name, lambda: f"documentation-{name.lower()}")()
        os.makedirs(f"{folder}/rules")
        os.makedirs(f"{folder}/credentials")
        environment["CREDENTIALS_DIRECTORY"] = f"{folder}/credentials"
        for kind, name in re.findall(r"\b(file|credential):([\w./-]+)", text):
            path = pathlib.Path(folder, "credentials" if kind == "credential" else "", name.lstrip("/"))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("documentation-secret")
            path.chmod(0o600)
        text = re.sub(r"(file:)/", rf"\1{folder}/", text)
        pathlib.Path(folder, "hookline.yaml").write_text(text)
        read = subprocess.run([hookline, "rules", "check"], cwd=folder, env=environment, capture_output=True, text=True)
        if read.returncode != 0:
            sys.exit(f"docs: {block}: not a configuration: {read.stdout}{read.stderr}\n{text}")


def nginx(_, block, scratch):
    text = block.text if "server {" in block.text else f"server {{\n{block.text}}}\n"
    for kind in ("certificate", "certificate_key"):
        text = re.sub(rf"(ssl_{kind}\s+)\S+;", rf"\1{scratch}/{kind}.pem;", text)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=hooks.example.com", "-days", "1",
         "-keyout", f"{scratch}/certificate_key.pem", "-out", f"{scratch}/certificate.pem"], check=True, capture_output=True)
    path = pathlib.Path(scratch, "nginx.conf")
    path.write_text(f"pid {scratch}/nginx.pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{text}}}\n")
    tried = subprocess.run(["nginx", "-t", "-p", scratch, "-c", str(path)], capture_output=True, text=True,
                           env=dict(os.environ, PATH=os.environ["PATH"] + ":/usr/sbin"))
    if tried.returncode != 0:
        sys.exit(f"docs: {block}: nginx says: {tried.stderr}")


READ = {"yaml": configuration, "nginx": nginx, "json": lambda _, block, __: json.loads(block.text)}


def run_page(hookline, page, base):
    """Runs all blocks of a page in a copy of the folder `base`, which the README, the first of all, leaves there."""
    found, counts = blocks(page), {}
    with tempfile.TemporaryDirectory() as scratch:
        pathlib.Path(scratch, "out").touch()
        os.makedirs(f"{scratch}/bin")
        os.symlink(hookline, f"{scratch}/bin/hookline")
        folder = f"{scratch}/page"
        if os.path.exists(base):
            shutil.copytree(base, folder)
        else:
            os.makedirs(folder)
        pieces = []
        for block in found:
            elsewhere = ELSEWHERE.get((page, block.language))
            counts[elsewhere or block.language] = counts.get(elsewhere or block.language, 0) + 1
            if elsewhere or block.language in PROSE:
                continue
            if block.language == "sh":
                pieces.append((str(block), block.text))
            elif block.language in READ:
                READ[block.language](hookline, block, scratch)
            else:
                sys.exit(f"docs: {block}: nobody knows how to try a block of {block.language!r}")
        if pieces:
            before = BEFORE.get(page, "")
            if page != README:
                before = "hookline sandbox; hookline serve\n" + before
            shell(hookline, folder, scratch, [(f"before {page}", before), *pieces, (f"after {page}", AFTER.get(page, ""))])
        if page == README:
            shutil.copytree(folder, base, ignore=shutil.ignore_patterns("shop", "carousel.json"))
    if counts:
        print(f"  {page}: " + ", ".join(f"{count} {name}" for name, count in counts.items()))


def main():
    hookline = os.path.realpath(sys.argv[1])
    wanted = sys.argv[2:]
    for tool in ("curl", "jq", "sqlite3", "openssl"):
        if not shutil.which(tool):
            sys.exit(f"docs: {tool} is missing: make setup-test installs it")
    network()
    pages = [README] + sorted(str(page.relative_to(ROOT)) for page in (ROOT / "docs").rglob("*.md"))
    with tempfile.TemporaryDirectory() as folder:
        for page in pages:
            if not wanted or page in wanted or page == README:
                run_page(hookline, page, f"{folder}/base")


if __name__ == "__main__":
    main()
