#!/usr/bin/env bash
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
#
# Makes a site of the documentation, with search and without a server: build.sh FOLDER
#
# The pages keep their places in the repository, so that a link is right in both; a link or an anchor that leads nowhere fails.
# FOLDER keeps the Python environment and gets site/index.html.
set -euo pipefail
cd "$(dirname "$0")/../.."

mkdir -p "$1"
folder=$(realpath "$1")
[ -x "$folder/venv/bin/mkdocs" ] || python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --requirement deploy/site/requirements.txt

rm -rf "$folder/pages" "$folder/site"
mkdir -p "$folder/pages"
git ls-files -z -- '*.md' LICENSE docs deploy rules Makefile | tar --create --null --files-from=- | tar --extract --directory "$folder/pages"
cp deploy/site/mkdocs.yml "$folder/"
NO_MKDOCS_2_WARNING=1 "$folder/venv/bin/mkdocs" build --config-file "$folder/mkdocs.yml" >"$folder/build.log" 2>&1 ||
    { grep -E '^(WARNING|ERROR)|Aborted' "$folder/build.log" >&2 || cat "$folder/build.log" >&2; exit 1; }
# What lets the search run in a page that comes from a file is loaded from elsewhere; here it comes with the site.
cp deploy/site/iframe-worker.js "$folder/site/assets/javascripts/"
find "$folder/site" -name '*.html' -print0 | while IFS= read -r -d '' page; do
    up=$(realpath --relative-to="$(dirname "$page")" "$folder/site")
    sed -i "s#https://unpkg.com/iframe-worker/shim#$up/assets/javascripts/iframe-worker.js#" "$page"
done
echo "site: $folder/site/README.html"
