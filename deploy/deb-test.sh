#!/usr/bin/env bash
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
#
# Tries the packages of deb.sh in a Debian of its own: deb-test.sh SCRATCH
#
# lintian and systemd's own checks; then, in a root that debootstrap makes: it is installed under an older number, configured as
# README.Debian says, and runs under a systemd of its own (systemd-nspawn), where an event comes, it is reloaded, crashes, hangs,
# restarts behind its socket, is upgraded; then removed and purged, and nothing is left. Two builds of the same commit are compared
# byte by byte. Needs root and a Debian mirror (DEBIAN_MIRROR, that of this machine if left out).
set -euo pipefail
cd "$(dirname "$0")/.."

scratch=$1
package=$(ls "$scratch"/deb/hookline_*.deb)
release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | sed -n 1p)}
[ -n "$mirror" ] || { echo "deb-test: no Debian mirror is known here; name one: DEBIAN_MIRROR=http://…" >&2; exit 69; }
work=$(mktemp -d)
root=$work/root

machine=
clean_up() {
    [ -z "$machine" ] || { kill -KILL "$machine" && wait "$machine"; } 2>/dev/null || true
    mountpoint -q "$root/proc" && umount "$root/proc"
    rm -rf "$work"
}
trap clean_up EXIT

step() { printf '\n%s\n' "$*"; }
inside() { chroot "$root" env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"; }

step "1. lintian"
lintian --fail-on error,warning --allow-root "$package"

step "2. The unit"
systemd-analyze security --offline=true --threshold=15 deploy/hookline.service | tail -1

step "3. Built twice, the same"
first=$(sha256sum "$package" | cut -d' ' -f1)
cp "$package" "$work/new.deb"
swift package --scratch-path "$scratch" clean
deploy/deb.sh "$scratch" >/dev/null
second=$(sha256sum "$package" | cut -d' ' -f1)
[ "$first" = "$second" ] || { echo "two builds differ: $first, $second" >&2; exit 1; }
echo "$first"

step "4. The same under an older number"
deploy/deb.sh "$scratch" 0.0.9 >/dev/null
cp "$scratch"/deb/hookline_0.0.9_*.deb "$work/old.deb"
deploy/deb.sh "$scratch" >/dev/null

step "5. A Debian ($release)"
debootstrap --variant=minbase --include=ca-certificates,curl,dbus,systemd-sysv "$release" "$root" "$mirror" >"$work/debootstrap.log" 2>&1 ||
    { tail -20 "$work/debootstrap.log" >&2; exit 1; }
mount -t proc proc "$root/proc"
find "$root" -xdev \( -path "$root/proc" -o -path "$root/var/cache" -o -path "$root/var/lib/apt" -o -path "$root/var/lib/dpkg" \
    -o -path "$root/var/log" -o -path "$root/tmp" \) -prune -o -print | sort >"$work/before"

step "6. Install the older one"
cp "$work/old.deb" "$work/new.deb" "$root/tmp/"
inside apt-get update -qq
inside apt-get install -y -qq --no-install-recommends /tmp/old.deb >"$work/install.log" 2>&1 || { tail -20 "$work/install.log" >&2; exit 1; }
inside hookline --version
[ "$(inside stat -c '%a %U:%G' /etc/hookline/hookline.yaml)" = "640 root:hookline" ]
[ "$(inside stat -c '%a %U:%G' /etc/hookline/credentials)" = "700 root:root" ]
inside getent passwd hookline
systemd-analyze verify --man=no --root="$root" hookline.service

step "7. Configure it, and run it as the service's user"
# As README.Debian says.
inside sh -ec 'cd /usr/share/hookline/rules && cp --parents -r razorpay.yaml samples/razorpay /etc/hookline/rules/'
credentials=$root/etc/hookline/credentials
printf pk_sandbox000000000000000000000000000000000 >"$credentials/partner-api-key"
printf sk_sandbox_not_a_secret >"$credentials/partner-api-secret"
printf package-test-secret >"$credentials/razorpay-webhook-secret"
sed -i 's#^sources: {}#sources:\n  razorpay: {preset: razorpay, secrets: [credential:razorpay-webhook-secret], country: IN}#' \
    "$root/etc/hookline/hookline.yaml"
inside env CREDENTIALS_DIRECTORY=/etc/hookline/credentials hookline rules check --config /etc/hookline/hookline.yaml
inside env CREDENTIALS_DIRECTORY=/etc/hookline/credentials hookline rules test --config /etc/hookline/hookline.yaml

step "8. Under systemd"
umount "$root/proc"
cat >"$root/root/under-systemd.sh" <<'SH'
set -euo pipefail
pid() { systemctl show -p MainPID --value hookline; }
ready() { curl -fsS -o /dev/null --retry 60 --retry-all-errors --retry-delay 1 http://127.0.0.1:8081/readyz; }
another() { # PID: another process serves, and is ready
    for _ in $(seq 150); do
        [ "$(pid)" = "$1" ] || [ "$(pid)" = 0 ] || { ready && return; }
        sleep 1
    done
    echo "no new process took the place of $1" >&2
    journalctl -u hookline --no-pager -n 40 -o cat >&2
    return 1
}
logged() { # PATTERN: the journal says so, at once or in a while
    for _ in $(seq 30); do
        if journalctl -u hookline --no-pager -o cat | grep "$1" >/dev/null; then return; fi
        sleep 1
    done
    echo "the journal never said '$1'" >&2
    journalctl -u hookline --no-pager -n 40 -o cat >&2
    return 1
}
list() { runuser -u hookline -- hookline messages list --config /etc/hookline/hookline.yaml --json; }

systemctl is-system-running --wait || { systemctl --failed --no-pager; exit 1; }
systemd-analyze verify --man=no hookline.service
systemd-run --quiet --unit=sandbox --working-directory=/tmp hookline sandbox
systemctl enable --now hookline
ready
CREDENTIALS_DIRECTORY=/etc/hookline/credentials hookline post --config /etc/hookline/hookline.yaml --source razorpay \
    --follow /usr/share/hookline/rules/samples/razorpay/payment.captured.json
list | grep '"state": "accepted"' >/dev/null

systemctl reload hookline
logged 'rules were read again'
echo "reloaded"

before=$(pid)
kill -SEGV "$before"
logged 'Backtrace took'
# No instruction of the program repeats what came from outside: the second one ends it.
kill -SEGV "$before"
another "$before"
echo "crashed: a backtrace, and a new process"

before=$(pid)
kill -STOP "$before"
another "$before"
echo "hung: the watchdog started a new process"

systemctl stop hookline
systemctl enable --now hookline.socket
systemctl start hookline
touch /run/asking
(
    answered=0
    while [ -e /run/asking ]; do
        curl -fsS -m 30 -o /dev/null http://127.0.0.1:8080/healthz || { echo "refused" >&2; exit 1; }
        answered=$((answered + 1))
    done
    echo "restarted three times behind its socket: $answered requests, none refused"
) &
asking=$!
for _ in 1 2 3; do before=$(pid) && systemctl restart hookline && another "$before"; done
rm /run/asking
wait "$asking"

before=$(pid)
DEBIAN_FRONTEND=noninteractive dpkg -i --force-confold /root/new.deb >/dev/null
another "$before"
grep -q razorpay-webhook-secret /etc/hookline/hookline.yaml
list | grep '"state": "accepted"' >/dev/null
echo "upgraded: a new process, configuration and messages stay"
[ "$(journalctl -u hookline --no-pager -o cat | grep -c 'thread priority')" = 0 ]
systemctl stop hookline hookline.socket sandbox
SH
cp "$work/new.deb" "$root/root/"
# The hierarchy of control groups that every systemd since 244 knows.
SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 systemd-nspawn -D "$root" --boot --register=no --keep-unit --console=pipe </dev/null >"$work/boot.log" 2>&1 &
machine=$!
leader=
for _ in $(seq 60); do
    leader=$(pgrep -P "$machine" | head -1 || true)
    [ -n "$leader" ] && [ "$(readlink "/proc/$leader/exe")" = /usr/lib/systemd/systemd ] && nsenter -t "$leader" -a /usr/bin/systemctl is-system-running >/dev/null 2>&1 && break
    sleep 1
done
nsenter -t "$leader" -a env LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin bash /root/under-systemd.sh
kill -RTMIN+4 "$leader" # power off
wait "$machine" || true
machine=
mount -t proc proc "$root/proc"

step "9. Remove: the messages stay; purge: nothing does"
inside apt-get remove -y -qq hookline >/dev/null
[ -e "$root/var/lib/hookline/hookline.db" ]
# What the administrator put there is the administrator's.
rm -rf "$root/root/new.deb" "$root/root/under-systemd.sh" "$root/var/log/journal" "$root/etc/hookline/rules"/* "$credentials"/* "$root/tmp"/*.deb
inside apt-get purge -y -qq hookline >/dev/null
inside apt-get autoremove -y -qq --purge >/dev/null
find "$root" -xdev \( -path "$root/proc" -o -path "$root/var/cache" -o -path "$root/var/lib/apt" -o -path "$root/var/lib/dpkg" \
    -o -path "$root/var/log" -o -path "$root/tmp" \) -prune -o -print | sort >"$work/after"
comm -13 "$work/before" "$work/after" | sed "s#$root##" | grep -i hookline && { echo "left behind" >&2; exit 1; }
echo "the package does what it should"
