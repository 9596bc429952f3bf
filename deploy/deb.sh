#!/usr/bin/env bash
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
#
# Makes Debian packages for this release of Debian: deb.sh SCRATCH [VERSION]
#
# The program is built with Swift's runtime in it and its debug symbols in a package of their own; SCRATCH keeps what was built
# and gets deb/. VERSION is the program's own if left out. Two runs over the same commit give the same bytes: times are the
# commit's, paths are not in the binary.
set -euo pipefail
cd "$(dirname "$0")/.."

mkdir -p "$1"
scratch=$(realpath "$1")
version=${2:-$(sed -n 's/.*static let number = "\(.*\)".*/\1/p' Sources/ServiceConfiguration/Settings.swift)}
architecture=$(dpkg --print-architecture)
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
root=$PWD

build=(
    swift build --scratch-path "$scratch" -c release --static-swift-stdlib --product hookline
    --explicit-target-dependency-import-check error
    -Xswiftc -file-prefix-map -Xswiftc "$root=/usr/src/hookline" -Xcc "-ffile-prefix-map=$root=/usr/src/hookline"
    -Xlinker --build-id=sha1 -Xlinker -z -Xlinker relro -Xlinker -z -Xlinker now
)
"${build[@]}"
program=$("${build[@]}" --show-bin-path)/hookline

tree=$scratch/deb/hookline-$version
rm -rf "$scratch/deb"
mkdir -p "$tree/completions" "$tree/deploy" "$tree/docs"
cp -r deploy/debian "$tree/debian"
cp -r rules "$tree/rules"
cp deploy/grafana-dashboard.json deploy/prometheus-alerts.yaml deploy/hookline.example.yaml "$tree/deploy/"
cp README.md docs/*.md "$tree/docs/"
# Under its own name debhelper would take it for the Debian changelog.
cp CHANGELOG.md "$tree/docs/versions.md"
cp deploy/debian/hookline.yaml "$tree/"
cp deploy/hookline.service deploy/hookline.socket "$tree/debian/"
# What makes a backtrace of a crash; the program looks for it where the unit says.
cp "$(dirname "$(dirname "$(realpath "$(command -v swift)")")")/libexec/swift/linux/swift-backtrace-static" "$tree/swift-backtrace"
# What differs from one build to the next and nobody reads. GNU's objcopy would take the read-only relocations (RELRO) with it.
llvm-objcopy --remove-section .swift_modhash "$program" "$tree/hookline"

"$tree/hookline" --generate-completion-script bash | sed '1{/^#!/d}' >"$tree/completions/hookline"
"$tree/hookline" --generate-completion-script zsh >"$tree/completions/_hookline"
"$tree/hookline" --generate-completion-script fish >"$tree/completions/hookline.fish"
deploy/debian/manpages.py "$tree/hookline" "$(date -u -d "@$SOURCE_DATE_EPOCH" +%F)" "$tree"
swift_version=$(swift --version 2>/dev/null | sed -n 's/^Swift version \([^ ]*\).*/\1/p')
deploy/debian/sbom.py "$tree/hookline" "$version" Package.resolved "$swift_version" >"$tree/sbom.cdx.json"

day=$(date -u -R -d "@$SOURCE_DATE_EPOCH")
for file in "$tree/debian/hookline.NEWS" "$tree/debian/changelog"; do
    sed -i "s/@VERSION@/$version/; s/@DATE@/$day/" "$file"
done

(cd "$tree" && dpkg-buildpackage --build=binary --no-sign --no-check-builddeps >"$scratch/deb/build.log" 2>&1) || {
    tail -40 "$scratch/deb/build.log" >&2
    exit 1
}
(cd "$scratch/deb" && sha256sum ./*.deb >SHA256SUMS)
echo "deb: $scratch/deb/hookline_${version}_$architecture.deb"
