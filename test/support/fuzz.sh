#!/bin/sh
# Runs every fuzz target of the module for a while: fuzz.sh TIME
set -eu
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for package in $(go list ./...); do
  for target in $(go test -list '^Fuzz' "$package" | grep '^Fuzz' || true); do
    if go test -run '^$' -fuzz "^$target\$" -fuzztime "$1" -fuzzminimizetime 10x "$package" >"$log" 2>&1; then
      echo "$package $target: $(grep '^fuzz: elapsed' "$log" | tail -n 1)"
    elif grep -q 'context deadline exceeded' "$log" && ! grep -q 'Failing input written' "$log"; then
      # A worker that is still at an input when the time is up is reported like this; it has found nothing.
      echo "$package $target: the time was up in the middle of an input"
    else
      cat "$log"
      exit 1
    fi
  done
done
