# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
#
# What the demos have in common; they source it.

step() { printf '\n\033[1m%s\033[0m\n' "$*"; }

# Waits for a program's first line that matches, and prints what follows the words: address_of LOG WORDS PID
address_of() {
    local log=$1 words=$2 pid=$3 line
    while read -r -t 60 line; do
        case "$line" in *"$words "*) echo "${line##*"$words "}"; return 0 ;; esac
    done < <(tail -n +1 -F --pid="$pid" "$log" 2>/dev/null)
    echo "$(basename "$0"): no line '$words' in $log" >&2
    cat "$log" >&2
    return 1
}
