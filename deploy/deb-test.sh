#!/usr/bin/env bash
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
#
# Tries the packages of deb.sh in a Debian of its own: deb-test.sh SCRATCH
#
# lintian and systemd's own checks; then, in a root that debootstrap makes: it is installed under an older number, configured, run as the
# service's user with what the sandbox sends back, upgraded, removed and purged, and nothing is left. Two builds of the same commit
# are compared byte by byte. Needs root and a Debian mirror (DEBIAN_MIRROR, that of this machine if left out).
set -euo pipefail
cd "$(dirname "$0")/.."

scratch=$1
package=$(ls "$scratch"/deb/hookline_*.deb)
release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | sed -n 1p)}
[ -n "$mirror" ] || { echo "deb-test: no Debian mirror is known here; name one: DEBIAN_MIRROR=http://…" >&2; exit 69; }
work=$(mktemp -d)
root=$work/root

clean_up() {
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
debootstrap --variant=minbase --include=ca-certificates,curl "$release" "$root" "$mirror" >"$work/debootstrap.log" 2>&1 ||
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
# What the unit does: credentials as files of the user, called after the folder; a folder for the state.
mkdir -p "$root/run/credentials" "$root/var/lib/hookline"
for file in "$credentials"/*; do cp "$file" "$root/run/credentials/hookline_$(basename "$file")"; done
inside chown -R hookline:hookline /var/lib/hookline /run/credentials
try=(inside setpriv --reuid hookline --regid hookline --init-groups env CREDENTIALS_DIRECTORY=/run/credentials)
follow() {
    "${try[@]}" sh -ec '
        cd /var/lib/hookline
        hookline sandbox >sandbox.log 2>&1 & sandbox=$!
        hookline serve --config /etc/hookline/hookline.yaml >service.log 2>&1 & service=$!
        trap "kill \$service \$sandbox; wait \$service" EXIT
        until curl -fsS -o /dev/null http://127.0.0.1:8081/readyz 2>/dev/null; do kill -0 $service || { cat service.log; exit 1; }; sleep 0.2; done
        hookline post --config /etc/hookline/hookline.yaml --source razorpay \
            --follow /usr/share/hookline/rules/samples/razorpay/payment.captured.json'
}
follow
"${try[@]}" hookline messages list --config /etc/hookline/hookline.yaml

step "8. Upgrade: configuration and messages stay"
inside dpkg -i --force-confold /tmp/new.deb >"$work/upgrade.log" 2>&1 || { tail -20 "$work/upgrade.log" >&2; exit 1; }
grep -q razorpay-webhook-secret "$root/etc/hookline/hookline.yaml"
"${try[@]}" hookline messages list --config /etc/hookline/hookline.yaml --json | grep -q '"state": "accepted"'

step "9. Remove: the messages stay; purge: nothing does"
inside apt-get remove -y -qq hookline >/dev/null
[ -e "$root/var/lib/hookline/hookline.db" ]
# What the administrator put there is the administrator's.
rm -rf "$root/run/credentials" "$root/etc/hookline/rules"/* "$credentials"/* "$root/tmp"/*.deb
inside apt-get purge -y -qq hookline >/dev/null
inside apt-get autoremove -y -qq --purge >/dev/null
find "$root" -xdev \( -path "$root/proc" -o -path "$root/var/cache" -o -path "$root/var/lib/apt" -o -path "$root/var/lib/dpkg" \
    -o -path "$root/var/log" -o -path "$root/tmp" \) -prune -o -print | sort >"$work/after"
comm -13 "$work/before" "$work/after" | sed "s#$root##" | grep -i hookline && { echo "left behind" >&2; exit 1; }
echo "the package does what it should"
