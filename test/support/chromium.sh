#!/bin/sh
# Installs Debian's Chromium if it is missing.
set -eu
if command -v "${CHROMIUM:-chromium}" >/dev/null; then
  exit 0
fi
as_root=
if [ "$(id -u)" != 0 ]; then
  as_root=sudo
fi
echo 'Installing Chromium, which the browser tests drive.'
$as_root apt-get update -qq
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-liberation >/dev/null
